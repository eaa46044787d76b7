/** Edits of one project whose causes are known: by hand, and independent of how a reason is found. */

import type { BuildOptions, ContextChanges } from "../../kernel-helpers/src/build";

export const DOCKERFILE = `ARG BASE=node:22-slim
FROM \${BASE} AS build
ARG VERSION=1
ENV MODE=dev
WORKDIR /app
COPY package.json package-lock.json ./
RUN echo install
COPY --chmod=644 src/ ./src/
RUN echo build $VERSION
FROM node:22-slim AS final
LABEL team=red
ENV PORT=80
COPY --from=build /app/src /srv
COPY docs/ /docs/
COPY link tool.sh /usr/local/bin/
RUN --network=none id
EXPOSE 80
CMD ["node", "/srv/a.js"]
`;

export const FILES: NonNullable<ContextChanges["write"]> = {
  "package.json": '{"name":"x"}\n',
  "package-lock.json": "{}\n",
  "src/a.js": "1\n",
  "src/b.js": "2\n",
  "src/깊은 곳/c.js": "3\n",
  "docs/안내.md": "안녕\n",
  "tool.sh": { text: "#!/bin/sh\n", mode: "755" },
  link: { symlink: "tool.sh" },
  "README.md": "읽기\n",
  ".dockerignore": "*.log\nsecret\n",
  "debug.log": "1\n",
  secret: "1\n",
};

/** What one edit does to the second build. */
export interface Edit {
  readonly name: string;
  readonly changes?: ContextChanges;
  /** Replaces in the Dockerfile, each once. */
  readonly replace?: readonly (readonly [string, string])[];
  readonly options?: BuildOptions;
  /** Steps that run of themselves, in the order of the record, and their Korean reason. None: everything is reused. */
  readonly own: Readonly<Record<string, RegExp>>;
  /** Steps that run only because of those. */
  readonly follow?: readonly string[];
  /** Steps that are reused although something changed. */
  readonly although?: Readonly<Record<string, "same-content" | "not-selected" | "time-only" | "not-in-key">>;
}

const INSTALL = "RUN echo install";
const SRC = "COPY --chmod=644 src/ ./src/";
// Shown with the value of the argument.
const BUILD = "RUN echo build 1";
const MANIFESTS = "COPY package.json package-lock.json ./";
const RESULT = "COPY --from=build /app/src /srv";
const DOCS = "COPY docs/ /docs/";
const TOOLS = "COPY link tool.sh /usr/local/bin/";
const ID = "RUN --network=none id";
const write = (path: string, text: string): ContextChanges => ({ write: { [path]: text } });
/** COPY --from is found again by content: then nothing after it runs. */
const AFTER_SRC = [BUILD];
const AFTER_RESULT = [DOCS, TOOLS, ID];
const AFTER_DOCS = [TOOLS, ID];

