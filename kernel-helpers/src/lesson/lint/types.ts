/** What a lesson's linter works on and what it finds. */

import type { CourseLesson } from "../course";
import type { GlossaryTerm } from "../glossary";
import type { LessonCell } from "../source";

/** One thing to mend. `error`: a learner would stumble; `warning`: worth a look. */
export interface LintFinding {
  /** Stable name: `structure`, `emphasis`, … */
  readonly rule: string;
  readonly severity: "error" | "warning";
  /** `05-order.md`. */
  readonly file: string;
  /** 1-based line of the source. */
  readonly line: number;
  readonly ko: string;
  readonly en: string;
}

/** A lesson with what surrounds it. */
export interface LintSubject {
  readonly entry: CourseLesson;
  /** All lessons, for links and `needs`. */
  readonly lessons: readonly CourseLesson[];
  readonly glossary: readonly GlossaryTerm[];
}

/** A rule: everything it finds in one lesson. */
export type LintRule = (subject: LintSubject) => readonly LintFinding[];

/** Makes findings of one rule for one lesson. */
export function finder(rule: string, subject: LintSubject) {
  const file = `${subject.entry.lesson.head.slug}.md`;
  return (severity: LintFinding["severity"], line: number, ko: string, en: string): LintFinding => ({
    rule,
    severity,
    file,
    line,
    ko,
    en,
  });
}

/** Cells that learners see, in order. */
export function studentCells(subject: LintSubject): readonly LessonCell[] {
  return subject.entry.lesson.cells.filter((cell) => cell.audience === "student");
}

/** Text with its line numbers, code blocks and inline code blanked out. */
export function proseLines(cell: LessonCell): readonly { readonly line: number; readonly text: string }[] {
  let fenced = false;
  return cell.source.split("\n").flatMap((text, i) => {
    if (/^\s*(```|~~~)/.test(text)) {
      fenced = !fenced;
      return [];
    }
    return fenced
      ? []
      : [{ line: cell.line + 1 + i, text: text.replace(/`[^`]*`/g, (code) => " ".repeat(code.length)) }];
  });
}
