/** Shell programs recorded with Debian's busybox 1.35 in a container's surroundings: output, exit status and what they did to the files. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { runCommand } from "../../kernel-helpers/src/run";
import type { ReadableFileSystem } from "../../kernel-helpers/src/platform/files";
import { baseSnapshot } from "./base";

interface Case {
  readonly command: string;
  readonly exitCode: number;
  /** Bytes as characters. */
  readonly stdout: string;
  readonly stderr: string;
  readonly user?: string;
  /** Paths that the command made or changed: kind, mode, owner, then link target or size and hash, links, an old mtime. */
  readonly files?: Readonly<Record<string, string>>;
  readonly gone?: readonly string[];
}

const directory = join(__dirname, "recorded");
const bytes = (text: string): string => Buffer.from(text, "latin1").toString("utf8");

/** busybox explains its options at length; here only that it does. Random names are random. */
function plain(text: string): string {
  return text.replace(
    /BusyBox v1\.35[^\n]*\n\nUsage:[^\n]*\n(?:or:[^\n]*\n|(?!BusyBox|[a-z/][\w./[-]*: )[^\n]*\n)*/g,
    "USAGE\n",
  );
}

/** What a tree holds, in the recordings' words. */
function listing(
  fs: ReadableFileSystem,
  directoryPath: string,
  recordedAt: number,
  out = new Map<string, string>(),
): Map<string, string> {
  for (const name of fs.readdir(directoryPath)) {
    const path = directoryPath === "/" ? `/${name}` : `${directoryPath}/${name}`;
    if (path === "/proc" || path === "/dev" || path === "/sys") continue;
    const stat = fs.lstat(path)!;
    const kind = { symlink: "l", dir: "d", file: "f" }[stat.type as "file"] ?? "o";
    let entry = `${kind} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid}`;
    if (kind === "l") entry += ` ${stat.linkname}`;
    if (kind === "f") {
      const content = fs.readFile(path).read();
      entry += ` ${content.length} ${createHash("sha256").update(content).digest("hex").slice(0, 12)}`;
      if (stat.nlink > 1) entry += ` links=${stat.nlink}`;
    }
    if (kind !== "d" && stat.mtime < 1.72e9) entry += ` t=${Math.floor(stat.mtime)}`;
    out.set(path.slice(1), entry);
    if (kind === "d") listing(fs, path, recordedAt, out);
  }
  return out;
}

describe("recorded busybox", () => {
  const base = baseSnapshot("busybox:latest");
  const before = listing(base.fork(0), "/", 0);
  for (const file of readdirSync(directory).filter((name) => name.startsWith("busybox-"))) {
    const { cases, time } = JSON.parse(readFileSync(join(directory, file), "utf8")) as {
      cases: Case[];
      time: number;
    };
    for (const [i, one] of cases.entries()) {
      it(`${file} ${i}: ${one.command.slice(0, 60).replaceAll("\n", " ")}`, async () => {
        const fs = base.fork(time);
        const result = await runCommand({
          args: ["/bin/sh", "-c", one.command],
          env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"],
          cwd: "/",
          user: one.user ?? "",
          fs,
          network: "none",
          now: time,
        });
        const stream = (n: 1 | 2): string =>
          result.output
            .filter((piece) => piece.stream === n)
            .map((piece) => piece.data)
            .join("");
        assert.equal(stream(1), bytes(one.stdout), "standard output");
        assert.equal(plain(stream(2)), plain(bytes(one.stderr)), "standard error");
        assert.equal(result.exitCode, one.exitCode, "exit status");
        const after = listing(fs, "/", time);
        const expected = new Map(before);
        for (const path of one.gone ?? []) expected.delete(path);
        for (const [path, entry] of Object.entries(one.files ?? {})) expected.set(path, entry);
        assert.deepEqual(
          Object.fromEntries([...after].sort()),
          Object.fromEntries([...expected].sort()),
          "files",
        );
      });
    }
  }
});
