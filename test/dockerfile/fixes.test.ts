/** Repairs: what they make of a file, and that they never make it worse. */

import assert from "node:assert";

import {
  applyFixes,
  fixError,
  fixWarning,
  isDockerfileError,
  parseDockerfile,
  parseInstructions,
  parseMounts,
  type DockerfileError,
} from "../../kernel-helpers/src/dockerfile";
import { check } from "./lint-client";
import { readVectors } from "./vectors";

/** The first refusal of *text*, that of a mount included. */
function refusal(text: string): DockerfileError | undefined {
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) return parsed;
  const instructions = parseInstructions(parsed);
  if (isDockerfileError(instructions)) return instructions;
  for (const command of instructions.stages.flatMap((stage) => stage.commands)) {
    const mounts = command.kind === "run" ? parseMounts(command, (word) => ({ result: word })) : [];
    if (isDockerfileError(mounts)) return { ...mounts, lines: [command.lines] };
  }
  return undefined;
}

/** Refused file → repaired file; undefined where no repair is offered. */
const table: [wrong: string, right: string | undefined][] = [
  ["FROM a\nRUNN x\n", "FROM a\nRUN x\n"],
  ["form a\n", "from a\n"],
  ["FROM a\nFOOBAR x\n", undefined],
  ["FROM a\nCOPY --fron=b x y\n", "FROM a\nCOPY --from=b x y\n"],
  ["FROM a\nCOPY --link \\\n  --link x y\n", "FROM a\nCOPY --link \\\n  x y\n"],
  ["FROM a\nSHELL bash -c\n", 'FROM a\nSHELL ["bash", "-c"]\n'],
  ["FROM a\nHEALTHCHECK curl x\n", "FROM a\nHEALTHCHECK CMD curl x\n"],
  ["FROM a\nHEALTHCHECK NONE x y\nRUN z\n", "FROM a\nHEALTHCHECK NONE\nRUN z\n"],
  ["FROM a\nONBUILD ONBUILD RUN x\n", "FROM a\nONBUILD RUN x\n"],
  ["FROM a\nRUN --mount=type=cahe,target=/c x\n", "FROM a\nRUN --mount=type=cache,target=/c x\n"],
  ["FROM a\nRUN --mount=type=cache,targe=/c x\n", "FROM a\nRUN --mount=type=cache,target=/c x\n"],
  ["# escape=^\nFROM a\n", "# escape=\\\nFROM a\n"],
  ["# escape=\\\n# escape=`\nFROM a\n", "# escape=\\\nFROM a\n"],
  ["FROM a\nRUN <<EOF\necho 한글", "FROM a\nRUN <<EOF\necho 한글\nEOF\n"],
  ["FROM a\nENV A\n", "FROM a\nENV A=\n"],
  ["FROM a\nCOPY x\n", undefined],
];

describe("repairs of refusals", () => {
  for (const [wrong, right] of table) {
    it(JSON.stringify(wrong), () => {
      const error = refusal(wrong);
      assert.ok(error !== undefined);
      const fix = fixError(wrong, error);
      if (right === undefined) {
        assert.strictEqual(fix, undefined);
        return;
      }
      assert.ok(fix !== undefined);
      assert.strictEqual(applyFixes(wrong, [fix]).text, right);
      assert.strictEqual(refusal(right)?.message, undefined);
      assert.match(fix.title.ko, /[가-힣]/);
    });
  }

  it("change no file for the worse that was ever recorded", () => {
    const { cases } = readVectors<{ cases: { dockerfile?: string }[] }>("parse");
    for (const { dockerfile = "" } of cases) {
      const error = refusal(dockerfile);
      const fix = error === undefined ? undefined : fixError(dockerfile, error);
      if (error === undefined || fix === undefined) continue;
      const { text } = applyFixes(dockerfile, [fix]);
      assert.notStrictEqual(text, dockerfile);
      const next = refusal(text);
      assert.notDeepStrictEqual(next, error, text);
    }
  });
});

describe("repairs of findings", () => {
  it("leave no finding of a rule that has a repair, and add no other", async () => {
    const { cases } = readVectors<{
      cases: {
        dockerfile: string;
        dockerignore?: string;
        opts?: Record<string, string>;
        images?: Record<string, string>;
      }[];
    }>("lint");
    let made = 0;
    for (const recorded of cases.slice(0, 400)) {
      let { dockerfile } = recorded;
      const before = await check(recorded);
      if (before.error !== undefined) continue;
      for (let round = 0; round < 10; round++) {
        const { warnings } = await check({ ...recorded, dockerfile });
        const fixes = warnings
          .map((warning) => fixWarning(dockerfile, warning))
          .filter((fix) => fix !== undefined);
        const { text, applied } = applyFixes(dockerfile, fixes);
        made += applied.length;
        if (text === dockerfile) break;
        dockerfile = text;
      }
      const after = await check({ ...recorded, dockerfile });
      assert.strictEqual(after.error?.message, undefined, dockerfile);
      assert.deepStrictEqual(
        after.warnings.filter((warning) => fixWarning(dockerfile, warning) !== undefined),
        [],
        dockerfile,
      );
      assert.ok(after.warnings.length <= before.warnings.length, dockerfile);
    }
    assert.ok(made > 300, `${made} repairs were made`);
  });

  it("do not touch a value whose meaning they would change", async () => {
    for (const line of ['ENV A say "hi"', "CMD echo $HOME", "CMD a && b", "CMD A=1 b"]) {
      const dockerfile = `FROM alpine\n${line}\n`;
      const { warnings } = await check({ dockerfile });
      assert.ok(warnings.length > 0, line);
      for (const warning of warnings) assert.strictEqual(fixWarning(dockerfile, warning), undefined, line);
    }
  });

  it("leave out a fix that overlaps another", () => {
    const at = (offset: number) => ({ offset, line: 1, column: offset + 1 });
    const fix = (start: number, end: number, replacement: string) => ({
      title: { ko: "", en: "" },
      edits: [{ range: { start: at(start), end: at(end) }, replacement }],
    });
    const { text, applied } = applyFixes("abcdef", [
      fix(1, 3, "X"),
      fix(2, 4, "Y"),
      fix(4, 4, "-"),
      fix(1, 3, "X"),
    ]);
    assert.strictEqual(text, "aXd-ef");
    assert.strictEqual(applied.length, 2);
  });
});
