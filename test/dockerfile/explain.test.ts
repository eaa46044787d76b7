/** Every refusal is explained, with its values, in both languages. */

import assert from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  errorEntries,
  explainError,
  isDockerfileError,
  parseDockerfile,
  parseInstructions,
  parseMounts,
} from "../../kernel-helpers/src/dockerfile";
import { readVectors } from "./vectors";

const source = join(__dirname, "..", "..", "kernel-helpers", "src");

/** The codes that a folder's files give their refusals. */
function codesIn(folder: string): Set<string> {
  const codes = new Set<string>();
  for (const entry of readdirSync(join(source, folder), { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith(".ts") || /explain|fixes/.test(entry.parentPath)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
    for (const [code] of text.matchAll(/(?<=["'`])LB_[A-Z_]+(?=["'`])/g)) codes.add(code);
  }
  return codes;
}

describe("explanations of refusals", () => {
  it("exist for every code of reading and converting", () => {
    const known = new Set(errorEntries.map(({ code }) => code));
    const missing = [...codesIn("dockerfile"), ...codesIn("graph")].filter((code) => !known.has(code));
    assert.deepStrictEqual(missing, []);
  });

  it("exist once each, whole, in Korean and English", () => {
    const seen = new Set<string>();
    for (const { code, ko, en } of errorEntries) {
      assert.ok(!seen.has(code), code);
      seen.add(code);
      for (const sentence of ko) assert.match(sentence, /[가-힣][^]*[.)]$/, code);
      for (const sentence of en) {
        assert.match(sentence, /^[A-Z`{6][^]*[.)]$/, code);
        assert.doesNotMatch(sentence, /[가-힣]/, code);
      }
    }
  });

  it("fill in the values of every recorded refusal", () => {
    const { cases } = readVectors<{ cases: { dockerfile?: string }[] }>("parse");
    const codes = new Set<string>();
    for (const { dockerfile } of cases) {
      if (dockerfile === undefined) continue;
      const parsed = parseDockerfile(dockerfile);
      const answer = isDockerfileError(parsed) ? parsed : parseInstructions(parsed);
      const refusals = isDockerfileError(answer) ? [answer] : [];
      if (!isDockerfileError(answer)) {
        for (const command of answer.stages.flatMap((stage) => stage.commands)) {
          const mounts = command.kind === "run" ? parseMounts(command, (word) => ({ result: word })) : [];
          if (isDockerfileError(mounts)) refusals.push(mounts);
        }
      }
      for (const refusal of refusals) {
        const { code, why, how } = explainError(refusal);
        codes.add(code);
        assert.strictEqual(code, refusal.code);
        for (const text of [why.ko, why.en, how.ko, how.en])
          assert.doesNotMatch(text, /`…`|\{\d\}/, refusal.message);
      }
    }
    assert.ok(codes.size >= 30, `${codes.size} kinds were seen`);
  });

  it("tell failing steps apart by their text", () => {
    const explain = (message: string) => explainError({ code: "LB_STEP_FAILED", message });
    assert.match(
      explain('process "/bin/sh -c exit 4" did not complete successfully: exit code: 4').why.ko,
      /종료 코드가 4/,
    );
    assert.strictEqual(
      explain('process "/bin/sh -c pytohn" did not complete successfully: exit code: 127').code,
      "LB_RUN_COMMAND_NOT_FOUND",
    );
    assert.strictEqual(explain("secret token: not found").code, "LB_RUN_SECRET");
    assert.strictEqual(explain("failed to load cache key: invalid user index -1").code, "LB_COPY_OWNER");
    assert.strictEqual(explain("mkdir /app: not a directory").code, "LB_COPY_ONTO_FILE");
    assert.match(
      explain('failed to compute cache key: failed to calculate checksum of ref x: "/a": not found').why.en,
      /`\/a`/,
    );
  });

  it("find texts without a code of their own", () => {
    const code = (message: string) => explainError({ code: "LB_REFUSED", message }).code;
    assert.strictEqual(
      code('target stage "buld" could not be found (did you mean build?)'),
      "LB_TARGET_UNKNOWN",
    );
    assert.strictEqual(code("circular dependency detected on stage: a"), "LB_STAGE_CIRCLE");
    assert.strictEqual(code("base name ($X) should not be blank"), "LB_FROM_BLANK");
    assert.strictEqual(code("something nobody has seen"), "LB_REFUSED");
    assert.match(explainError({ code: "LB_REFUSED", message: "invalid stage index 7" }).why.ko, /--from=7/);
  });
});
