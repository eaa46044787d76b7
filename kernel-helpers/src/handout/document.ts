/** A notebook as a sequence of blocks: what stands on paper, before it is written as HTML or Markdown. */

import { diffArrays } from "diff";

import { hasTag, textOf, type Cell, type CodeCell, type Notebook, type Output } from "../notebook/format";
import { languageOf } from "./highlight";

export type Edition = "student" | "slides" | "teacher" | "solution" | "exam";

/** One line of a file that was written again: as before, gone, or new. */
export interface ChangedLine {
  readonly before?: string;
  readonly after?: string;
}

interface BlockBase {
  /** Id of the cell. */
  readonly cell: string;
  /** 0-based among the notebook's cells. */
  readonly index: number;
  /** Whose cell it is: everybody's, or one that only some editions have. */
  readonly audience: string;
  readonly tags: readonly string[];
}

export type Block =
  | (BlockBase & {
      readonly kind: "markdown";
      readonly source: string;
      readonly attachments: Readonly<Record<string, Record<string, unknown>>>;
    })
  | (BlockBase & {
      readonly kind: "code";
      /** Above the code: a file name, `터미널`, `TypeScript`. Empty: nothing. */
      readonly caption: string;
      /** `file`, `dockerfile`, `shell`, or a language's own code. */
      readonly role: "file" | "dockerfile" | "shell" | "code";
      /** Flags of the magic, as written. */
      readonly flags: string;
      readonly language: string;
      readonly source: string;
      /** Side by side with the version before, when the file was written before. */
      readonly changes?: readonly ChangedLine[];
      /** A Dockerfile that is built again as it was shown before. */
      readonly isSame?: boolean;
      readonly outputs: readonly Output[];
    })
  | (BlockBase & {
      readonly kind: "prediction";
      readonly id: string;
      readonly body: string;
      /** Is there a list of options in the text before it? */
      readonly choices: boolean;
      /** What a choice is answered with beside its number: why, or in the quiz how sure. Default: `까닭`. */
      readonly beside?: "까닭" | "확신";
      /** Shown names of the steps of the build that it is about. */
      readonly steps: readonly string[];
      readonly outputs: readonly Output[];
    });

/** Cells that only make sense on a screen. */
const SCREEN_ONLY = /^%%(check|hint)\b|^%(?!%)\w/;

