/** Looks into the notebook file for the cell that defines a name: a kernel itself only knows the cells that were run. */

import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";

interface NotebookCell {
  readonly cell_type?: unknown;
  readonly source?: unknown;
}

/**
 * A sentence that names the code cell which defines *name*, or undefined. The notebook is the one that Jupyter Server named
 * when it started the kernel (JPY_SESSION_NAME), in the kernel's *directory*.
 */
export function whereDefined(
  name: string,
  directory: string,
  sessionName: string | undefined,
): string | undefined {
  if (
    sessionName === undefined ||
    extname(sessionName) !== ".ipynb" ||
    !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
  )
    return undefined;
  const cells = readCells(join(directory, basename(sessionName)));
  const escaped = name.replace(/\$/g, "\\$");
  const definition = new RegExp(
    `(?:^|[;{}\\n])\\s*(?:export\\s+)?(?:(?:const|let|var)\\s+(?:[^=;\\n]*[\\s,{[:])?${escaped}(?![\\p{ID_Continue}$])|` +
      `(?:async\\s+)?function\\s*\\*?\\s*${escaped}\\b|(?:abstract\\s+)?(?:class|enum|interface|type|namespace)\\s+${escaped}(?![\\p{ID_Continue}$])|` +
      `import\\s+[^;\\n]*[\\s,{*]${escaped}(?![\\p{ID_Continue}$])[^;\\n]*from)`,
    "u",
  );
  let number = 0;
  for (const { cell_type: type, source } of cells) {
    if (type !== "code") continue;
    number++;
    const text = Array.isArray(source) ? source.join("") : typeof source === "string" ? source : "";
    if (text.startsWith("%%") || !definition.test(text)) continue;
    return `\`${name}\`은(는) 위에서 ${number}번째 코드 셀이 정의합니다. ${number}번 셀을 먼저 실행하세요.`;
  }
  return undefined;
}

function readCells(path: string): readonly NotebookCell[] {
  try {
    const { cells } = JSON.parse(readFileSync(path, "utf8")) as { cells?: unknown };
    return Array.isArray(cells) ? (cells as NotebookCell[]) : [];
  } catch {
    return [];
  }
}
