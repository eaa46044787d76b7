/** Reads a lesson's Markdown source (content/lessons/NN-slug.md) into plain records; the format is described in content/lessons/README.md. */

import { parseDocument } from "yaml";

/** Which copies of a lesson a cell belongs to. `student` cells are in every edition; the others only in their own and in `teacher`. */
export type CellAudience = "student" | "teacher" | "solution" | "exam" | "slides" | "paper";

/** What stands above the first cell. */
export interface LessonHead {
  /** `L01` … `L16`, `PRJ`, `00`. */
  readonly id: string;
  /** Folder and file name: `01-closed-image`. Taken from the file name. */
  readonly slug: string;
  /** Korean title. */
  readonly title: string;
  /** Part of the course: `1부 이미지와 단계`. Empty when there is none. */
  readonly part: string;
  /** Minutes a learner needs. */
  readonly minutes: number;
  /** Ids of lessons that come before. */
  readonly needs: readonly string[];
  /** Glossary terms (English keys) that this lesson introduces. */
  readonly terms: readonly string[];
  /** Sets of content/apps/ that lie in `app/` beside the notebook from the start, later ones over earlier ones. */
  readonly files: readonly string[];
}

/** One cell of the source. */
export interface LessonCell {
  /**
   * `exercise` and `prediction` stand for what content/exercises/ holds under the id in `source`, `quiz` for the round in `source`
   * (`pre`, `post`) of content/quiz.json, `glossary` for content/glossary.json.
   */
  readonly kind: "markdown" | "code" | "exercise" | "prediction" | "quiz" | "glossary";
  /** Unique in the lesson: letters, digits, `-`, `_`; the notebook's id is `<lesson id>-<this>`, lower case. */
  readonly id: string;
  /** Text without the fence, no final newline. */
  readonly source: string;
  readonly tags: readonly string[];
  readonly audience: CellAudience;
  /** 1-based line of the source where the cell begins. */
  readonly line: number;
}

export interface Lesson {
  readonly head: LessonHead;
  /** In the order of the source. */
  readonly cells: readonly LessonCell[];
}

/** A mistake in a lesson's source: `LB_LESSON_…`, file and 1-based line. */
export class LessonError extends Error {
  override readonly name = "LessonError";
  constructor(
    readonly code: string,
    readonly file: string,
    readonly line: number,
    readonly ko: string,
    readonly en: string,
  ) {
    super(`${file}:${line}: ${ko} (${en})`);
  }
}

const CELL_COMMENT = /^<!--\s*cell:\s*(.*?)\s*-->\s*$/;
const REFERENCE = /^<!--\s*(exercise|prediction|quiz|glossary):\s*([A-Za-z0-9-]+)((?:\s+[a-z-]+)*)\s*-->\s*$/;
const FENCE = /^(`{3,}|~{3,})\{cell\}\s*(.*?)\s*$/;
const ANY_FENCE = /^(`{3,}|~{3,})/;
const BLOCK = /^:::\s*(teacher|solution|exam|slides|paper)\s*$/;
const END = /^:::\s*$/;
const ID = /^[A-Za-z0-9_-]{1,48}$/;

/**
 * Parses one lesson. *file* is its name (`01-closed-image.md`), used for the slug and in messages.
 * Throws LessonError: LB_LESSON_HEAD (front matter), LB_LESSON_CELL (id missing, malformed or repeated),
 * LB_LESSON_FENCE (a fence that is not closed), LB_LESSON_BLOCK (`:::` without its partner).
 */
