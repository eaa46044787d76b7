#!/usr/bin/env node
// `npm run lessons`: content/ → notebooks/ (student edition, no outputs, no solutions); `--check` only says whether they agree.
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureBuild } from "./lib/compile.mjs";
import { withLock } from "./lib/lock.mjs";
import { ensureNodePackages } from "./lib/node-packages.mjs";
import { DIST, ROOT } from "./lib/paths.mjs";
import { Problem, runMain, say } from "./lib/say.mjs";

await runMain(async () => {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  await withLock("set-up", async () => {
    await ensureNodePackages({ dev: false });
    await ensureBuild();
  });
  const { readCourse, courseFiles, courseDifferences, writeCourse } = createRequire(import.meta.url)(
    path.join(DIST, "lesson/course.js"),
  );
  const target = path.join(ROOT, "notebooks");
  let wanted;
  try {
    wanted = courseFiles(readCourse(path.join(ROOT, "content")));
  } catch (error) {
    if (error.name !== "LessonError") throw error;
    const place = `content/ … ${error.file}:${error.line}`;
    throw new Problem(error.code, {
      ko: { what: error.ko, why: place },
      en: { what: error.en, why: place },
      fix: [`content/lessons/README.md`],
    });
  }
  if (values.check) {
    const differences = courseDifferences(wanted, target);
    for (const name of differences) say(`≠ notebooks/${name}`);
    if (differences.length)
      say("notebooks/가 content/와 다릅니다. npm run lessons", "notebooks/ differs from content/");
    return differences.length ? 1 : 0;
  }
  const changed = writeCourse(wanted, target);
  for (const name of changed) say(`${wanted.has(name) ? "✓" : "−"} notebooks/${name}`);
  say(
    `수업 파일 ${wanted.size}개 가운데 ${changed.length}개를 바꾸었습니다`,
    `${changed.length} of ${wanted.size} lesson files changed`,
  );
  return 0;
});
