/** Why a COPY does not find a file of its context: the pattern that hides it, or the name that is there instead. */

import { PatternMatcher } from "../context";
import { suggest } from "../dockerfile/suggest";
import type { LocalOp } from "../graph/types";
import type { ReadableFileSystem } from "../platform/files";
import { cleanPath } from "../platform/paths";

/** One sentence in both languages. */
export interface Hint {
  readonly ko: string;
  readonly en: string;
}

/**
 * What keeps the path of *message* (BuildKit's `… "/path": not found`) from being found in *files*, the directory of *local* with
 * nothing left out. Undefined for another message and when nothing is near.
 */
export function missingSourceHint(
  message: string,
  local: LocalOp,
  files: ReadableFileSystem,
): Hint | undefined {
  const quoted = /failed to calculate checksum of ref .*?: ("(?:[^"\\]|\\.)*"): not found$/.exec(
    message,
  )?.[1];
  if (quoted === undefined) return undefined;
  const path = cleanPath("/" + unquote(quoted)).slice(1);
  return files.lstat("/" + path) ? hiddenBy(path, local.excludePatterns) : nearName(path, files);
}

/** Go's quoting of names is JSON's but for a few escapes; a name that is neither is taken as it stands. */
function unquote(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}

function hiddenBy(path: string, patterns: readonly string[]): Hint | undefined {
  const pattern = patterns.findLast(
    (one) => !one.startsWith("!") && new PatternMatcher([one]).matchesOrParentMatches(path),
  );
  return pattern === undefined
    ? undefined
    : {
        ko: `\`${path}\`은(는) 있지만 \`.dockerignore\`의 \`${pattern}\`에 걸려 컨텍스트에 들어가지 않았습니다.`,
        en: `${path} exists, but "${pattern}" in .dockerignore keeps it out of the context.`,
      };
}

/** Looks at the first directory on the way that lacks the next name. */
function nearName(path: string, files: ReadableFileSystem): Hint | undefined {
  let directory = "";
  for (const name of path.split("/")) {
    const inner = directory === "" ? name : `${directory}/${name}`;
    if (files.lstat("/" + inner)) {
      directory = inner;
      continue;
    }
    if (files.stat("/" + directory)?.type !== "dir") return undefined;
    const names = files.readdir("/" + directory);
    const place = directory === "" ? "" : `${directory}/`;
    const sameText = names.find((one) => one.normalize("NFC") === name.normalize("NFC"));
    if (sameText !== undefined) return otherForm(place + sameText, name);
    const sameLetters = names.find((one) => one.toLowerCase() === name.toLowerCase());
    if (sameLetters !== undefined)
      return {
        ko: `대소문자만 다른 \`${place}${sameLetters}\`이(가) 있습니다. Linux에서는 서로 다른 파일입니다.`,
        en: `There is ${place}${sameLetters}, which differs in case: on Linux these are two files.`,
      };
    const near = suggest(name, names);
    return near === undefined
      ? undefined
      : { ko: `혹시 \`${place}${near}\`입니까?`, en: `Did you mean ${place}${near}?` };
  }
  return undefined;
}

/** macOS and some archives write 한글 as separate letters (NFD); the Dockerfile has the syllables (NFC), or the other way round. */
function otherForm(there: string, wanted: string): Hint {
  const isNfd = there !== there.normalize("NFC");
  const [have, want] = isNfd ? ["NFD", "NFC"] : ["NFC", "NFD"];
  return {
    ko:
      `같아 보이는 파일 \`${there}\`이(가) 있지만 글자를 적는 방식이 다릅니다(파일은 유니코드 ${have}, Dockerfile의 \`${wanted}\`은(는) ${want}). ` +
      "macOS나 압축 파일에서 온 한글 이름에서 자주 생깁니다. 파일 이름을 다시 적어 바꾸세요.",
    en:
      `There is a file that looks the same, but its name is written in another form (Unicode ${have}; the Dockerfile has ${want}). ` +
      "This is frequent with names that come from macOS or an archive: rename the file by typing its name anew.",
  };
}
