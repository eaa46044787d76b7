/** Looks into the notebook file for what a kernel is not told: the cell that defines a name, a cell's tags, the cells above it. */

/** A code cell of the notebook file. */
export interface NotebookCell {
  readonly id: string | undefined;
  readonly source: string;
  readonly tags: readonly string[];
}

/** The code cells of a notebook's *text*; none for undefined and for what is no notebook. What is not saved yet is not in it. */
export function codeCells(text: string | undefined): readonly NotebookCell[] {
  if (text === undefined) return [];
  let cells: unknown;
  try {
    cells = (JSON.parse(text) as { cells?: unknown } | null)?.cells;
  } catch {
    return [];
  }
  if (!Array.isArray(cells)) return [];
  return (cells as (RawCell | null)[]).flatMap((cell) =>
    cell?.cell_type === "code"
      ? [
          {
            id: typeof cell.id === "string" ? cell.id : undefined,
            source: textOf(cell.source),
            tags: tagsOf(cell.metadata) ?? [],
          },
        ]
      : [],
  );
}

interface RawCell {
  readonly cell_type?: unknown;
  readonly id?: unknown;
  readonly source?: unknown;
  readonly metadata?: unknown;
}

/** `tags` of a cell's metadata; undefined when it has none. */
export function tagsOf(metadata: unknown): readonly string[] | undefined {
  const tags = (metadata as { tags?: unknown } | null | undefined)?.tags;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : undefined;
}

/** Texts of Jupyter are strings or lists of lines. */
function textOf(source: unknown): string {
  return Array.isArray(source) ? source.join("") : typeof source === "string" ? source : "";
}

/**
 * The place of the cell that is run: by the *id* the front end gave when it is one of a notebook, else the only one of the same
 * text; -1 when unknown.
 */
export function placeOf(cells: readonly NotebookCell[], id: unknown, source: string): number {
  // Others, such as VS Code's addresses, are not in the file.
  if (typeof id === "string" && /^[\w-]{1,64}$/.test(id)) return cells.findIndex((cell) => cell.id === id);
  const same = cells.flatMap((cell, index) => (cell.source === source ? [index] : []));
  return same.length === 1 ? (same[0] as number) : -1;
}

/** A sentence that names the code cell which defines *name*, or undefined. */
export function whereDefined(name: string, notebook: string | undefined): string | undefined {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return undefined;
  const escaped = name.replace(/\$/g, "\\$");
  const definition = new RegExp(
    `(?:^|[;{}\\n])\\s*(?:export\\s+)?(?:(?:const|let|var)\\s+(?:[^=;\\n]*[\\s,{[:])?${escaped}(?![\\p{ID_Continue}$])|` +
      `(?:async\\s+)?function\\s*\\*?\\s*${escaped}\\b|(?:abstract\\s+)?(?:class|enum|interface|type|namespace)\\s+${escaped}(?![\\p{ID_Continue}$])|` +
      `import\\s+[^;\\n]*[\\s,{*]${escaped}(?![\\p{ID_Continue}$])[^;\\n]*from)`,
    "u",
  );
  const number = codeCells(notebook).findIndex(
    ({ source }) => !source.startsWith("%%") && definition.test(source),
  );
  return number < 0
    ? undefined
    : `\`${name}\`은(는) 위에서 ${number + 1}번째 코드 셀이 정의합니다. ${runFirst(number)}`;
}

/** A sentence that names the code cell which writes the file *path* of the context, or the first file in the folder *path*. */
export function whereWritten(path: string, notebook: string | undefined): string | undefined {
  const wanted = normal(path);
  const number = codeCells(notebook).findIndex(({ source }) => {
    const words = /^\s*%%writefile\s+([^\n]*)/.exec(source)?.[1];
    if (words === undefined) return false;
    const written = normal(lastWord(words));
    return written === wanted || written.startsWith(`${wanted}/`); // a folder is made with its first file
  });
  return number < 0
    ? undefined
    : `\`${path}\`은(는) 위에서 ${number + 1}번째 코드 셀이 씁니다. ${runFirst(number)}`;
}

/** A sentence that names the code cell which builds the image *name* (`-t`), or undefined. */
export function whereBuilt(name: string, notebook: string | undefined): string | undefined {
  const escaped = name.replace(/:latest$/, "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const builds = new RegExp(
    `^\\s*(?:%%dockerfile\\s|[^]*\\bdocker (?:buildx )?build\\s)[^\\n]*?(?:-t|--tag)[ =]?${escaped}(?::latest)?(?:\\s|$)`,
  );
  const number = codeCells(notebook).findIndex(({ source }) => builds.test(source));
  return number < 0
    ? undefined
    : `이미지 \`${name}\`은(는) 위에서 ${number + 1}번째 코드 셀이 만듭니다. ${runFirst(number)}`;
}

function runFirst(index: number): string {
  return `${index + 1}번 셀을 먼저 실행하세요.`;
}

function lastWord(words: string): string {
  const quoted = /(["'])([^"']*)\1\s*$/.exec(words)?.[2];
  return quoted ?? words.trim().split(/\s+/).at(-1) ?? "";
}

function normal(path: string): string {
  return path.replace(/^(?:\.?\/)+/, "").replace(/\/$/, "");
}