export const EDITS: readonly Edit[] = [
  // What is in no key.
  { name: "nothing", own: {} },
  { name: "a time", changes: { touch: ["src/a.js"] }, own: {}, although: { [SRC]: "time-only" } },
  {
    name: "all times",
    changes: { touch: ["package.json", "docs/안내.md", "tool.sh"] },
    own: {},
    although: { [MANIFESTS]: "time-only", [DOCS]: "time-only" },
  },
  { name: "a file that nothing copies", changes: write("README.md", "다름\n"), own: {} },
  { name: "an ignored file", changes: write("debug.log", "2\n"), own: {} },
  { name: "another ignored file", changes: { remove: ["secret"] }, own: {} },
  { name: "a new file that nothing copies", changes: write("새 파일", "x"), own: {} },
  { name: "more in .dockerignore", changes: write(".dockerignore", "*.log\nsecret\n*.md~\n"), own: {} },
  {
    name: "a label",
    replace: [["team=red", "team=blue"]],
    own: {},
    although: { [ID]: "not-in-key", [DOCS]: "not-in-key" },
  },
  { name: "a port", replace: [["EXPOSE 80", "EXPOSE 8080"]], own: {} },
  { name: "the command", replace: [['"/srv/a.js"', '"/srv/b.js"']], own: {} },
  { name: "a comment", replace: [["LABEL team", "# red\nLABEL team"]], own: {} },
  { name: "the name of a stage that nobody uses", replace: [["AS final", "AS last"]], own: {} },
  { name: "a health check", replace: [["EXPOSE 80", "HEALTHCHECK NONE\nEXPOSE 80"]], own: {} },
  { name: "a label from outside", options: { labels: { a: "b" } }, own: {} },
  { name: "a tag", options: { tags: ["x:1"] }, own: {} },
  {
    name: "an owner that is root already",
    replace: [["COPY docs/", "COPY --chown=0:0 docs/"]],
    own: { "COPY --chown=0:0 docs/ /docs/": /소유자가 바뀜/ },
    follow: AFTER_DOCS,
  },
  // Contents.
  {
    name: "bytes of a source",
    changes: write("src/a.js", "9\n"),
    own: { [SRC]: /^파일 내용이 바뀜: src\/a\.js$|^파일 내용이 바뀜: a\.js$/, [RESULT]: /파일 내용이 바뀜/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "a longer source",
    changes: write("src/a.js", "1234\n"),
    own: { [SRC]: /파일 내용이 바뀜: (src\/)?a\.js$/, [RESULT]: /a\.js/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "a source with a Korean name",
    changes: write("src/깊은 곳/c.js", "다름\n"),
    own: { [SRC]: /파일 내용이 바뀜: .*깊은 곳\/c\.js$/, [RESULT]: /깊은 곳\/c\.js/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "two sources",
    changes: { write: { "src/a.js": "9\n", "src/b.js": "9\n" } },
    own: { [SRC]: /a\.js \(외 1가지\)$/, [RESULT]: /a\.js \(외 1가지\)$/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "a new source",
    changes: write("src/new.js", "9\n"),
    own: { [SRC]: /파일이 생김: .*new\.js/, [RESULT]: /파일이 생김: .*new\.js/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "a source less",
    changes: { remove: ["src/b.js"] },
    own: { [SRC]: /파일이 없어짐: .*b\.js/, [RESULT]: /파일이 없어짐: .*b\.js/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "a source renamed",
    changes: { rename: { "src/b.js": "src/d.js" } },
    own: { [SRC]: /파일이 없어짐: .*b\.js \(외 1가지\)|파일이 생김/, [RESULT]: /b\.js|d\.js/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "an empty folder among the sources",
    changes: { write: { "src/빈 곳": { directory: true } } },
    own: { [SRC]: /파일이 생김: .*빈 곳\//, [RESULT]: /빈 곳\// },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "a mode that --chmod makes the same again",
    changes: { chmod: { "src/a.js": "600" } },
    own: { [SRC]: /파일 권한이 바뀜: .*a\.js/ },
    follow: AFTER_SRC,
    although: { [RESULT]: "same-content" },
  },
  {
    name: "a file becomes a folder",
    changes: { remove: ["src/b.js"], write: { "src/b.js/index.js": "2\n" } },
    own: { [SRC]: /b\.js/, [RESULT]: /b\.js/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "a file becomes a link",
    changes: { remove: ["src/b.js"], write: { "src/b.js": { symlink: "a.js" } } },
    own: { [SRC]: /b\.js/, [RESULT]: /b\.js/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "a document",
    changes: write("docs/안내.md", "반가워\n"),
    own: { [DOCS]: /파일 내용이 바뀜: .*안내\.md$/ },
    follow: AFTER_DOCS,
    although: { [SRC]: "not-selected", [MANIFESTS]: "not-selected" },
  },
  {
    name: "a document's mode",
    changes: { chmod: { "docs/안내.md": "600" } },
    own: { [DOCS]: /파일 권한이 바뀜: .*안내\.md 100644 → 100600|파일 권한이 바뀜: .*안내\.md 644 → 600/ },
    follow: AFTER_DOCS,
  },
  { name: "a document of the same bytes, written again", changes: write("docs/안내.md", "안녕\n"), own: {} },
  { name: "the folder of documents", changes: { chmod: { docs: "700" } }, own: {} },
  {
    name: "a link to somewhere else",
    changes: { write: { link: { symlink: "README.md" }, "README.md": "읽기\n" } },
    own: { [TOOLS]: /바뀜|생김|없어짐/ },
    follow: [ID],
  },
  {
    name: "a tool without its x",
    changes: { chmod: { "tool.sh": "644" } },
    own: { [TOOLS]: /파일 권한이 바뀜/ },
    follow: [ID],
  },
  {
    name: "the manifest",
    changes: write("package.json", '{"name":"y"}\n'),
    own: { [MANIFESTS]: /파일 내용이 바뀜: package\.json$/ },
    follow: [INSTALL, SRC, BUILD],
    although: { [RESULT]: "same-content" },
  },
  {
    name: "the lock file",
    changes: write("package-lock.json", '{"v":3}\n'),
    own: { [MANIFESTS]: /파일 내용이 바뀜: package-lock\.json$/ },
    follow: [INSTALL, SRC, BUILD],
    although: { [RESULT]: "same-content" },
  },
  {
    name: "manifest and source",
    changes: { write: { "package.json": "{}\n", "src/a.js": "9\n" } },
    own: { [MANIFESTS]: /package\.json$/, [SRC]: /a\.js$/, [RESULT]: /a\.js$/ },
    follow: [INSTALL, BUILD, ...AFTER_RESULT],
  },
  {
    name: "an ignore pattern that takes a source away",
    changes: write(".dockerignore", "*.log\nsecret\nsrc/b.js\n"),
    own: { [SRC]: /파일이 없어짐: .*b\.js$/, [RESULT]: /파일이 없어짐: .*b\.js$/ },
    follow: [...AFTER_SRC, ...AFTER_RESULT],
  },
  {
    name: "an ignore pattern that takes a document away",
    changes: write(".dockerignore", "*.log\nsecret\ndocs/*.md\n"),
    own: { [DOCS]: /파일이 없어짐: .*안내\.md$/ },
    follow: AFTER_DOCS,
  },
  // Commands.
  {
    name: "one character of a command",
    replace: [["echo install", "echo Install"]],
    own: { "RUN echo Install": /실행할 명령이 바뀜: .*install → .*Install/ },
    follow: [SRC, BUILD],
    although: { [RESULT]: "same-content" },
  },
  {
    name: "a blank more in a command",
    replace: [["RUN echo install", "RUN echo  install"]],
    own: { "RUN echo  install": /실행할 명령이 바뀜/ },
    follow: [SRC, BUILD],
  },
  {
    name: "the last command",
    replace: [["none id", "none id -u"]],
    own: { "RUN --network=none id -u": /실행할 명령이 바뀜: .*id → .*id -u/ },
  },
  {
    name: "the network of a command",
    replace: [["--network=none id", "id"]],
    own: { "RUN id": /네트워크\(--network\)가 바뀜/ },
  },
  {
    name: "a command in between",
    replace: [["COPY docs/", "RUN true\nCOPY docs/"]],
    own: { "RUN true": /처음|새 단계|명령/ },
    follow: [DOCS, ...AFTER_DOCS],
  },
  {
    name: "a command less",
    replace: [["RUN echo install\n", ""]],
    own: {},
    follow: [SRC, BUILD],
    although: { [RESULT]: "same-content" },
  },
  {
    name: "two steps change places",
    replace: [
      [
        "COPY docs/ /docs/\nCOPY link tool.sh /usr/local/bin/",
        "COPY link tool.sh /usr/local/bin/\nCOPY docs/ /docs/",
      ],
    ],
    own: {},
    follow: [TOOLS, DOCS, ID],
  },
  {
    name: "the shell",
    replace: [["RUN --network=none id", 'SHELL ["/bin/bash", "-c"]\nRUN --network=none id']],
    own: { [ID]: /실행할 명령이 바뀜: .*sh → .*bash/ },
  },
  {
    name: "JSON form",
    replace: [["RUN --network=none id", 'RUN --network=none ["id"]']],
    own: { 'RUN --network=none ["id"]': /실행할 명령이 바뀜|명령/ },
  },
  {
    name: "a mount",
    replace: [["RUN --network=none id", "RUN --network=none --mount=type=tmpfs,target=/x id"]],
    own: { "RUN --network=none --mount=type=tmpfs,target=/x id": /마운트\(--mount\)가 바뀜/ },
  },
  // Variables.
  {
    name: "an argument from outside",
    options: { buildArgs: { VERSION: "2" } },
    own: {
      [INSTALL]: /환경 변수\(ENV, ARG\)가 바뀜: VERSION=1 → VERSION=2/,
      "RUN echo build 2": /환경 변수\(ENV, ARG\)가 바뀜: VERSION=1 → VERSION=2/,
    },
    follow: [SRC],
    although: { [RESULT]: "same-content" },
  },
  { name: "an argument that nobody declares", options: { buildArgs: { OTHER: "2" } }, own: {} },
  {
    name: "the default of an argument",
    replace: [["VERSION=1", "VERSION=2"]],
    own: { [INSTALL]: /VERSION=1 → VERSION=2/, "RUN echo build 2": /VERSION=1 → VERSION=2/ },
    follow: [SRC],
  },
  {
    name: "a variable",
    replace: [["MODE=dev", "MODE=production"]],
    own: { [INSTALL]: /MODE=dev → MODE=production/, [BUILD]: /MODE=dev → MODE=production/ },
    follow: [SRC],
    although: { [MANIFESTS]: "not-in-key", [RESULT]: "same-content" },
  },
  {
    name: "a variable of the last stage",
    replace: [["PORT=80", "PORT=81"]],
    own: { [ID]: /PORT=80 → PORT=81/ },
    although: { [DOCS]: "not-in-key", [TOOLS]: "not-in-key" },
  },
  {
    name: "a secret in a variable",
    replace: [["PORT=80", "PORT=80 API_KEY=geheim-1"]],
    own: { [ID]: /환경 변수\(ENV, ARG\)가 바뀜: [∅—] → API_KEY=\*{4}$/ },
  },
  {
    name: "the working directory",
    replace: [
      ["WORKDIR /app", "WORKDIR /job"],
      ["=build /app/src", "=build /job/src"],
    ],
    own: {
      "WORKDIR /job": /만들 경로가 바뀜: \/app → \/job/,
      [MANIFESTS]: /복사할 곳이 바뀜/,
      [INSTALL]: /작업 디렉터리\(WORKDIR\)가 바뀜: \/app → \/job/,
      [SRC]: /복사할 곳이 바뀜/,
      [BUILD]: /작업 디렉터리/,
    },
    although: { "COPY --from=build /job/src /srv": "same-content" },
  },
  {
    name: "the user",
    replace: [["RUN --network=none id", "USER node\nRUN --network=none id"]],
    own: { [ID]: /사용자\(USER\)가 바뀜: [∅—] → node/ },
  },
  // COPY itself.
  {
    name: "another destination",
    replace: [["COPY docs/ /docs/", "COPY docs/ /manual/"]],
    own: { "COPY docs/ /manual/": /복사할 곳이 바뀜: \/docs\/ → \/manual\// },
    follow: AFTER_DOCS,
  },
  {
    name: "another --chmod",
    replace: [["--chmod=644", "--chmod=600"]],
    own: { "COPY --chmod=600 src/ ./src/": /권한\(--chmod\)이 바뀜/, [RESULT]: /파일 권한이 바뀜/ },
    follow: [BUILD, ...AFTER_RESULT],
  },
  {
    name: "an owner",
    replace: [["COPY docs/ /docs/", "COPY --chown=node docs/ /docs/"]],
    own: { "COPY --chown=node docs/ /docs/": /소유자가 바뀜/ },
    follow: AFTER_DOCS,
  },
  {
    name: "a source more",
    replace: [["COPY link tool.sh", "COPY README.md link tool.sh"]],
    own: { "COPY README.md link tool.sh /usr/local/bin/": /복사할 원본|바뀜|생김/ },
    follow: [ID],
  },
  // Bases and flags.
  {
    name: "another base for the first stage",
    options: { buildArgs: { BASE: "node:20" } },
    // The variables that the base brings are part of a RUN.
    own: {
      [INSTALL]: /NODE_VERSION=22\S* → NODE_VERSION=20/,
      [BUILD]: /NODE_VERSION=22\S* → NODE_VERSION=20/,
    },
    follow: ["WORKDIR /app", MANIFESTS, SRC],
    although: { [RESULT]: "same-content" },
  },
  {
    name: "a base with other layers in the last stage",
    replace: [["FROM node:22-slim AS final", "FROM node:22 AS final"]],
    own: {},
    follow: [RESULT, ...AFTER_RESULT],
  },
  {
    name: "--no-cache",
    options: { noCache: true },
    own: {
      [MANIFESTS]: /--no-cache/,
      [INSTALL]: /--no-cache/,
      [SRC]: /--no-cache/,
      [BUILD]: /--no-cache/,
      [RESULT]: /--no-cache/,
      [DOCS]: /--no-cache/,
      [TOOLS]: /--no-cache/,
      [ID]: /--no-cache/,
    },
  },
  {
    name: "--no-cache-filter",
    options: { noCacheFilter: ["build"] },
    own: {
      [MANIFESTS]: /--no-cache/,
      [INSTALL]: /--no-cache/,
      [SRC]: /--no-cache/,
      [BUILD]: /--no-cache/,
    },
    although: { [RESULT]: "same-content" },
  },
  {
    name: "--add-host",
    options: { addHosts: { db: "10.0.0.1" } },
    own: { [INSTALL]: /추가 호스트\(--add-host\)가 바뀜/, [BUILD]: /추가 호스트/, [ID]: /추가 호스트/ },
    follow: [SRC],
  },
];
