/** Random images for properties: layers of any shape that a tar can hold, configs with and without fields, one or two platforms. */

import fc from "fast-check";
import { gzipSync } from "node:zlib";

import { type LayerEntry, layerTarBytes } from "../../kernel-helpers/src/filesystem";
import type { PackedImage, PackedLayer, PackedManifest } from "../../kernel-helpers/src/image";
import { digestOf, entry, link } from "./hostile";
import { zstdFrame } from "./zstd";

const word = fc.constantFrom(
  "a",
  "b",
  "app",
  "etc",
  "한글",
  "빈 칸",
  "e\u0301",
  "😀",
  ".wh",
  "-x",
  "x".repeat(120),
  "Ａ",
);
const path = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join("/"));
const attributes = fc.record({
  mode: fc.constantFrom(0o644, 0o755, 0o4755, 0o1777, 0),
  uid: fc.constantFrom(0, 1000, 2_097_151, 2_097_152),
  gid: fc.constantFrom(0, 1000, 3_000_000),
  mtime: fc.constantFrom(0, 1, 1_704_067_200, 2 ** 33 - 1, 2 ** 33),
});

const layerEntry: fc.Arbitrary<LayerEntry> = fc.oneof(
  fc
    .tuple(path, fc.uint8Array({ maxLength: 1500 }), attributes)
    .map(([name, data, more]) => entry(`${name}.file`, data, more)),
  fc
    .tuple(path, attributes)
    .map(([name, more]) => entry(`${name}/`, "", { ...more, type: "dir", content: undefined })),
  fc.tuple(path, path).map(([name, target]) => link(`${name}.link`, target)),
  path.map((name) => {
    const at = name.lastIndexOf("/") + 1;
    return entry(`${name.slice(0, at)}.wh.${name.slice(at)}`, "", { whiteout: true });
  }),
);

/** A tar that can be unpacked, on any other: names of links and files are never those of directories, and each comes once. */
const layerTar = fc.array(layerEntry, { maxLength: 12 }).map((entries) => {
  const byName = new Map(entries.map((one) => [one.name, one]));
  const kept = [...byName.values()];
  return Buffer.from(layerTarBytes(kept));
});

const layer: fc.Arbitrary<PackedLayer> = fc
  .tuple(layerTar, fc.constantFrom("plain", "zstd", 1, 6, 9), fc.boolean())
  .map(([tar, how, docker]) => {
    const bytes =
      how === "plain" ? tar : how === "zstd" ? zstdFrame(tar, 1000) : gzipSync(tar, { level: how as number });
    const oci = `application/vnd.oci.image.layer.v1.tar${how === "plain" ? "" : how === "zstd" ? "+zstd" : "+gzip"}`;
    const mediaType =
      docker && typeof how === "number" ? "application/vnd.docker.image.rootfs.diff.tar.gzip" : oci;
    return {
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
      diffId: digestOf(tar),
      pieces: () => [bytes],
    };
  });

const text = fc.constantFrom("", "값", "a b", '"\\\n', "PATH=/bin", "\u2028");
const config = fc.record(
  {
    Env: fc.array(text, { maxLength: 3 }),
    Cmd: fc.array(text, { maxLength: 2 }),
    WorkingDir: text,
    Labels: fc.dictionary(text, text, { maxKeys: 3 }),
    ExposedPorts: fc.constant({ "80/tcp": {} }),
  },
  { requiredKeys: [] },
);

const manifestFor = (architecture: string): fc.Arbitrary<PackedManifest> =>
  fc
    .tuple(fc.array(layer, { minLength: 1, maxLength: 4 }), config, fc.constantFrom(undefined, 2))
    .map(([layers, settings, indent]) => {
      const configBytes = Buffer.from(
        JSON.stringify(
          {
            architecture,
            os: "linux",
            config: settings,
            history: layers.map((_, i) => ({ created_by: `단계 ${i}` })),
            rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
          },
          null,
          indent,
        ),
      );
      const configDescriptor = {
        mediaType: "application/vnd.oci.image.config.v1+json",
        digest: digestOf(configBytes),
        size: configBytes.length,
      };
      const mediaType = "application/vnd.oci.image.manifest.v1+json";
      const bytes = Buffer.from(
        JSON.stringify(
          {
            schemaVersion: 2,
            mediaType,
            config: configDescriptor,
            layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
          },
          null,
          indent,
        ),
      );
      return {
        descriptor: {
          mediaType,
          digest: digestOf(bytes),
          size: bytes.length,
          platform: { os: "linux", architecture },
        },
        text: bytes,
        config: { ...configDescriptor, read: () => configBytes, pieces: () => [configBytes] },
        layers,
      };
    });

/** An image of one platform, or an index of two. */
export const randomImage: fc.Arbitrary<PackedImage> = fc.oneof(
  manifestFor("amd64").map((manifest): PackedImage => {
    const { mediaType, digest, size } = manifest.descriptor;
    return { root: { mediaType, digest, size }, manifests: [manifest] };
  }),
  fc.tuple(manifestFor("amd64"), manifestFor("arm64")).map((manifests): PackedImage => {
    const mediaType = "application/vnd.oci.image.index.v1+json";
    const index = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType,
        manifests: manifests.map(({ descriptor }) => descriptor),
      }),
    );
    return { root: { mediaType, digest: digestOf(index), size: index.length }, index, manifests };
  }),
);
