/** Where FROM finds images: OCI layouts and the catalog. */

import assert from "node:assert/strict";
import { join } from "node:path";

import {
  type BaseImage,
  Catalog,
  type CatalogContents,
  type CatalogImages,
  firstOf,
  OciLayout,
} from "../../kernel-helpers/src/image";
import { catalogJson, openBaseDirectory } from "../../kernel-helpers/src/lab-node";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const amd64 = { os: "linux", architecture: "amd64" };

function found(answer: BaseImage | { readonly error: string }): BaseImage {
  assert.ok(!("error" in answer), JSON.stringify(answer));
  return answer;
}

describe("base images", () => {
  const [layout] = openBaseDirectory(join(__dirname, "../fidelity/bases"));
  const catalog = new Catalog(
    catalogJson<CatalogImages>("base-images"),
    catalogJson<CatalogContents>("base-contents"),
  );

  it("come out of a layout by name, by digest, by platform", () => {
    const busybox = found(layout!.find("docker.io/library/busybox:latest", amd64));
    assert.equal(
      found(layout!.find(`docker.io/library/busybox@${busybox.digest}`, amd64)).digest,
      busybox.digest,
    );
    assert.ok(busybox.snapshot().lstat("/bin/busybox"));
    assert.equal(busybox.snapshot(), busybox.snapshot(), "unpacked once");
    const multi = (architecture: string): BaseImage =>
      found(layout!.find("docker.io/library/multi:latest", { os: "linux", architecture }));
    assert.notEqual(multi("amd64").manifestDigest, multi("arm64").manifestDigest);
    assert.equal(multi("amd64").digest, multi("arm64").digest);
    assert.deepEqual(layout!.find("docker.io/library/none:1", amd64), {
      error: "docker.io/library/none:1: not found",
    });
  });

  it("are refused when the layout is broken", () => {
    const files = new Map<string, string>();
    const open = (): OciLayout =>
      new OciLayout(
        (path) => (files.has(path) ? new TextEncoder().encode(files.get(path)) : undefined),
        nodePlatform,
      );
    assert.throws(open, { code: "LB_BAD_LAYOUT" });
    files.set("index.json", "{");
    assert.throws(open, { code: "LB_BAD_LAYOUT" });
    const digest = "sha256:" + "0".repeat(64);
    files.set(
      "index.json",
      JSON.stringify({ manifests: [{ digest, annotations: { "org.opencontainers.image.ref.name": "a" } }] }),
    );
    assert.throws(() => open().find("a", amd64), /blob sha256:0+ is missing/);
    files.set("blobs/" + digest.replace(":", "/"), "{}");
    assert.throws(() => open().find("a", amd64), /has the digest/);
  });

  it("of the catalog have sizes, users and commands, but no contents", () => {
    for (const ref of catalog.references()) {
      const image = found(catalog.find(`docker.io/library/${ref}`, amd64));
      assert.ok(image.catalog && image.layers.length > 0, ref);
      const tree = image.snapshot();
      assert.ok(tree.stat("/bin/sh"), `${ref} has a shell`);
      assert.match(Buffer.from(tree.readFile("/etc/passwd").read()).toString(), /^root:x:0:0:/, ref);
      assert.ok(
        image.layers.every(({ contentBytes, size }) => contentBytes! >= size),
        ref,
      );
      const history = image.config["history"] as { empty_layer?: boolean }[];
      assert.equal(history.filter((entry) => !entry.empty_layer).length, image.layers.length, ref);
    }
    const node = found(catalog.find("docker.io/library/node:22", amd64));
    assert.throws(() => node.snapshot().readFile("/usr/local/bin/node").read(), { code: "LB_NO_CONTENT" });
    assert.match(Buffer.from(node.snapshot().readFile("/etc/passwd").read()).toString(), /node:x:1000:1000/);
    assert.deepEqual(catalog.find("docker.io/library/node:22", { os: "linux", architecture: "arm64" }), {
      error: "no match for platform in manifest: not found",
    });
  });

  it("are looked up in turn, and the best refusal is told", () => {
    const both = firstOf([layout!, catalog]);
    assert.equal(found(both.find("docker.io/library/busybox:latest", amd64)).catalog, false);
    assert.equal(found(both.find("docker.io/library/rust:1", amd64)).catalog, true);
    assert.deepEqual(both.find("docker.io/library/x:1", amd64), {
      error: "docker.io/library/x:1: not found",
    });
  });
});