export function parseLesson(file: string, text: string): Lesson {
  const lines = text
    .replace(/^\uFEFF/, "")
    .replace(/\r\n/g, "\n")
    .split("\n");
  const slug = (file.split("/").pop() ?? file).replace(/\.md$/, "");
  const { head, next } = parseHead(file, slug, lines);
  const cells: LessonCell[] = [];
  const ids = new Set<string>();
  let audience: CellAudience = "student";
  let blockLine = 0;
  let open: { id: string; tags: string[]; line: number; body: string[] } | undefined;

  const add = (cell: LessonCell): void => {
    if (!ID.test(cell.id)) {
      throw new LessonError(
        "LB_LESSON_CELL",
        file,
        cell.line,
        `셀 이름 \`${cell.id}\`이(가) 없거나 쓸 수 없는 글자가 있습니다.`,
        `cell id "${cell.id}" is missing or malformed`,
      );
    }
    if (ids.has(cell.id)) {
      throw new LessonError(
        "LB_LESSON_CELL",
        file,
        cell.line,
        `셀 이름 \`${cell.id}\`이(가) 두 번 나옵니다.`,
        `cell id "${cell.id}" is repeated`,
      );
    }
    ids.add(cell.id);
    cells.push(cell);
  };
  const close = (): void => {
    if (open === undefined) return;
    const source = open.body.join("\n").replace(/^\n+|\s+$/g, "");
    if (source !== "")
      add({ kind: "markdown", id: open.id, source, tags: open.tags, audience, line: open.line });
    open = undefined;
  };

  for (let i = next; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const comment = CELL_COMMENT.exec(line);
    const reference = REFERENCE.exec(line);
    const fence = FENCE.exec(line);
    const block = BLOCK.exec(line);
    if (comment) {
      close();
      const { id, tags } = parseAttributes(comment[1] ?? "");
      open = { id, tags, line: i + 1, body: [] };
    } else if (reference) {
      close();
      const ref = reference[2] ?? "";
      const kind = reference[1] as "exercise" | "prediction" | "quiz" | "glossary";
      const own = ref.replace(/^.*-/, "").toLowerCase();
      const id = kind === "quiz" ? `quiz-${own}` : kind === "glossary" ? "glossary" : own;
      add({
        kind,
        id,
        source: ref,
        tags: (reference[3] ?? "").split(/\s+/).filter((tag) => tag !== ""),
        audience,
        line: i + 1,
      });
    } else if (fence) {
      close();
      const end = closingFence(lines, i, fence[1] ?? "```");
      if (end < 0) throw unclosed(file, i + 1);
      const { id, tags } = parseAttributes(fence[2] ?? "");
      add({ kind: "code", id, source: lines.slice(i + 1, end).join("\n"), tags, audience, line: i + 1 });
      i = end;
    } else if (block) {
      close();
      if (audience !== "student")
        throw new LessonError(
          "LB_LESSON_BLOCK",
          file,
          i + 1,
          `\`:::\` 묶음 안에 또 묶음이 있습니다(${blockLine}행에서 시작).`,
          `":::" block inside another one (from line ${blockLine})`,
        );
      audience = block[1] as CellAudience;
      blockLine = i + 1;
    } else if (END.test(line)) {
      close();
      if (audience === "student")
        throw new LessonError(
          "LB_LESSON_BLOCK",
          file,
          i + 1,
          "짝이 없는 `:::`입니다.",
          '":::" without a beginning',
        );
      audience = "student";
    } else if (open) {
      open.body.push(line);
      if (ANY_FENCE.test(line)) {
        // An ordinary fence inside a text cell: what stands in it is text, whatever it looks like.
        const end = closingFence(lines, i, ANY_FENCE.exec(line)?.[1] ?? "```");
        if (end < 0) throw unclosed(file, i + 1);
        open.body.push(...lines.slice(i + 1, end + 1));
        i = end;
      }
    } else if (line.trim() !== "") {
      throw new LessonError(
        "LB_LESSON_CELL",
        file,
        i + 1,
        "셀 밖에 글이 있습니다. `<!-- cell: 이름 -->`으로 셀을 여세요.",
        "text outside any cell; open one with <!-- cell: id -->",
      );
    }
  }
  close();
  if (audience !== "student")
    throw new LessonError(
      "LB_LESSON_BLOCK",
      file,
      blockLine,
      "닫히지 않은 `:::` 묶음입니다.",
      '":::" block is not closed',
    );
  return { head, cells };
}

function parseHead(file: string, slug: string, lines: readonly string[]): { head: LessonHead; next: number } {
  const end = lines[0] === "---" ? lines.indexOf("---", 1) : -1;
  if (end < 0)
    throw new LessonError(
      "LB_LESSON_HEAD",
      file,
      1,
      "첫 줄부터 `---` 머리말이 있어야 합니다.",
      "front matter between --- lines is missing",
    );
  const document = parseDocument(lines.slice(1, end).join("\n"));
  const fail = (ko: string, en: string): never => {
    throw new LessonError("LB_LESSON_HEAD", file, 1, ko, en);
  };
  if (document.errors.length > 0)
    fail(`머리말을 읽을 수 없습니다: ${document.errors[0]?.message ?? ""}`, "front matter is not YAML");
  const data = (document.toJS() ?? {}) as Record<string, unknown>;
  const text = (key: string): string => {
    const value = data[key];
    return typeof value === "string" && value !== ""
      ? value
      : fail(`머리말에 \`${key}\`가 없습니다.`, `front matter lacks "${key}"`);
  };
  const list = (key: string): string[] =>
    Array.isArray(data[key]) ? (data[key] as unknown[]).map(String) : [];
  const minutes = Number(data["minutes"]);
  if (!Number.isFinite(minutes) || minutes <= 0)
    fail("머리말의 `minutes`는 분 단위의 수여야 합니다.", '"minutes" must be a number of minutes');
  const head = {
    id: text("id"),
    slug,
    title: text("title"),
    part: typeof data["part"] === "string" ? data["part"] : "",
    minutes,
    needs: list("needs"),
    terms: list("terms"),
    files: list("files"),
  };
  return { head, next: end + 1 };
}

/** `name tag1 tag2`: the id first, then the tags. */
function parseAttributes(text: string): { id: string; tags: string[] } {
  const [id = "", ...tags] = text.split(/\s+/).filter((word) => word !== "");
  return { id, tags };
}

/** Index of the line that closes the fence *mark* opened at line *from*, or -1. */
function closingFence(lines: readonly string[], from: number, mark: string): number {
  for (let i = from + 1; i < lines.length; i++) {
    const line = (lines[i] ?? "").trimEnd();
    if (line.length >= mark.length && line === mark[0]?.repeat(line.length)) return i;
  }
  return -1;
}

function unclosed(file: string, line: number): LessonError {
  return new LessonError(
    "LB_LESSON_FENCE",
    file,
    line,
    "닫히지 않은 코드 블록입니다.",
    "code fence is not closed",
  );
}
