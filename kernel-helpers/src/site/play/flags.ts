/** The flags of the page's `docker build …`: read as docker reads them; files that they name are the project's. */

import type { BuildOptions } from "../../build/types";
import { parseBuildFlags } from "../../docker/build-flags";
import { splitWords } from "../../kernel/magics/split";
import type { Project } from "./project";

/** Flags that cannot be used; *sentence* says so in both languages. */
export class BuildFlagsError extends Error {
  override readonly name = "BuildFlagsError";
  constructor(readonly sentence: { readonly ko: string; readonly en: string }) {
    super(sentence.en);
  }
}

/** The options that *project*'s flags mean. Throws BuildFlagsError. */
export function readPlayFlags({ flags, files }: Project): BuildOptions {
  const read = parse(flags);
  if (read.path !== undefined && read.path !== ".") {
    throw new BuildFlagsError({
      ko: `여기서는 늘 이 파일들을 빌드합니다. "${read.path}"를 빼세요.`,
      en: `This page always builds its own files: leave out "${read.path}".`,
    });
  }
  const text = (path: string): string | undefined => {
    const file = files.find((one) => one.path === path.replace(/^\.\//, ""));
    return typeof file?.data === "string" ? file.data : undefined;
  };
  const secrets: Record<string, string> = {};
  for (const { id, file, env } of read.secrets) {
    const value = file === undefined ? undefined : text(file);
    if (value === undefined) {
      throw new BuildFlagsError({
        ko: `비밀값 "${id}"를 읽을 수 없습니다: ${file ?? env ?? id}. 이 쪽의 파일을 src=로 가리키세요.`,
        en: `The secret "${id}" cannot be read: ${file ?? env ?? id}. Name a file of this page with src=.`,
      });
    }
    secrets[id] = value;
  }
  const contexts: [string, { readonly image: string }][] = read.contexts.map(({ name, image, path }) => {
    if (image !== undefined) return [name, { image }];
    throw new BuildFlagsError({
      ko: `"${path ?? name}" 폴더는 이 쪽에 없습니다. --build-context에는 docker-image://이름을 쓰세요.`,
      en: `This page has no folder "${path ?? name}": --build-context takes docker-image://NAME here.`,
    });
  });
  return {
    ...read.options,
    ...(read.secrets.length > 0 ? { secrets } : {}),
    ...(contexts.length > 0 ? { buildContexts: Object.fromEntries(contexts) } : {}),
  };
}

function parse(flags: string): ReturnType<typeof parseBuildFlags> {
  try {
    return parseBuildFlags(splitWords(flags));
  } catch (error) {
    const { sentence } = error as { sentence?: { readonly ko: string; readonly en: string } };
    if (sentence === undefined) throw error;
    throw new BuildFlagsError(sentence);
  }
}
