/** The recordings' base images as snapshots (test/fidelity/bases, an OCI layout). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import {
  applyLayer,
  buildSnapshot,
  contentOf,
  emptySnapshot,
  readTar,
  type TreeEntry,
} from "../../kernel-helpers/src/filesystem";
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

/** A root file system with Debian's layout and the names of its commonest programs. */
export function debianTree(): Snapshot {
  const programs =
    "[ arch awk b2sum base64 basename bash cat chgrp chmod chown chroot cksum clear cmp comm cp csplit cut dash " +
    "date dd df diff dircolors dirname du echo egrep env expand expr factor false fgrep find fmt fold getent getopt " +
    "grep groups gunzip gzip head hostid hostname id install join kill link ln logname ls mawk md5sum mkdir mkfifo " +
    "mknod mktemp more mv nice nl nohup nproc numfmt od paste pathchk pr printenv printf ptx pwd readlink realpath " +
    "rev rm rmdir sed seq setsid sha1sum sha256sum sha512sum shred shuf sleep sort split stat stdbuf su sum sync " +
    "tac tail tar tee test timeout touch tput tr true truncate tsort tty uname unexpand uniq unlink wc which whoami " +
    "xargs yes zcat ";
  const folder = (path: string, mode = 0o755): TreeEntry => ({ path, type: "dir", mode });
  const unknown = (path: string): TreeEntry => ({
    path,
    type: "file",
    mode: 0o755,
    content: {
      size: 1,
      read() {
        throw Object.assign(new Error("no contents"), { code: "LB_NO_CONTENT" });
      },
    },
  });
  return buildSnapshot([
    ...[
      "/home",
      "/proc",
      "/sys",
      "/dev",
      "/opt",
      "/srv",
      "/etc",
      "/var",
      "/usr/local/bin",
      "/usr/lib",
      "/usr/lib64",
      "/usr/sbin",
    ].map((path) => folder(path)),
    folder("/root", 0o700),
    folder("/tmp", 0o1777),
    folder("/var/tmp", 0o1777),
    {
      path: "/etc/passwd",
      type: "file",
      content: contentOf("root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n"),
    },
    { path: "/etc/group", type: "file", content: contentOf("root:x:0:\nnode:x:1000:\n") },
    { path: "/etc/hostname", type: "file", content: contentOf("") },
    { path: "/etc/hosts", type: "file", content: contentOf("") },
    { path: "/bin", type: "symlink", linkname: "usr/bin" },
    { path: "/sbin", type: "symlink", linkname: "usr/sbin" },
    { path: "/lib", type: "symlink", linkname: "usr/lib" },
    { path: "/lib64", type: "symlink", linkname: "usr/lib64" },
    { path: "/usr/bin/sh", type: "symlink", linkname: "dash" },
    ...programs
      .trim()
      .split(" ")
      .map((name) => unknown(`/usr/bin/${name}`)),
  ]);
}
