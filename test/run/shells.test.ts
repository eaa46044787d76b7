/** The same programs in Debian's dash and bash 5.2, recorded; the image is one of the catalog's kind: its programs have no contents. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { runCommand } from "../../kernel-helpers/src/run";
import { debianTree } from "./base";

interface Case {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const directory = join(__dirname, "recorded");
const bytes = (text: string): string => Buffer.from(text, "latin1").toString("utf8");

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
