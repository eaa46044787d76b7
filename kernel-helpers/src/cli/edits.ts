/** Edits named on the command line: `--edit FILE`. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";

import type { WhatIfEdit } from "../build";
import type { BuildRequest } from "./build-request";
import { CliError, usageError } from "./cli-error";
import type { CommandIo } from "./io";

/** `--edit FILE`s, and what is left of *args*. */
export function takeEdits(args: readonly string[]): { files: string[]; rest: string[] } {
  const files: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word.startsWith("--edit=")) files.push(word.slice("--edit=".length));
    else if (word === "--edit") {
      const file = args[++i];
      if (file === undefined)
        throw usageError("LB_FLAG_VALUE", { ko: "`--edit`에 파일이 필요합니다.", en: "--edit needs a file" });
      files.push(file);
    } else rest.push(word);
  }
  return { files, rest };
}

/** One more line at the end of *file*, relative to the working directory or to the context. */
export function editOf(file: string, { directory }: BuildRequest, io: CommandIo): WhatIfEdit {
  const place = [resolve(io.cwd, file), resolve(directory, file)].find(
    (path) => existsSync(path) && statSync(path).isFile() && !relative(directory, path).startsWith(".."),
  );
  if (place === undefined) {
    throw new CliError("LB_NO_PATH", {
      ko: `컨텍스트에 그런 파일이 없습니다: ${file}`,
      en: `no such file in the context: ${file}`,
    });
  }
  const name = relative(directory, place).split(sep).join("/");
  const bytes = Buffer.concat([readFileSync(place), Buffer.from("\n")]);
  const mode = (statSync(place).mode & 0o7777).toString(8);
  return { name, kind: "other", changes: { write: { [name]: { base64: bytes.toString("base64"), mode } } } };
}
