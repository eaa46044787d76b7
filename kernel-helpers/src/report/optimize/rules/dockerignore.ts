/** Entries of .dockerignore for what a COPY of everything should not see: history, installed packages, logs, secrets. */

import { PatternMatcher, readIgnoreFile } from "../../../context";
import { installerOf } from "../installers";
import { commandsOf, copiesEverything, copyOf, isKeyword, quoted, type Source } from "../source";
import type { Bilingual, Refusal, Rewrite } from "../types";

interface Entry {
  readonly pattern: string;
  /** Paths that it means. */
  readonly means: RegExp;
  readonly what: Bilingual;
  /** What lies below may also be another one than before: the image makes its own. */
  readonly made?: boolean;
}

const ENTRIES: readonly Entry[] = [
  { pattern: ".git", means: /^\.git(\/|$)/, what: { ko: "git 이력", en: "the git history" } },
  {
    pattern: "**/node_modules",
    means: /(^|\/)node_modules\//,
    what: { ko: "이 컴퓨터에 설치한 패키지", en: "packages installed on this machine" },
    made: true,
  },
  { pattern: "**/*.log", means: /\.log$/, what: { ko: "로그", en: "logs" } },
  {
    pattern: "**/.env",
    means: /(^|\/)\.env$/,
    what: { ko: "환경 변수 파일(비밀)", en: "environment files (secrets)" },
  },
  {
    pattern: "**/.env.*",
    means: /(^|\/)\.env\.(local|production|development|staging|test)$/,
    what: { ko: "환경 변수 파일(비밀)", en: "environment files (secrets)" },
  },
  { pattern: "**/*.pem", means: /\.pem$/, what: { ko: "키와 인증서", en: "keys and certificates" } },
  { pattern: "**/id_rsa*", means: /(^|\/)id_rsa[^/]*$/, what: { ko: "SSH 키", en: "SSH keys" } },
  {
    pattern: "**/__pycache__",
    means: /(^|\/)__pycache__\//,
    what: { ko: "파이썬이 컴파일한 파일", en: "what Python has compiled" },
    made: true,
  },
  {
    pattern: "**/.venv",
    means: /(^|\/)\.venv\//,
    what: { ko: "이 컴퓨터의 가상 환경", en: "the virtual environment of this machine" },
    made: true,
  },
  {
    pattern: "**/.DS_Store",
    means: /(^|\/)\.DS_Store$/,
    what: { ko: "macOS가 남긴 파일", en: "files that macOS leaves" },
  },
  { pattern: ".idea", means: /^\.idea\//, what: { ko: "편집기 설정", en: "settings of an editor" } },
  { pattern: ".vscode", means: /^\.vscode\//, what: { ko: "편집기 설정", en: "settings of an editor" } },
  { pattern: "coverage", means: /^coverage\//, what: { ko: "시험 결과", en: "results of tests" } },
  {
    pattern: "**/.pytest_cache",
    means: /(^|\/)\.pytest_cache\//,
    what: { ko: "시험 도구의 캐시", en: "a cache of the tests" },
  },
  {
    pattern: "target",
    means: /^target\/(classes|debug|release|[^/]+\.jar)/,
    what: { ko: "이 컴퓨터에서 빌드한 것", en: "what this machine has built" },
    made: true,
  },
];

const TITLE: Bilingual = {
  ko: ".dockerignore에 항목을 더합니다",
  en: "more entries in .dockerignore",
};

export function dockerignore(source: Source): (Rewrite | Refusal)[] {
  const copies = source.stages
    .flatMap(({ nodes }) => nodes)
    .filter((node) => copyOf(node) && copiesEverything(node));
  const [copy] = copies;
  if (!copy) return [];
  const found: Entry[] = [];
  const refusals: Refusal[] = [];
  const about = { rule: "dockerignore", line: copy.startLine, title: TITLE } as const;
  for (const entry of ENTRIES) {
    const paths = source.visible.filter((path) => entry.means.test(path));
    if (paths.length === 0) continue;
    const reason = refusal(source, entry, paths);
    if (reason) refusals.push({ ...about, because: reason });
    else found.push(entry);
  }
  if (found.length === 0) return refusals;
  const { path, text } = source.ignore;
  const start = text === "" || text.endsWith("\n") ? text : text + "\n";
  const matcher = new PatternMatcher(found.map(({ pattern }) => pattern));
  const ignored = source.visible.filter((one) => matcher.matchesOrParentMatches(one));
  const names = found.map(({ pattern, what }) => [pattern, what] as const);
  return [
    {
      ...about,
      why: {
        ko: `COPY가 보지 않으면 바뀌어도 다시 실행하지 않고, 이미지에도 들어가지 않습니다: ${names.map(([p, what]) => `${p}(${what.ko})`).join(", ")}`,
        en: `what COPY does not see causes no rebuild and is not in the image: ${names.map(([p, what]) => `${p} (${what.en})`).join(", ")}`,
      },
      dockerfile: source.text,
      ignore: { path, text: start + found.map(({ pattern }) => pattern + "\n").join("") },
      allows: {
        gone: [...new Set(ignored.map((one) => topOf(found, one)))].map((one) => `/${quoted(one)}(/|$)`),
        other: found
          .filter(({ made }) => made)
          .map(({ pattern }) => `/${quoted(pattern.replace("**/", ""))}(/|$)`),
      },
    },
    ...refusals,
  ];
}

/** The folder or file that the entry's pattern names on *path*. */
function topOf(entries: readonly Entry[], path: string): string {
  const parts = path.split("/");
  for (let i = 1; i <= parts.length; i++) {
    const head = parts.slice(0, i).join("/");
    if (new PatternMatcher(entries.map(({ pattern }) => pattern)).matchesOrParentMatches(head)) return head;
  }
  return path;
}

function refusal(source: Source, entry: Entry, paths: readonly string[]): Bilingual | undefined {
  const patterns = readIgnoreFile(source.ignore.text);
  if (patterns.some((pattern) => pattern.startsWith("!") && entry.means.test(pattern.slice(1) + "/")))
    return {
      ko: `.dockerignore가 ${entry.pattern}을 일부러 남깁니다.`,
      en: `.dockerignore keeps ${entry.pattern} on purpose`,
    };
  const runs = source.stages.flatMap(({ nodes }) => nodes).filter((node) => isKeyword(node, "RUN"));
  const commands = runs.flatMap((node) => commandsOf(node)?.commands ?? [node.original]);
  const named = (word: RegExp): boolean =>
    source.stages.flatMap(({ nodes }) => nodes).some((node) => word.test(node.original));
  if (
    entry.pattern === ".git" &&
    commands.some((command) =>
      /\bgit (?!clone|config)|setuptools_scm|versioneer|go build|\.git\b/.test(command),
    )
  )
    return {
      ko: "명령이 .git을 읽을 수 있습니다(git, go build의 판 표시).",
      en: "a command may read .git (git, the version stamp of go build)",
    };
  if (
    entry.pattern === "**/node_modules" &&
    !commands.some((command) => /npm|yarn|pnpm|bun/.test(installerOf(command)?.id ?? ""))
  )
    return {
      ko: "이미지 안에서 패키지를 설치하지 않으므로 node_modules가 있어야 합니다.",
      en: "the image installs no packages: it needs node_modules",
    };
  if (
    entry.pattern === "target" &&
    named(/\btarget\//) &&
    !commands.some((command) => /\b(mvn|mvnw|cargo)\b/.test(command))
  )
    return {
      ko: "이 컴퓨터에서 빌드한 target을 복사합니다.",
      en: "it copies what this machine has built into target",
    };
  if (entry.pattern.includes(".env") && named(/\.env\b/))
    return {
      ko: `Dockerfile이 ${paths[0]!} 파일을 씁니다. 비밀은 실행할 때 주세요.`,
      en: `the Dockerfile uses ${paths[0]!}; give secrets when the container runs`,
    };
  if (entry.pattern.endsWith(".pem") && named(/\.pem\b/))
    return { ko: "Dockerfile이 이 파일을 씁니다.", en: "the Dockerfile uses the file" };
  return undefined;
}