/** A link to the notebook of another lesson leads nowhere on paper, nor from where the handout lies: its text stays. */
export const LESSON_LINK = /\[([^\]]+)\]\(\.\.\/([\w-]+)\/\2\.ipynb(?:#[^)]*)?\)/g;

/** The blocks of *notebook* in order. Cells and outputs that the notebook hides are left out. */
export function blocksOf(notebook: Notebook): Block[] {
  const versions = new Map<string, string>();
  const blocks: Block[] = [];
  notebook.cells.forEach((cell, index) => {
    const block = blockOf(notebook, cell, index, versions);
    if (block) blocks.push(block);
  });
  return blocks;
}

/** Is the cell's source, or its output, hidden from readers? */
export function isHidden(cell: Cell, what: "cell" | "source" | "outputs"): boolean {
  const jupyter = cell.metadata["jupyter"] as
    { source_hidden?: boolean; outputs_hidden?: boolean } | undefined;
  if (hasTag(cell, "remove-cell")) return true;
  if (what === "source")
    return hasTag(cell, "remove-input") || hasTag(cell, "hide-input") || jupyter?.source_hidden === true;
  if (what === "outputs") {
    return (
      hasTag(cell, "remove-output") ||
      hasTag(cell, "hide-output") ||
      jupyter?.outputs_hidden === true ||
      cell.metadata["collapsed"] === true
    );
  }
  return false;
}

function blockOf(
  notebook: Notebook,
  cell: Cell,
  index: number,
  versions: Map<string, string>,
): Block | undefined {
  if (isHidden(cell, "cell")) return undefined;
  const own = cell.metadata["layerbook"] as { audience?: unknown } | undefined;
  const base = {
    cell: cell.id,
    index,
    audience: typeof own?.audience === "string" ? own.audience : "student",
    tags: cell.metadata.tags ?? [],
  };
  if (cell.cell_type === "markdown")
    return {
      ...base,
      kind: "markdown",
      source: cell.source.replace(LESSON_LINK, "$1"),
      attachments: cell.attachments ?? {},
    };
  if (cell.cell_type !== "code" || SCREEN_ONLY.test(cell.source)) return undefined;
  const outputs = isHidden(cell, "outputs") ? [] : cell.outputs;
  const predict = /^%%predict\b[ \t]*(\S*)[^\n]*\n?([\s\S]*)$/.exec(cell.source);
  if (predict) {
    return {
      ...base,
      kind: "prediction",
      id: predict[1] ?? "",
      body: predict[2] ?? "",
      choices: /^\d+\. /m.test(notebook.cells[index - 1]?.source ?? ""),
      steps: nextSteps(notebook, index),
      outputs,
    };
  }
  const quiz = /^%%quiz\b[ \t]*([^\n]*)\n?([\s\S]*)$/.exec(cell.source);
  if (quiz) {
    const body = (quiz[2] ?? "").replace(/^[^\S\n]*(답|확신)[^\S\n]*[:：][^\S\n]*$/gm, "").trim();
    return {
      ...base,
      kind: "prediction",
      id: quiz[1] ?? "",
      body,
      choices: true,
      beside: "확신",
      steps: [],
      // Before there is an answer the cell only says that there is none.
      outputs: body === "" ? [] : outputs,
    };
  }
  if (isHidden(cell, "source"))
    return {
      ...base,
      kind: "code",
      caption: "",
      role: "code",
      flags: "",
      language: "text",
      source: "",
      outputs,
    };
  return { ...base, kind: "code", ...codeOf(notebook, cell, versions), outputs };
}

interface CodeParts {
  readonly isSame?: boolean;
  readonly caption: string;
  readonly role: "file" | "dockerfile" | "shell" | "code";
  readonly flags: string;
  readonly language: string;
  readonly source: string;
  readonly changes?: readonly ChangedLine[];
}

function codeOf(notebook: Notebook, cell: CodeCell, versions: Map<string, string>): CodeParts {
  const magic = /^%%(\w+)[ \t]*([^\n]*)\n?([\s\S]*)$/.exec(cell.source);
  const [, name = "", flags = "", body = ""] = magic ?? [];
  const source = body.replace(/\n+$/, "");
  if (name === "dockerfile") {
    const file = /(?:^|\s)(?:-f|--file)(?:[= ])(\S+)/.exec(flags)?.[1] ?? "Dockerfile";
    const isSame = versions.get(file) === source;
    const changes = changesOf(file, source, versions);
    return { caption: file, role: "dockerfile", flags, language: "dockerfile", source, changes, isSame };
  }
  if (name === "writefile") {
    const file = flags.split(/\s+/).findLast((word) => word !== "" && !word.startsWith("-")) ?? "";
    const appended = /(?:^|\s)-a\b/.test(flags);
    const changes = appended ? undefined : changesOf(file, source, versions);
    return { caption: file, role: "file", flags, language: languageOf(file), source, changes };
  }
  if (name === "sh" || name === "bash")
    return { caption: "", role: "shell", flags, language: "shell", source };
  if (cell.source.startsWith("!")) {
    return {
      caption: "",
      role: "shell",
      flags: "",
      language: "shell",
      source: cell.source.replace(/^!\s*/gm, "").trimEnd(),
    };
  }
  const language =
    textOf(notebook.metadata.language_info?.["name"]) ||
    textOf(notebook.metadata.kernelspec?.language) ||
    "text";
  if (name !== "")
    return { caption: `%%${name} ${flags}`.trim(), role: "code", flags, language: name, source };
  return { caption: "", role: "code", flags: "", language, source: cell.source.trimEnd() };
}

/** How *source* differs from the version of *file* before; undefined for a first version or the same text. */
function changesOf(
  file: string,
  source: string,
  versions: Map<string, string>,
): readonly ChangedLine[] | undefined {
  const before = versions.get(file);
  versions.set(file, source);
  if (before === undefined || before === source) return undefined;
  return sideBySide(before, source);
}

/** Two texts as rows: equal lines beside each other, a changed stretch paired line by line. */
export function sideBySide(before: string, after: string): ChangedLine[] {
  const rows: ChangedLine[] = [];
  let gone: string[] = [];
  const flush = (added: readonly string[]): void => {
    for (let i = 0; i < Math.max(gone.length, added.length); i++)
      rows.push({ before: gone[i], after: added[i] });
    gone = [];
  };
  for (const part of diffArrays(before.split("\n"), after.split("\n"))) {
    if (part.removed) {
      flush([]);
      gone = part.value;
    } else if (part.added) flush(part.value);
    else {
      flush([]);
      rows.push(...part.value.map((line) => ({ before: line, after: line })));
    }
  }
  flush([]);
  return rows;
}

/** Shown names of the steps of the next build after cell *index*: what a prediction is about. */
function nextSteps(notebook: Notebook, index: number): string[] {
  for (let i = index + 1; i < notebook.cells.length; i++) {
    const cell = notebook.cells[i];
    if (cell?.cell_type !== "code") continue;
    if (/^%%predict\b/.test(cell.source)) return [];
    for (const output of cell.outputs) {
      const record =
        "data" in output
          ? (output.data["application/vnd.layerbook.build+json"] as { steps?: unknown } | undefined)
          : undefined;
      if (Array.isArray(record?.steps))
        return record.steps.map((step) => textOf((step as { name?: unknown }).name));
    }
  }
  return [];
}
