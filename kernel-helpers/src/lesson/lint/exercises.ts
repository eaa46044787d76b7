/** The rules of text for what learners read of content/exercises/: questions, options, goals, hints, feedback. */

import type { Exercise, Prediction } from "../exercise-types";
import type { LessonCell } from "../source";
import { emphasis, style, tables } from "./text";
import type { LintRule } from "./types";

/** `LNN.yaml` is named as the file; the place is the id of the prediction or exercise, in the sentence. */
export const exerciseTexts: LintRule = (subject) => {
  const { lesson, exercises } = subject.entry;
  return [...(exercises?.predictions ?? []), ...(exercises?.exercises ?? [])].flatMap((entry) => {
    const cells = textsOf(entry).map((source, i): LessonCell => ({
      kind: "markdown",
      id: `${entry.id}-${i}`,
      source,
      tags: [],
      audience: "student",
      line: 0,
    }));
    const inner = { ...subject, entry: { lesson: { ...lesson, cells } } };
    return [emphasis, tables, style].flatMap((rule) =>
      rule(inner).map((found) => ({
        ...found,
        file: `${lesson.head.id}.yaml`,
        line: 1,
        ko: `${entry.id}: ${found.ko}`,
        en: `${entry.id}: ${found.en}`,
      })),
    );
  });
};

/** Everything in Korean that an entry shows. */
function textsOf(entry: Prediction | Exercise): readonly string[] {
  const options = ("options" in entry && Array.isArray(entry.options) ? entry.options : []) as readonly {
    readonly text: string;
    readonly feedback: string;
  }[];
  const said = options.flatMap(({ text, feedback }) => [text, feedback]);
  if ("question" in entry) return [entry.question, ...said, ...entry.feedback.map(({ text }) => text)];
  const own = [entry.title, entry.goal, ...entry.hints, ...said];
  if (entry.kind === "grid" || entry.kind === "answer")
    return [...own, ...entry.feedback.map(({ text }) => text)];
  if (entry.kind === "edits") return [...own, ...entry.wrong.map(({ feedback }) => feedback)];
  if (entry.kind === "build")
    return [
      ...own,
      ...entry.wrong.map(({ feedback }) => feedback),
      ...entry.conditions.flatMap(({ feedback }) => feedback ?? []),
    ];
  return own;
}
