/** Reads `content/exercises/LNN.yaml` into exercises and predictions, refusing what a test or a learner would stumble over later. */

import { parseDocument } from "yaml";
import type { ContextChanges, WrittenFile } from "../build/types";
import type {
  ChoiceOption,
  Condition,
  Edit,
  Exercise,
  Prediction,
  StepFeedback,
  WrongWay,
} from "./exercise-types";
import type { GlossaryTerm } from "./glossary";
import type { Quiz } from "./quiz";
import { LessonError } from "./source";

/** The exercises and predictions of one lesson, in the order of the file. */
export interface ExerciseFile {
  readonly predictions: readonly Prediction[];
  readonly exercises: readonly Exercise[];
  /** What `<!-- quiz: … -->` and `<!-- glossary: … -->` of any lesson stand for; content/quiz.json and content/glossary.json. */
  readonly quiz?: Quiz;
  readonly glossary?: readonly GlossaryTerm[];
}

/** What a short form `check: value` means. */
const MAIN_ARGUMENT: Readonly<Record<string, string>> = {
  rerunsNothing: "edit",
  sizeBelow: "megabytes",
  newLayers: "count",
  historyRows: "count",
  fileInImage: "path",
  fileAbsent: "path",
  fileInNoLayer: "path",
  fileInContext: "path",
  ignored: "path",
  secretAbsent: "value",
  secretFound: "value",
  configHas: "key",
  contextBelow: "bytes",
  dockerfileHas: "pattern",
  dockerfileLacks: "pattern",
  errorHas: "text",
  imagesAtLeast: "count",
  changesContent: "edit",
  keepsContent: "edit",
  touchesFile: "edit",
};
const CHECKS = new Set([
  "latestImageHas",
  "builds",
  "fails",
  "reused",
  "reruns",
  "rerunsOnly",
  "sameStep",
  "downloads",
  "not",
  ...Object.keys(MAIN_ARGUMENT),
]);

type Json = Record<string, unknown>;

/** Parses one file. *shared* holds named files (`files: {P1: {package.json: …}}` of content/exercises/shared.yaml) for `use:`. Throws LessonError LB_EXERCISE. */
export function parseExercises(
  file: string,
  text: string,
  shared: Readonly<Record<string, ContextChanges>> = {},
): ExerciseFile {
  const reader = new Reader(file, shared);
  const data = reader.yaml(text);
  return {
    predictions: reader.list(data["predictions"], "predictions").map((item) => reader.prediction(item)),
    exercises: reader.list(data["exercises"], "exercises").map((item) => reader.exercise(item)),
  };
}

/** Parses content/exercises/shared.yaml: named sets of files that exercises reuse. */
export function parseSharedFiles(file: string, text: string): Readonly<Record<string, ContextChanges>> {
  const reader = new Reader(file, {});
  const data = reader.yaml(text);
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, reader.changes(value, name)]));
}

class Reader {
  constructor(
    readonly file: string,
    readonly shared: Readonly<Record<string, ContextChanges>>,
  ) {}

  fail(ko: string, en: string): never {
    throw new LessonError("LB_EXERCISE", this.file, 1, ko, en);
  }

  yaml(text: string): Json {
    const document = parseDocument(text);
    const error = document.errors[0];
    if (error)
      throw new LessonError(
        "LB_EXERCISE",
        this.file,
        error.linePos?.[0].line ?? 1,
        `YAML을 읽을 수 없습니다: ${error.message}`,
        "not valid YAML",
      );
    return (document.toJS() ?? {}) as Json;
  }

