/** What no file of the project may contain: places of one machine, hosts of registries, unfinished work. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { ROOT, projectFiles } from "./sources";

/** Written in halves, so that this file does not contain them either. */
const join = (...parts: string[]) => new RegExp(parts.join(""), "u");

/** Recorded from elsewhere, as it was. */
const RECORDED = /^test\/(fidelity|vectors|run\/recorded)\/|^content\/catalog\//;

const FORBIDDEN: readonly { what: string; pattern: RegExp; except?: RegExp }[] = [
  { what: "the npm registry's host", pattern: join("registry\\.npm", "js\\.org") },
  { what: "PyPI's host", pattern: join("\\b(pypi", "\\.org|files\\.python", "hosted\\.org)") },
  { what: "the Go proxy's host", pattern: join("proxy\\.gol", "ang\\.org") },
  { what: "other registries' hosts", pattern: join("(static\\.crates", "\\.io|repo1\\.maven", "\\.org)") },
  { what: "a path of one machine", pattern: join("(^|[\\s\"'`(=])/", "(work|root)/[a-z]"), except: RECORDED },
  { what: "unfinished work", pattern: join("\\b(TO", "DO|FIX", "ME|X", "XX)\\b"), except: RECORDED },
  { what: "a merge that was not finished", pattern: join("^<", "<<<<<< "), except: RECORDED },
];

const BINARY = /\.(png|woff2?|pdf|tar|gz|ico|bin|zst)$/;

describe("words", () => {
  const texts = projectFiles()
    .filter((name) => !BINARY.test(name))
    .map((name) => ({ name, lines: fs.readFileSync(path.join(ROOT, name), "utf8").split("\n") }));

  for (const { what, pattern, except } of FORBIDDEN)
    it(`no file contains ${what}`, () => {
      const found: string[] = [];
      for (const { name, lines } of texts)
        if (!except?.test(name))
          lines.forEach((line, index) => {
            if (pattern.test(line)) found.push(`${name}:${index + 1} ${line.trim().slice(0, 120)}`);
          });
      assert.deepEqual(found.slice(0, 20), []);
    });

  it("file names are plain, so that every system can hold them", () => {
    const odd = projectFiles().filter((name) => /[<>:"|?*\\]|[ .]$/.test(name));
    assert.deepEqual(odd, []);
    const lower = new Map<string, string>();
    const twins = projectFiles().filter((name) => {
      const other = lower.get(name.toLowerCase());
      lower.set(name.toLowerCase(), name);
      return other !== undefined;
    });
    assert.deepEqual(twins, [], "no two names differ by case alone");
  });
});
