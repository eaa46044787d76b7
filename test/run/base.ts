/** The recordings' base images as snapshots (test/fidelity/bases, an OCI layout). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { applyLayer, emptySnapshot, readTar } from "../../kernel-helpers/src/filesystem";
import type { Snapshot } from "../../kernel-helpers/src/platform/files";

const layout = join(__dirname, "../fidelity/bases");

interface Descriptor {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function blob(digest: string): Buffer {
  return readFileSync(join(layout, "blobs/sha256", digest.slice("sha256:".length)));
}

const opened = new Map<string, Snapshot>();

/** The root file system of *name*, for example `busybox:latest`. */
export function baseSnapshot(name: string): Snapshot {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as { manifests: Descriptor[] };
  const found = index.manifests.find(
    (one) => one.annotations?.["org.opencontainers.image.ref.name"] === `docker.io/library/${name}`,
  );
  if (found === undefined) throw new Error(`no base ${name}`);
  const manifest = JSON.parse(blob(found.digest).toString("utf8")) as { layers: Descriptor[] };
  let snapshot = emptySnapshot(1704067200);
  for (const layer of manifest.layers) {
    const packed = blob(layer.digest);
    snapshot = applyLayer(snapshot, readTar(packed[0] === 0x1f ? gunzipSync(packed) : packed));
  }
  opened.set(name, snapshot);
  return snapshot;
}
