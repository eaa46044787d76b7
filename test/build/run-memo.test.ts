/** What a command did, done again elsewhere, against the command run there: over the recorded shell programs, on changed trees and at other times. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { RunMemo, type RunQuestion } from "../../kernel-helpers/src/build/run-memo";
import { StepLayer } from "../../kernel-helpers/src/image/layer";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import type {
  ReadableFileSystem,
  Snapshot,
  WritableFileSystem,
} from "../../kernel-helpers/src/platform/files";
import { runCommand, type RunResult } from "../../kernel-helpers/src/run";
import { baseSnapshot } from "../run/base";
import { some } from "../sweep";
import { openLab } from "./labs";

const recorded = join(__dirname, "../run/recorded");
const NOW = 1704067200;

/** Everything there is in a tree. */
function listing(fs: ReadableFileSystem, path = "/", out: string[] = []): string[] {
  const { ino, ...stat } = fs.lstat(path)!;
  const bytes = stat.type === "file" ? Buffer.from(fs.readFile(path).read()).toString("latin1") : "";
  // The programs of the image are never changed, only taken away.
  out.push(`${path} ${ino} ${JSON.stringify(stat)} ${bytes.length < 10_000 ? bytes : "long"}`);
  if (stat.type !== "dir") return out;
  for (const name of fs.readdir(path)) listing(fs, (path === "/" ? "" : path) + "/" + name, out);
  return out;
}

const changed = (change: (fs: WritableFileSystem) => void): Snapshot => {
  const fs = baseSnapshot("busybox:latest").fork(NOW - 1000);
  change(fs);
  return fs.snapshot();
};

/** Trees in which a command may see something else, or nothing. */
const TREES: Readonly<Record<string, Snapshot>> = {
  "the same": baseSnapshot("busybox:latest"),
  "other times": changed((fs) => {
    for (const name of fs.readdir("/")) fs.utimes("/" + name, NOW - 5);
  }),
  "one more file": changed((fs) => fs.writeFile("/f", "f\n")),
  "one more folder": changed((fs) => fs.mkdir("/d")),
  "other users": changed((fs) => fs.writeFile("/etc/passwd", "root:x:0:0:root:/home:/bin/sh\n")),
  "less rights": changed((fs) => fs.chmod("/tmp", 0o555)),
  "programs missing": changed((fs) => {
    for (const name of ["sed", "cat", "ls", "grep", "touch"]) fs.remove("/bin/" + name);
  }),
  "a link for a folder": changed((fs) => {
    fs.remove("/tmp", { recursive: true });
    fs.symlink("/var", "/tmp");
  }),
};

interface Outcome {
  readonly result: RunResult;
  readonly printed: readonly string[];
  readonly files: readonly string[];
  /** What it changed, as a layer; *twin*: one that may be the same. */
  layer(twin?: StepLayer): StepLayer;
}

const EPOCHS = [undefined, NOW - 500, NOW + 1];

const plain = ({ result, printed, files }: Outcome): object => ({ result, printed, files });

async function runOn(
  tree: Snapshot,
  question: RunQuestion,
  how: (
    question: RunQuestion,
    fs: WritableFileSystem,
  ) => Promise<RunResult | undefined> | RunResult | undefined,
): Promise<Outcome | undefined> {
  const fs = tree.fork(question.now - 1);
  fs.utimes("/", fs.now);
  const printed: string[] = [];
  const onOutput = (stream: 1 | 2, data: string, at: number): void =>
    void printed.push(`${stream} ${at} ${data}`);
  const result = await how({ ...question, onOutput }, fs);
  assert.equal(fs.now, question.now - 1);
  if (!result) return undefined;
  const upper = fs.snapshot();
  const layer = (twin?: StepLayer): StepLayer =>
    new StepLayer({ lower: tree, upper }, question.now, "", undefined, twin);
  return { result, printed, files: listing(fs), layer };
}

describe("commands done again", () => {
  const files = readdirSync(recorded).filter((name) => name.startsWith("busybox"));
  const commands = files.flatMap((name) => {
    const { cases } = JSON.parse(readFileSync(join(recorded, name), "utf8")) as {
      cases: { command: string; user?: string }[];
    };
    return cases;
  });

  it("do what they would do", async function () {
    this.timeout(600_000);
    const repeated = new Map<string, number>();
    for (const { command, user = "" } of some(commands, 30)) {
      const memo = new RunMemo();
      const question: RunQuestion = {
        args: ["/bin/sh", "-c", command],
        env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        cwd: "/",
        user,
        network: "default",
        now: NOW,
      };
      const first = await runOn(TREES["the same"]!, question, (one, fs) =>
        memo.record({ ...one, fs }, runCommand),
      );
      assert.deepEqual(
        plain(first!),
        plain((await runOn(TREES["the same"]!, question, (one, fs) => runCommand({ ...one, fs })))!),
        `noted: ${command}`,
      );
      const firstLayer = first!.layer();
      for (const epoch of EPOCHS) firstLayer.compressed(nodePlatform, epoch);
      for (const [name, tree] of Object.entries(TREES)) {
        for (const now of [NOW, NOW + 86_399.5]) {
          const again = await runOn(tree, { ...question, now }, (one, fs) => memo.recall(one, fs));
          if (!again) continue;
          const kind = now === NOW ? name : `${name}, later`;
          repeated.set(kind, (repeated.get(kind) ?? 0) + 1);
          const run = await runOn(tree, { ...question, now }, (one, fs) => runCommand({ ...one, fs }));
          assert.deepEqual(plain(again), plain(run!), `${kind}: ${command}`);
          const [twin, own] = [again.layer(firstLayer), run!.layer()];
          for (const epoch of EPOCHS)
            assert.deepEqual(
              twin.compressed(nodePlatform, epoch),
              own.compressed(nodePlatform, epoch),
              `${kind}: ${command}`,
            );
        }
      }
    }
    const all = some(commands, 30).length;
    assert.ok(repeated.get("the same")! > all * 0.9, `${JSON.stringify([...repeated])} of ${all}`);
    assert.ok(repeated.get("the same, later")! > all * 0.3, `${JSON.stringify([...repeated])} of ${all}`);
    assert.ok(repeated.get("other times")! > all * 0.3, `${JSON.stringify([...repeated])} of ${all}`);
  });

  it("are run when the clock, a time or a file that they look at is another", async () => {
    const lab = await openLab();
    lab.context.write("a", "1\n");
    const lines = [
      "FROM busybox",
      "COPY a /a",
      "RUN date +%s > /date",
      "RUN stat -c %Y / > /time",
      "RUN cat /a > /copied",
      "RUN echo $(ls /) > /names",
      "RUN echo same > /same",
    ];
    const read = async (): Promise<(string | undefined)[]> => {
      const built = await lab.build({ dockerfile: lines.join("\n") + "\n" });
      assert.equal(built.exitCode, 0, built.error?.message);
      const entries = built.image!.layers.flatMap((layer) => layer.entries ?? []);
      return ["date", "time", "copied", "names", "same"].map(
        (name) => entries.find(({ path }) => path === name)?.sha256,
      );
    };
    const before = await read();
    lab.context.write("a", "2\n");
    const after = await read();
    assert.deepEqual(
      after.map((digest, i) => digest === before[i]),
      [false, false, false, true, true],
    );
  });
});
