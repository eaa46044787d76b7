/** Reads the shape of a cell: a cell magic, line magics and `!` commands at its head, or TypeScript. */

/** A cell that begins with `%%name`. */
export interface CellMagicSource {
  readonly kind: "cell";
  readonly name: string;
  readonly argumentText: string;
  readonly body: string;
  readonly bodyLine: number;
}

/** One `%name …` or `!command` line. *line* is 1-based. */
export interface LineMagicSource {
  readonly kind: "line" | "shell";
  readonly name: string;
  readonly argumentText: string;
  readonly line: number;
}

/** A cell without a cell magic: lines of magic at its head, then TypeScript with those lines blanked (line numbers stay). */
export interface PlainSource {
  readonly kind: "plain";
  readonly lines: readonly LineMagicSource[];
  /** Empty when nothing but magic lines stands in the cell. */
  readonly code: string;
}

/** Reads *code*. Blank lines before a magic do not matter. */
export function splitCell(code: string): CellMagicSource | PlainSource {
  const cell = /^((?:[^\S\n]*\n)*)[^\S\n]*%%([^\s%]*)([^\n]*)(\n|$)/.exec(code);
  if (cell !== null) {
    const [all, blank = "", name = "", rest = ""] = cell;
    return {
      kind: "cell",
      name,
      argumentText: rest.trim(),
      body: code.slice(all.length),
      bodyLine: blank.split("\n").length + 1,
    };
  }
  const source = code.split("\n");
  const lines: LineMagicSource[] = [];
  let at = 0;
  for (; at < source.length; at++) {
    const text = source[at] as string;
    if (text.trim() === "") continue;
    const magic = /^\s*%([\w가-힣-]+)([^]*)$/.exec(text);
    const shell = /^\s*!(?![!(=[{])([^]*)$/.exec(text);
    if (magic !== null) {
      lines.push({
        kind: "line",
        name: magic[1] as string,
        argumentText: (magic[2] as string).trim(),
        line: at + 1,
      });
    } else if (shell !== null) {
      const first = at;
      let command = shell[1] as string;
      // As in a shell, a backslash at the end continues the command on the next line.
      while (/(^|[^\\])(\\\\)*\\$/.test(command) && at + 1 < source.length)
        command += "\n" + (source[++at] as string);
      lines.push({ kind: "shell", name: "!", argumentText: command.trim(), line: first + 1 });
    } else break;
  }
  const rest = source.slice(at).join("\n");
  return { kind: "plain", lines, code: rest.trim() === "" ? "" : "\n".repeat(at) + rest };
}

/** Splits words as a shell does, without expanding anything. A quote that is not closed runs to the end. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /((?:[^\s"'\\]|\\[^]|"(?:[^"\\]|\\[^])*(?:"|$)|'[^']*(?:'|$)|\\$)+)/g;
  for (const [word] of text.matchAll(pattern)) {
    words.push(
      word.replace(
        /\\([^])|"((?:[^"\\]|\\[^])*)(?:"|$)|'([^']*)(?:'|$)/g,
        (_all, escaped: string | undefined, double: string | undefined, single: string | undefined) =>
          escaped ?? double?.replace(/\\(["\\$`])/g, "$1") ?? single ?? "",
      ),
    );
  }
  return words;
}
