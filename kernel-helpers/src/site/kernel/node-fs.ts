/** What the compiler's service asks of `node:fs`, answered from memory: the bundler puts this file in its place. */

import type { SessionFiles } from "../../kernel/session/session-host";

let files: SessionFiles | undefined;
let fixed: ReadonlyMap<string, string> = new Map();

/** Sets where files are found: *declarations* first, then the notebook's folder. */
export function mountFiles(notebook: SessionFiles, declarations: ReadonlyMap<string, string>): void {
  files = notebook;
  fixed = declarations;
}

/** The text of a file. Throws when there is none. */
export function readFileSync(path: string): string {
  const text = fixed.get(path) ?? files?.readText(path);
  if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
  return text;
}

/** Only what tells one version of a file from another. */
export function statSync(path: string): { readonly mtimeMs: number; readonly size: number } | undefined {
  if (files?.kind(path) !== "file") return undefined;
  const text = files.readText(path);
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0;
  return { mtimeMs: sum, size: text.length };
}
