/** How an archive or an image is refused: code, sentence, the value it is about. */

import { ImageTransferError } from "./packed-image";

export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? text.slice(0, 80) + "…" : text);
}

export function refusal(code: `LB_${string}`, en: string, ko: string, cause?: unknown): ImageTransferError {
  return new ImageTransferError(code, { en, ko }, { cause });
}

export function badJson(where: string, wanted: string, cause?: unknown): ImageTransferError {
  return refusal(
    "LB_ARCHIVE_JSON",
    `${where} does not hold ${wanted}`,
    `${where}의 형식이 맞지 않습니다(있어야 할 것: ${wanted})`,
    cause,
  );
}

export function tooMany(where: string, count: number, most: number): ImageTransferError {
  return refusal(
    "LB_ARCHIVE_LIMIT",
    `${where}: ${count} entries, at most ${most} are read`,
    `${where}: 항목이 ${count}개입니다(최대 ${most}개)`,
  );
}

export function tooLarge(what: string, most: number): ImageTransferError {
  return refusal(
    "LB_ARCHIVE_LIMIT",
    `${what}: more than ${most} bytes unpacked`,
    `${what}: 풀면 ${most}바이트를 넘습니다`,
  );
}

export function wrongDigest(what: string, wanted: string, actual: string): ImageTransferError {
  return refusal(
    "LB_ARCHIVE_DIGEST",
    `${what} should be ${wanted} and is ${actual}`,
    `${what}의 다이제스트가 ${wanted}이(가) 아니라 ${actual}입니다`,
  );
}