  list(value: unknown, name: string): Json[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) this.fail(`\`${name}\`은(는) 목록이어야 합니다.`, `"${name}" must be a list`);
    return value as Json[];
  }

  text(item: Json, key: string): string {
    const value = item[key];
    if (typeof value !== "string" || value.trim() === "")
      this.fail(
        `${String(item["id"] ?? "")}: \`${key}\`가 없습니다.`,
        `"${key}" is missing in ${String(item["id"] ?? "?")}`,
      );
    return value.trim();
  }

  strings(value: unknown): string[] {
    return Array.isArray(value)
      ? value.map((entry) => String(entry))
      : value === undefined || value === null
        ? []
        : [String(value)];
  }

  prediction(item: Json): Prediction {
    const feedback = this.list(item["feedback"], "feedback").map((entry): StepFeedback => ({
      step: this.text(entry, "step"),
      guessed: entry["guessed"] === "miss" ? "miss" : "hit",
      ...(typeof entry["misconception"] === "string" ? { misconception: entry["misconception"] } : {}),
      text: this.text(entry, "text"),
    }));
    const base = { id: this.text(item, "id"), question: this.text(item, "question"), feedback };
    return item["options"] === undefined ? base : { ...base, options: this.options(item) };
  }

  options(item: Json): ChoiceOption[] {
    const options = this.list(item["options"], "options").map((entry): ChoiceOption => ({
      text: this.text(entry, "text"),
      correct: entry["correct"] === true,
      feedback: this.text(entry, "feedback"),
      ...(typeof entry["misconception"] === "string" ? { misconception: entry["misconception"] } : {}),
    }));
    if (options.length < 2 || !options.some((option) => option.correct))
      this.fail(
        `${String(item["id"])}: 보기는 둘 이상, 정답은 하나 이상이어야 합니다.`,
        "needs two options or more and a correct one",
      );
    return options;
  }

  exercise(item: Json): Exercise {
    const base = {
      id: this.text(item, "id"),
      title: this.text(item, "title"),
      goal: this.text(item, "goal"),
      hints: this.strings(item["hints"]),
    };
    if (base.hints.length !== 3)
      this.fail(`${base.id}: 힌트는 세 개여야 합니다.`, `${base.id} must have three hints`);
    switch (item["kind"]) {
      case "choice":
        return { ...base, kind: "choice", options: this.options(item) };
      case "grid": {
        const rows = this.strings(item["rows"]);
        const columns = this.strings(item["columns"]);
        const cells = this.list(item["cells"], "cells").map((row) =>
          (row as unknown as unknown[]).map((cell) => this.strings(cell)),
        );
        if (cells.length !== rows.length || cells.some((row) => row.length !== columns.length))
          this.fail(
            `${base.id}: 표의 크기가 맞지 않습니다.`,
            `${base.id}: cells do not fit rows and columns`,
          );
        const feedback = this.list(item["feedback"], "feedback").map((entry) => ({
          ...(entry["row"] !== undefined ? { row: String(entry["row"]) } : {}),
          ...(entry["column"] !== undefined ? { column: String(entry["column"]) } : {}),
          ...(entry["answer"] !== undefined ? { answer: String(entry["answer"]) } : {}),
          text: this.text(entry, "text"),
        }));
        return { ...base, kind: "grid", rows, columns, cells, feedback };
      }
      case "answer": {
        const blanks = this.list(item["blanks"], "blanks").map((entry) => ({
          name: this.text(entry, "name"),
          accept: this.strings(entry["accept"]),
        }));
        const feedback = this.list(item["feedback"], "feedback").map((entry) => ({
          blank: this.text(entry, "blank"),
          answer: String(entry["answer"]),
          text: this.text(entry, "text"),
        }));
        if (blanks.length === 0 || blanks.some((blank) => blank.accept.length === 0))
          this.fail(
            `${base.id}: 빈칸마다 정답이 있어야 합니다.`,
            `${base.id}: every blank needs an accepted answer`,
          );
        return { ...base, kind: "answer", blanks, feedback };
      }
      case "build": {
        const edits = Object.fromEntries(
          Object.entries((item["edits"] ?? {}) as Json).map(([name, value]) => [
            name,
            this.edit(name, value as Json),
          ]),
        );
        const solutions = this.list(item["solutions"], "solutions").map((value) =>
          this.changes(value, "solutions"),
        );
        if (solutions.length < 2)
          this.fail(
            `${base.id}: 서로 다른 풀이가 두 개 이상 있어야 합니다.`,
            `${base.id} needs two solutions`,
          );
        return {
          ...base,
          kind: "build",
          start: this.changes(item["start"], "start"),
          options: item["options"] ?? {},
          edits,
          conditions: this.list(item["conditions"], "conditions").map((value) => this.condition(value)),
          wrong: this.list(item["wrong"], "wrong").map((entry): WrongWay => ({
            title: this.text(entry, "title"),
            when: this.list(entry["when"], "when").map((value) => this.condition(value)),
            feedback: this.text(entry, "feedback"),
            example: this.changes(entry["example"], "example"),
          })),
          solutions,
        };
      }
      case "edits": {
        const solutions = this.list(item["solutions"], "solutions") as Record<string, string>[];
        if (solutions.length < 2)
          this.fail(
            `${base.id}: 서로 다른 풀이가 두 개 이상 있어야 합니다.`,
            `${base.id} needs two solutions`,
          );
        return {
          ...base,
          kind: "edits",
          start: this.changes(item["start"], "start"),
          options: item["options"] ?? {},
          slots: this.list(item["slots"], "slots").map((slot) => ({
            name: this.text(slot, "name"),
            conditions: this.list(slot["conditions"], "conditions").map((value) => this.condition(value)),
          })),
          wrong: this.list(item["wrong"], "wrong").map((entry) => ({
            slot: this.text(entry, "slot"),
            command: this.text(entry, "command"),
            feedback: this.text(entry, "feedback"),
          })),
          solutions,
        };
      }
      default:
        return this.fail(
          `${base.id}: \`kind\`는 choice, grid, answer, build, edits 가운데 하나입니다.`,
          `${base.id}: unknown kind`,
        );
    }
  }

  edit(name: string, value: Json): Edit {
    const { title, options, shell, ...changes } = value;
    return {
      title: typeof title === "string" ? title : name,
      changes: this.changes(changes, name),
      ...(typeof shell === "string" ? { shell } : {}),
      options: options ?? {},
    };
  }

  /** `use: [P1, S1]` pulls named files in first; then the changes written here. */
  changes(value: unknown, where: string): ContextChanges {
    const data = (value ?? {}) as Json;
    const write: Record<string, string | WrittenFile> = {};
    for (const name of this.strings(data["use"])) {
      const set = this.shared[name];
      if (set === undefined)
        this.fail(
          `${where}: \`use: ${name}\`에 해당하는 파일 묶음이 없습니다.`,
          `unknown file set "${name}" in ${where}`,
        );
      Object.assign(write, set?.write);
    }
    Object.assign(write, data["write"]);
    const result: { -readonly [K in keyof ContextChanges]: ContextChanges[K] } = {};
    if (Object.keys(write).length > 0) result.write = write;
    if (data["remove"] !== undefined) result.remove = this.strings(data["remove"]);
    if (data["rename"] !== undefined) result.rename = data["rename"] as Record<string, string>;
    if (data["chmod"] !== undefined)
      result.chmod = Object.fromEntries(
        Object.entries(data["chmod"] as Json).map(([path, mode]) => [path, String(mode)]),
      );
    if (data["touch"] !== undefined) result.touch = this.strings(data["touch"]);
    return result;
  }

  condition(value: unknown): Condition {
    if (typeof value === "string") return this.known({ check: value } as Condition);
    const { feedback, ...rest } = value as Json;
    const [check, argument] = Object.entries(rest)[0] ?? this.fail("빈 조건입니다.", "empty condition");
    const body =
      check === "not"
        ? { of: this.condition(argument) }
        : argument !== null && typeof argument === "object" && !Array.isArray(argument)
          ? (argument as Json)
          : { [MAIN_ARGUMENT[check] ?? "value"]: argument };
    return this.known({
      check,
      ...body,
      ...(typeof feedback === "string" ? { feedback: feedback.trim() } : {}),
    } as Condition);
  }

  known(condition: Condition): Condition {
    if (!CHECKS.has(condition.check))
      this.fail(`\`${condition.check}\`은(는) 없는 조건입니다.`, `unknown check "${condition.check}"`);
    return condition;
  }
}
