/** Keeps a file of the user as it was, before it is replaced. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { CliError } from "./cli-error";

/** Where the file as it was is kept. */
export function originalOf(place: string): string {
  return `${place}.orig`;
}

/** Keeps *place* as `….orig`. Throws CliError LB_FILE_EXISTS when something is there already: nobody's file is overwritten. */
export function keepOriginal(place: string): void {
  const kept = originalOf(place);
  if (existsSync(kept)) {
    throw new CliError(
      "LB_FILE_EXISTS",
      {
        ko: `원본을 남길 자리에 파일이 이미 있습니다: ${kept}`,
        en: `there is a file already where the original would be kept: ${kept}`,
      },
      { hint: { ko: "그 파일을 옮긴 다음 다시 실행하세요.", en: "move it away and run this again" } },
    );
  }
  writeFileSync(kept, readFileSync(place));
}
