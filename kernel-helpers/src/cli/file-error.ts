/** What the file system refuses to any command, as a sentence: a full disk, a folder that cannot be written to. */

import { CliError, type Sentence } from "./cli-error";

const REASONS: Readonly<Record<string, readonly [why: Sentence, way: Sentence]>> = {
  ENOSPC: [
    { ko: "디스크가 가득 찼습니다", en: "the disk is full" },
    {
      ko: "자리를 비운 뒤 다시 하세요. 빌드 캐시는 layerbook docker builder prune -af로 비웁니다.",
      en: "make room and try again; layerbook docker builder prune -af empties the build cache",
    },
  ],
  EROFS: [
    { ko: "읽기 전용 파일 시스템입니다", en: "the file system is read-only" },
    {
      ko: "쓸 수 있는 곳을 --cache-dir이나 --out으로 알려 주세요.",
      en: "name a place that can be written to with --cache-dir or --out",
    },
  ],
  EACCES: [
    { ko: "권한이 없습니다", en: "permission denied" },
    {
      ko: "쓸 수 있는 곳을 --cache-dir이나 --out으로 알려 주세요.",
      en: "name a place that can be written to with --cache-dir or --out",
    },
  ],
  ENOTDIR: [
    { ko: "경로의 한 부분이 폴더가 아니라 파일입니다", en: "a part of the path is a file, not a folder" },
    { ko: "경로를 확인하세요.", en: "look at the path" },
  ],
};
const SAME_AS: Readonly<Record<string, string>> = { EDQUOT: "ENOSPC", EPERM: "EACCES" };

/** *error* as a CliError (`LB_FILE`, exit code 1) when the file system refused something; undefined for any other error. */
export function fileError(error: unknown): CliError | undefined {
  const { code, path, dest } = (error ?? {}) as NodeJS.ErrnoException & { readonly dest?: string };
  const [why, way] = (code !== undefined && REASONS[SAME_AS[code] ?? code]) || [];
  if (!why || !way) return undefined;
  const where = dest ?? path;
  const at = where === undefined ? "" : `: ${where}`;
  return new CliError(
    "LB_FILE",
    { ko: `${why.ko}${at} (${code})`, en: `${why.en}${at} (${code})` },
    { hint: way, cause: error },
  );
}
