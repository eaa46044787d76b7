/** The linter of lessons: `layerbook lesson lint`, and a test over the whole course. */

import type { Course, CourseLesson } from "../course";
import { exerciseTexts } from "./exercises";
import { claims, codeCells, structure } from "./structure";
import { emphasis, links, readingTime, style, tables, terms } from "./text";
import type { LintFinding, LintRule } from "./types";

export { estimatedMinutes } from "./text";
export type { LintFinding } from "./types";

/** By name, in the order in which they are worth looking at. */
export const LINT_RULES: Readonly<Record<string, LintRule>> = {
  structure,
  output: codeCells,
  claim: claims,
  emphasis,
  table: tables,
  term: terms,
  link: links,
  time: readingTime,
  style,
  exercises: exerciseTexts,
};

/** What is to mend in *lessons* (default: all of *course*), by file and line. */
export function lintCourse(course: Course, lessons: readonly CourseLesson[] = course.lessons): LintFinding[] {
  return lessons.flatMap((entry) => {
    const subject = { entry, lessons: course.lessons, glossary: course.glossary ?? [] };
    return Object.values(LINT_RULES)
      .flatMap((rule) => rule(subject))
      .sort((a, b) => a.line - b.line);
  });
}
