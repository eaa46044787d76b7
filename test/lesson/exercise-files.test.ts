import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseExercises, type ExerciseFile } from "../../kernel-helpers/src/lesson";
import type { ContextChanges } from "../../kernel-helpers/src/build/types";

const CONTENT = join(__dirname, "../../content");

function fileSets(): Record<string, ContextChanges> {
  const apps = join(CONTENT, "apps");
  const sets: Record<string, ContextChanges> = {};
  for (const name of readdirSync(apps)) {
    const folder = join(apps, name);
    if (!statSync(folder).isDirectory()) continue;
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
      statSync(join(folder, path)).isFile(),
    );
    sets[name] = {
      write: Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")])),
    };
  }
  return sets;
}

describe("exercise files", () => {
  const files = readdirSync(join(CONTENT, "exercises")).filter((name) => name.endsWith(".yaml"));
  for (const name of files) {
    it(`${name} reads, its ids belong to its lesson, and every misconception is known`, () => {
      const text = readFileSync(join(CONTENT, "exercises", name), "utf8");
      const file: ExerciseFile = parseExercises(name, text, fileSets());
      const known = (
        JSON.parse(readFileSync(join(CONTENT, "quiz.json"), "utf8")) as {
          misconceptions_ko: Record<string, string>;
        }
      ).misconceptions_ko;
      const ids = [...file.exercises, ...file.predictions].map((entry) => entry.id);
      assert.equal(new Set(ids).size, ids.length);
      for (const id of ids) assert.ok(id.startsWith(name.replace(".yaml", "-")), id);
      for (const [, id] of text.matchAll(/misconception: (\w+)/g)) assert.ok(known[id ?? ""], id);
      assert.ok(file.exercises.length >= 1);
    });
  }
});
