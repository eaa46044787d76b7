/** The pages of the build checks: one per rule, examples that hold, sentences that are the records'. */

import assert from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  applyFixes,
  checks,
  fixWarning,
  formatWarningShort,
  sortWarnings,
} from "../../kernel-helpers/src/dockerfile";
import { check } from "./lint-client";

const folder = join(__dirname, "..", "..", "content", "checks");

interface Page {
  readonly rule: string;
  readonly images: Readonly<Record<string, string>>;
  readonly body: string;
  /** By language of the fence, in order. */
  readonly blocks: Readonly<Record<string, readonly string[]>>;
}

function readPage(file: string): Page {
  const text = readFileSync(join(folder, file), "utf8");
  const [, head = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const value = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(head)?.[1];
  const blocks: Record<string, string[]> = {};
  for (const [, language, content] of body.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    (blocks[language!] ??= []).push(content!);
  }
  const [image, platform] = (value("images") ?? "").split("=");
  return { rule: value("rule")!, images: platform === undefined ? {} : { [image!]: platform }, body, blocks };
}

const kebab = (rule: string) =>
  rule
    .replace("JSONArgs", "JsonArgs")
    .replace(/(?<=.)[A-Z]/g, (letter) => "-" + letter)
    .toLowerCase();

describe("check pages", () => {
  it("are one per rule", () => {
    const files = readdirSync(folder).sort();
    assert.deepStrictEqual(files, checks.rules.map((rule) => `${kebab(rule.name)}.md`).sort());
  });

  /** Rules whose finding needs a decision, so that there is no fix. */
  const withoutFix = new Set([
    "DuplicateStageName",
    "ReservedStageName",
    "InvalidBaseImagePlatform",
    "SecretsUsedInArgOrEnv",
    "InvalidDefaultArgInFrom",
    "CopyIgnoredFile",
  ]);

  for (const rule of checks.rules) {
    it(rule.name, async () => {
      const { images, body, blocks, rule: name } = readPage(`${kebab(rule.name)}.md`);
      assert.strictEqual(name, rule.name);
      for (const sentence of [rule.why.ko, rule.how.ko, rule.why.en, rule.how.en])
        assert.ok(body.includes(sentence), sentence);
      const [bad, good] = blocks.dockerfile!;
      const input = { images, dockerignore: blocks.dockerignore?.[0] };
      const { warnings } = await check({ ...input, dockerfile: bad! });
      assert.strictEqual(sortWarnings(warnings).map(formatWarningShort).join("\n") + "\n", blocks.text![0]);
      assert.ok(warnings.some((warning) => warning.rule === rule.name));
      assert.deepStrictEqual((await check({ ...input, dockerfile: good! })).warnings, []);

      const fixes = warnings.map((warning) => fixWarning(bad!, warning)).filter((fix) => fix !== undefined);
      assert.strictEqual(fixes.length === 0, withoutFix.has(rule.name));
      if (fixes.length === 0) return;
      const { text } = applyFixes(bad!, fixes);
      assert.deepStrictEqual((await check({ ...input, dockerfile: text })).warnings, [], text);
    });
  }
});
