/** The same programs in Debian's dash and bash 5.2, recorded; the image is one of the catalog's kind: its programs have no contents. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { buildSnapshot, contentOf, type TreeEntry } from "../../kernel-helpers/src/filesystem";
import type { Snapshot } from "../../kernel-helpers/src/platform/files";
import { runCommand } from "../../kernel-helpers/src/run";

interface Case {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const directory = join(__dirname, "recorded");
const bytes = (text: string): string => Buffer.from(text, "latin1").toString("utf8");

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

describe("recorded shells", () => {
  const tree = debianTree();
  for (const file of readdirSync(directory).filter((name) => !name.startsWith("busybox-"))) {
    const { cases, time, shell } = JSON.parse(readFileSync(join(directory, file), "utf8")) as {
      cases: Case[];
      time: number;
      shell: string;
    };
    for (const [i, one] of cases.entries()) {
      it(`${file} ${i}: ${one.command.slice(0, 60).replaceAll("\n", " ")}`, async () => {
        const result = await runCommand({
          args: [shell === "bash" ? "/bin/bash" : "/bin/sh", "-c", one.command],
          env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"],
          cwd: "/",
          user: "",
          fs: tree.fork(time),
          network: "none",
          now: time,
        });
        const stream = (n: 1 | 2): string =>
          result.output
            .filter((piece) => piece.stream === n)
            .map((piece) => piece.data)
            .join("");
        assert.equal(stream(1), bytes(one.stdout), "standard output");
        assert.equal(stream(2), bytes(one.stderr), "standard error");
        assert.equal(result.exitCode, one.exitCode, "exit status");
      });
    }
  }
});
