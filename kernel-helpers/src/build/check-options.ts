/** The options of a build as they were given, checked and in one shape: scripts without types and scenario files come here too. */

import { suggest } from "../dockerfile";
import { areRepositories } from "./check-repositories";
import type { BuildOptions } from "./types";

/** An option that no build takes, or a value of the wrong kind. */
export class BuildOptionError extends TypeError {
  constructor(
    readonly code: "LB_UNKNOWN_OPTION" | "LB_BAD_OPTION",
    readonly option: string,
    readonly sentence: { readonly ko: string; readonly en: string },
  ) {
    super(`${code}: ${sentence.en} / ${sentence.ko}`);
    this.name = "BuildOptionError";
  }
}

type Check = (value: unknown) => unknown;
interface Kind {
  readonly ko: string;
  readonly en: string;
  /** The value in the shape that builds work with; undefined for one of another kind. */
  readonly read: Check;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";

const TEXT: Kind = { ko: "글", en: "a string", read: (value) => (isText(value) ? value : undefined) };
const FLAG: Kind = {
  ko: "true 또는 false",
  en: "true or false",
  read: (value) => (typeof value === "boolean" ? value : undefined),
};
/** One text is a list of one. */
const LIST: Kind = {
  ko: '글의 목록 (보기: ["a"])',
  en: 'a list of strings (example: ["a"])',
  read: (value) =>
    isText(value) ? [value] : Array.isArray(value) && value.every(isText) ? value : undefined,
};
/** Several in one text have commas between them. */
const COMMAS: Kind = {
  ...LIST,
  read: (value) => (isText(value) ? value.split(",") : LIST.read(value)),
};
/** Numbers and flags are written out, as on a command line. */
const MAP: Kind = {
  ko: '이름과 글 (보기: { K: "V" })',
  en: 'names and strings (example: { K: "V" })',
  read(value) {
    if (!isRecord(value)) return undefined;
    const entries = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
    if (!entries.every(([, one]) => ["string", "number", "boolean"].includes(typeof one))) return undefined;
    return Object.fromEntries(entries.map(([name, one]) => [name, String(one)]));
  },
};
const OBJECTS: Kind = {
  ko: "이름과 객체 (보기: { name: { … } })",
  en: "names and objects (example: { name: { … } })",
  read: (value) => (isRecord(value) && Object.values(value).every(isRecord) ? value : undefined),
};
const SECONDS: Kind = {
  ko: "1970년부터의 초 (숫자)",
  en: "seconds since 1970 (a number)",
  read: (value) => {
    const number = isText(value) && /^\d+$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  },
};
const FUNCTION: Kind = {
  ko: "함수",
  en: "a function",
  read: (value) => (typeof value === "function" ? value : undefined),
};

function oneOf(...words: readonly string[]): Kind {
  return {
    ko: `${words.join(", ")} 가운데 하나`,
    en: `one of ${words.join(", ")}`,
    read: (value) => (isText(value) && words.includes(value) ? value : undefined),
  };
}

const KINDS: Readonly<Record<keyof BuildOptions, Kind>> = {
  dockerfile: TEXT,
  file: TEXT,
  target: TEXT,
  buildArgs: MAP,
  labels: MAP,
  noCache: FLAG,
  noCacheFilter: COMMAS,
  platform: {
    ...TEXT,
    read: (value) => (Array.isArray(value) && value.every(isText) ? value.join(",") : TEXT.read(value)),
  },
  pull: FLAG,
  addHosts: MAP,
  secrets: MAP,
  ssh: LIST,
  buildContexts: OBJECTS,
  cacheTo: TEXT,
  cacheFrom: LIST,
  cacheMode: oneOf("min", "max"),
  check: FLAG,
  tags: LIST,
  network: TEXT,
  ulimit: COMMAS,
  shmSize: {
    ko: "크기 (보기: 64m)",
    en: "a size (example: 64m)",
    read: (value) => (isText(value) || typeof value === "number" ? value : undefined),
  },
  hostname: TEXT,
  cgroupParent: TEXT,
  allow: LIST,
  http: {
    ...OBJECTS,
    read: (value) =>
      isRecord(value)
        ? OBJECTS.read(
            Object.fromEntries(
              Object.entries(value).map(([name, file]) => [name, isText(file) ? { text: file } : file]),
            ),
          )
        : undefined,
  },
  git: {
    ko: '저장소 (보기: { "https://h/a.git": { refs: { main: { files: { "a.txt": "1" } } } } }, commit은 16진수 40자리)',
    en: 'repositories (example: { "https://h/a.git": { refs: { main: { files: { "a.txt": "1" } } } } }, a commit has 40 hexadecimal digits)',
    read: (value) => (areRepositories(value) ? value : undefined),
  },
  sourceDateEpoch: SECONDS,
  prune: FLAG,
  progress: oneOf("auto", "plain", "tty", "rawjson", "quiet"),
  assume: FLAG,
  signal: {
    ko: "AbortSignal",
    en: "an AbortSignal",
    read: (value) => (isRecord(value) && "aborted" in value ? value : undefined),
  },
  onStatus: FUNCTION,
};

/**
 * *given* with absent options left out (null is absent) and every value in its one shape. Throws `BuildOptionError`: `LB_BAD_OPTION`
 * for a value of the wrong kind and, but with *lenient*, `LB_UNKNOWN_OPTION` for a name that is none.
 */
export function checkedOptions(given: unknown, { lenient = false } = {}): BuildOptions {
  if (given === undefined || given === null) return {};
  if (!isRecord(given))
    throw new BuildOptionError("LB_BAD_OPTION", "", {
      ko: '빌드의 옵션은 객체로 줍니다. 보기: { dockerfile: "FROM node" }',
      en: 'the options of a build are an object, for example { dockerfile: "FROM node" }',
    });
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(KINDS, name)) {
      if (lenient) continue;
      throw unknownOption(name);
    }
    if (value === undefined || value === null) continue;
    const kind = KINDS[name as keyof BuildOptions];
    const read = kind.read(value);
    if (read === undefined)
      throw new BuildOptionError("LB_BAD_OPTION", name, {
        ko: `옵션 ${name}의 값은 ${kind.ko}이어야 합니다. 받은 값: ${shortly(value)}`,
        en: `option ${name} takes ${kind.en}, but got ${shortly(value)}`,
      });
    options[name] = read;
  }
  return options;
}

function unknownOption(name: string): BuildOptionError {
  const names = Object.keys(KINDS);
  const same = names.find((known) => known.toLowerCase() === name.toLowerCase());
  const near = same ?? suggest(name, names);
  return new BuildOptionError("LB_UNKNOWN_OPTION", name, {
    ko: `${name}이라는 옵션은 없습니다.${near === undefined ? "" : ` 혹시 ${near}입니까?`}`,
    en: `there is no option ${name}${near === undefined ? "" : ` (did you mean ${near}?)`}`,
  });
}

/** Kind and beginning of a value; secrets would be maps, whose values are not shown. */
function shortly(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === "object") return "{…}";
  if (typeof value === "function") return "() => …";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 40 ? text.slice(0, 39) + "…" : text;
}

/** What holds for the next build too: neither the text of the Dockerfile nor what belongs to one call. */
export function lastingOptions(options: BuildOptions): BuildOptions {
  const {
    dockerfile: _dockerfile,
    signal: _signal,
    onStatus: _onStatus,
    noCache: _noCache,
    noCacheFilter: _filter,
    prune: _prune,
    ...lasting
  } = options;
  return lasting;
}
