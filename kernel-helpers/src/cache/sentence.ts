/** A miss in one sentence, in Korean and English. Names and values stand behind a colon, so that no particle depends on them. */

import type { Difference } from "./differences";
import type { Explanation } from "./explain";
import { OPERATION_WORDS, readableValue, type Sentence } from "./operation-words";

export type { Sentence };

/** The sentence for an explanation: the first own part, how many more there are, or the step that it follows from. */
export function missSentence({ cause, parts, first, pairedWith }: Explanation, name?: string): Sentence {
  if (cause === "not-looked-up") {
    return { ko: "캐시를 찾아보지 않음(--no-cache)", en: "not looked up in the cache (--no-cache)" };
  }
  if (first)
    return {
      ko: "처음 보는 단계: 캐시에 견줄 기록이 없음",
      en: "first time: no earlier step to compare with",
    };
  const own = withoutLoneFile(parts.filter(({ kind }) => kind !== "dep"));
  // Size and bytes of one file are one change to a reader.
  const changed = new Set(own.map(({ kind, path, input }) => `${kind} ${input ?? ""} ${path}`));
  const isSame = name !== undefined && pairedWith !== undefined && textOf(name) === textOf(pairedWith);
  if (cause === "own" && own.length > 0) return withRest(partSentence(own[0]!, isSame), changed.size - 1);
  return withRest(dependencySentence(parts[0]), 0);
}

/**
 * A folder with one file is keyed by that file alone, without its name. When a second one comes, the first seems to have been removed
 * there and added under its name: true of the keys, but no change of files.
 */
function withoutLoneFile(parts: readonly Difference[]): readonly Difference[] {
  const lone = parts.find(({ kind, path }) => kind === "content" && path === "file ");
  const twins = lone?.sameRecordAs?.map((name) => `file ${name}`) ?? [];
  const rest = parts.filter(
    (part) => part !== lone && !(part.kind === "content" && twins.includes(part.path)),
  );
  return twins.length > 0 && rest.length > 0 ? rest : parts;
}

function withRest(sentence: Sentence, rest: number): Sentence {
  if (rest === 0) return sentence;
  return { ko: `${sentence.ko} (외 ${rest}가지)`, en: `${sentence.en} (and ${rest} more)` };
}

function dependencySentence(part: Difference | undefined): Sentence {
  if (!part) return { ko: "앞 단계의 결과가 바뀜", en: "a step before it has a new result" };
  const name = part.new ?? "";
  if (part.dependencyKey === "stored, another one") {
    return {
      ko: `앞에 오는 단계가 달라짐: ${part.old ?? "없음"} → ${name}`,
      en: `its parent is another step than before: ${part.old ?? "none"} → ${name}`,
    };
  }
  return { ko: `앞 단계가 다시 실행됨: ${name}`, en: `a step before it ran again: ${name}` };
}

function arrow(part: Difference): string {
  const shown = (value: string | null | undefined): string => clip(readableValue(part.path, value));
  return `${shown(part.old)} → ${shown(part.new)}`;
}

function clip(value: string | null | undefined): string {
  if (value === null || value === undefined || value === "") return "—";
  const line = value.replaceAll("\n", "⏎");
  return line.length > 80 ? line.slice(0, 79) + "…" : line;
}

function partSentence(part: Difference, isSame: boolean): Sentence {
  const found =
    part.kind === "content"
      ? contentSentence(part)
      : part.kind === "source"
        ? sourceSentence(part, isSame)
        : (OPERATION_WORDS.find(([pattern]) => pattern.test(part.path))?.[1] ?? {
            ko: `${part.path} 값이 바뀜`,
            en: `${part.path} changed`,
          });
  return part.kind === "content"
    ? found
    : { ko: `${found.ko}: ${arrow(part)}`, en: `${found.en}: ${arrow(part)}` };
}

/** A step's name without its number: `[2/3] ADD …`. */
function textOf(name: string): string {
  return name.replace(/^\[[^\]]*\] /, "");
}

/** *isSame*: the instruction reads as before, so that it was not this one that names something else now. */
function sourceSentence(part: Difference, isSame: boolean): Sentence {
  switch (part.path) {
    case "Digest":
      return { ko: "베이스 이미지가 바뀜", en: "the base image changed" };
    case "Commit":
      return isSame
        ? {
            ko: "git 저장소의 브랜치나 태그가 다른 커밋을 가리킴",
            en: "the branch or tag of the git repository moved to another commit",
          }
        : { ko: "git 저장소의 다른 커밋을 받음", en: "another commit of a git repository" };
    case "Checksum":
      return { ko: "주소에서 받은 내용이 바뀜", en: "what the address gives changed" };
    case "LastModTime":
      return { ko: "주소의 Last-Modified가 바뀜", en: "Last-Modified of the address changed" };
    case "Filename":
      return { ko: "받은 파일의 이름이 바뀜", en: "the name of the downloaded file changed" };
    case "Subdir":
      return { ko: "git 저장소에서 받는 폴더가 바뀜", en: "another folder of the git repository" };
    case "KeepGitDir":
    case "Ref":
    case "SkipSubmodules":
      return { ko: "git 저장소를 받는 방식이 바뀜", en: "the git repository is fetched in another way" };
    default:
      return { ko: "플랫폼이 바뀜", en: "the platform changed" };
  }
}

function contentSentence(part: Difference): Sentence {
  const file = part.path.replace(/^file /, "") || "/";
  switch (part.field) {
    case "added":
      return { ko: `파일이 생김: ${file}`, en: `file added: ${file}` };
    case "removed":
      return { ko: `파일이 없어짐: ${file}`, en: `file removed: ${file}` };
    case "mode":
      return {
        ko: `파일 권한이 바뀜: ${file} ${arrow(part)}`,
        en: `file mode changed: ${file} ${arrow(part)}`,
      };
    case "linkname":
      return {
        ko: `링크가 가리키는 곳이 바뀜: ${file} ${arrow(part)}`,
        en: `link target changed: ${file} ${arrow(part)}`,
      };
    case "typeflag":
      return { ko: `파일의 종류가 바뀜: ${file}`, en: `file type changed: ${file}` };
    case "content key":
      return { ko: "고른 파일은 같지만 고르는 방식이 바뀜", en: "the same files, selected in another way" };
    default:
      return { ko: `파일 내용이 바뀜: ${file}`, en: `file content changed: ${file}` };
  }
}
