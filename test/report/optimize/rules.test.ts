/** What single rules write, and what they refuse: the text alone, without a proof. */

import assert from "node:assert/strict";

import { MemoryContext } from "../../../kernel-helpers/src/build/lab-context";
import {
  isRefusal,
  propose,
  type Refusal,
  type Rewrite,
  type RuleId,
  unifiedDiff,
  weigh,
} from "../../../kernel-helpers/src/report";
import { splitCommands } from "../../../kernel-helpers/src/report/optimize/shell-line";
import { readSource } from "../../../kernel-helpers/src/report/optimize/workshop";

/** What *rule* has to say of a Dockerfile over *files*. */
function ask(
  rule: RuleId,
  dockerfile: string,
  files: Readonly<Record<string, string>> = {},
): (Rewrite | Refusal)[] {
  const context = new MemoryContext(() => 0, 0, 0);
  context.writeAll({ ...files, Dockerfile: dockerfile });
  const project = {
    context,
    file: "Dockerfile",
    options: {},
    ownIgnore: false,
    open: () => assert.fail(),
    hasImage: () => true,
  };
  const source = readSource(project, { dockerfile, secrets: [] });
  return source ? propose(source).filter((one) => one.rule === rule) : [];
}

/** The rewritten Dockerfile. */
function rewritten(rule: RuleId, dockerfile: string, files: Readonly<Record<string, string>> = {}): string {
  const [found] = ask(rule, dockerfile, files);
  assert.ok(found && !isRefusal(found), JSON.stringify(found));
  return found.dockerfile;
}

/** The reason of a refusal. */
function reason(rule: RuleId, dockerfile: string, files: Readonly<Record<string, string>> = {}): string {
  const [found] = ask(rule, dockerfile, files);
  assert.ok(found && isRefusal(found), JSON.stringify(found));
  return found.because.en;
}

const PACKAGE = { "package.json": "{}", "package-lock.json": "{}", "src/a.js": "1" };

describe("optimize: shell lines", () => {
  const commands = (line: string): readonly string[] | undefined => splitCommands(line)?.commands;

  it("are cut where one command follows the other", () => {
    assert.deepEqual(commands("a && b   &&   c"), ["a", "b", "c"]);
    assert.deepEqual(splitCommands("set -eux; a; b;"), { prefix: "set -eux", commands: ["a", "b"] });
    assert.deepEqual(commands("echo 'a && b' && c \"d; e\""), ["echo 'a && b'", 'c "d; e"']);
    assert.deepEqual(commands("curl x | tar x && (cd a; b)"), ["curl x | tar x", "(cd a; b)"]);
    assert.deepEqual(commands("a 2>&1 && b &> c"), ["a 2>&1", "b &> c"]);
  });

  it("are left alone where a cut would change what they mean", () => {
    for (const line of [
      "a || b",
      "a; b",
      "a & b",
      "if a; then b; fi",
      "for i in 1; do a; done",
      "a 'b",
      "a && ",
      "a # b && c",
    ])
      assert.equal(commands(line), undefined, line);
  });
});

describe("optimize: rules", () => {
  it("manifests-first keeps flags, comments and metadata in their places", () => {
    const text = `# syntax=docker/dockerfile:1
FROM node:22
WORKDIR /app
# the sources
COPY --chown=node:node . .
ENV NODE_ENV=production
# install
RUN npm ci
RUN npm test
`;
    assert.equal(
      rewritten("manifests-first", text, PACKAGE),
      `# syntax=docker/dockerfile:1
FROM node:22
WORKDIR /app
# the sources
COPY --chown=node:node package.json package-lock.json ./
ENV NODE_ENV=production
# install
RUN npm ci
COPY --chown=node:node . .
RUN npm test
`,
    );
  });

  it("manifests-first knows the package managers", () => {
    const cases: [string, Record<string, string>, string][] = [
      ["yarn install", { "package.json": "{}", "yarn.lock": "" }, "package.json yarn.lock"],
      [
        "pnpm install --frozen-lockfile",
        { "package.json": "{}", "pnpm-lock.yaml": "" },
        "package.json pnpm-lock.yaml",
      ],
      ["pip install -r requirements.txt", { "requirements.txt": "flask" }, "requirements.txt"],
      [
        "uv sync --frozen --no-install-project",
        { "pyproject.toml": "", "uv.lock": "" },
        "pyproject.toml uv.lock",
      ],
      ["poetry install --no-root", { "pyproject.toml": "", "poetry.lock": "" }, "pyproject.toml poetry.lock"],
      ["go mod download", { "go.mod": "module x", "go.sum": "" }, "go.mod go.sum"],
      ["mvn dependency:go-offline", { "pom.xml": "<project/>" }, "pom.xml"],
      ["cargo fetch", { "Cargo.toml": "", "Cargo.lock": "" }, "Cargo.toml Cargo.lock"],
      [
        "composer install --no-scripts --no-autoloader",
        { "composer.json": "{}", "composer.lock": "{}" },
        "composer.json composer.lock",
      ],
      ["bundle install", { Gemfile: "", "Gemfile.lock": "" }, "Gemfile Gemfile.lock"],
      ["dotnet restore", { "a.csproj": "" }, "a.csproj"],
    ];
    for (const [command, files, copied] of cases) {
      const text = rewritten("manifests-first", `FROM scratch\nCOPY . /app/\nRUN ${command}\n`, files);
      assert.match(text, new RegExp(`^COPY ${copied.replaceAll(".", "\\.")} /app/$`, "m"), command);
    }
  });

  it("prefetch adds the fetch of builds that read the sources too", () => {
    const cases: [string, Record<string, string>, RegExp][] = [
      [
        "mvn package",
        { "pom.xml": "" },
        /COPY pom\.xml \.\/\nRUN mvn -B dependency:go-offline\nCOPY \. \.\nRUN mvn package/,
      ],
      [
        "./gradlew build",
        { "build.gradle": "", gradlew: "", "gradle/wrapper/x": "" },
        /COPY build\.gradle gradlew \.\/\nCOPY gradle \.\/gradle\nRUN \.\/gradlew dependencies --no-daemon/,
      ],
      [
        "go build -o /x .",
        { "go.mod": "module x", "go.sum": "" },
        /COPY go\.mod go\.sum \.\/\nRUN go mod download\nCOPY \. \.\nRUN go build/,
      ],
      [
        "cargo build --release",
        { "Cargo.toml": "", "Cargo.lock": "" },
        /RUN mkdir src && touch src\/lib\.rs && cargo fetch --locked && rm -r src/,
      ],
      [
        "poetry install",
        { "pyproject.toml": "", "poetry.lock": "" },
        /RUN poetry install --no-root\nCOPY \. \.\nRUN poetry install\n/,
      ],
      [
        "uv sync --frozen",
        { "pyproject.toml": "", "uv.lock": "" },
        /RUN uv sync --frozen --no-install-project\n/,
      ],
      ["composer install", { "composer.json": "{}" }, /RUN composer install --no-scripts --no-autoloader\n/],
    ];
    for (const [command, files, expected] of cases)
      assert.match(
        rewritten("prefetch", `FROM scratch\nWORKDIR /w\nCOPY . .\nRUN ${command}\n`, files),
        expected,
      );
    const chef = "FROM rust\nRUN cargo chef cook\nCOPY . .\nRUN cargo build\n";
    assert.deepEqual(ask("prefetch", chef, { "Cargo.toml": "", "Cargo.lock": "" }), []);
    assert.deepEqual(
      ask("prefetch", "FROM scratch\nCOPY . .\nRUN go build .\n", {
        "go.mod": "",
        "go.sum": "",
        "vendor/x": "",
      }),
      [],
    );
  });

  it("system-first moves what no file has a say in, but not over the variable it uses", () => {
    assert.equal(
      rewritten(
        "system-first",
        "FROM debian\nCOPY . .\nRUN apt-get update && apt-get install -y curl && make\n",
      ),
      "FROM debian\nRUN apt-get update \\\n    && apt-get install -y curl\nCOPY . .\nRUN make\n",
    );
    assert.match(
      reason("system-first", "FROM debian\nCOPY . .\nARG PKG=curl\nRUN apt-get install -y $PKG\n"),
      /PKG/,
    );
    assert.deepEqual(ask("system-first", "FROM debian\nCOPY a.deb .\nRUN apt-get install ./a.deb\n"), []);
  });

  it("metadata-late moves what changes at every build, with what is made of it, and not over what may read it", () => {
    assert.equal(
      rewritten(
        "metadata-late",
        "FROM debian\nARG GIT_SHA\nENV REV=$GIT_SHA\nRUN apt-get update\nCOPY . .\nRUN make\n",
      ),
      "FROM debian\nRUN apt-get update\nCOPY . .\nARG GIT_SHA\nENV REV=$GIT_SHA\nRUN make\n",
    );
    assert.match(reason("metadata-late", "FROM debian\nARG BUILD_DATE\nRUN make\n"), /line 3/);
    assert.deepEqual(ask("metadata-late", "FROM debian\nARG NODE_VERSION=22\nRUN apt-get update\n"), []);
    assert.deepEqual(ask("metadata-late", "FROM debian\nARG GIT_SHA\nLABEL rev=$GIT_SHA\n"), []);
  });

  it("split-run cuts before the first command that uses what changes", () => {
    assert.equal(
      rewritten("split-run", "FROM debian\nARG VERSION\nRUN slow && echo $VERSION && finish\n"),
      "FROM debian\nRUN slow\nARG VERSION\nRUN echo $VERSION \\\n    && finish\n",
    );
  });

  it("merge-apt, remove-in-layer and clean-caches keep order and flags", () => {
    assert.equal(
      rewritten("merge-apt", "FROM debian\nRUN apt-get update\nRUN apt-get install -y gcc\nRUN make\n"),
      "FROM debian\nRUN apt-get update \\\n    && apt-get install -y gcc \\\n    && rm -rf /var/lib/apt/lists/*\nRUN make\n",
    );
    assert.equal(
      rewritten(
        "remove-in-layer",
        "FROM debian\nRUN curl -o /tmp/a.tgz x\nRUN tar xf /tmp/a.tgz\nRUN rm /tmp/a.tgz\n",
      ),
      "FROM debian\nRUN curl -o /tmp/a.tgz x \\\n    && tar xf /tmp/a.tgz \\\n    && rm /tmp/a.tgz\n",
    );
    assert.deepEqual(
      ask("remove-in-layer", "FROM debian\nRUN curl -o /tmp/a x\nCOPY b .\nRUN rm /tmp/a\n"),
      [],
    );
    assert.equal(
      rewritten("clean-caches", "FROM alpine\nRUN apk add curl\n"),
      "FROM alpine\nRUN apk add --no-cache curl\n",
    );
  });

  it("copy-chown gives the owner to the COPY and keeps the folder's own", () => {
    assert.equal(
      rewritten("copy-chown", "FROM node\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app && echo ok\n"),
      "FROM node\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN chown node:node /app \\\n    && echo ok\n",
    );
  });

  it("cache-mount mounts wherever the tool runs, and refuses where somebody else may need what was fetched", () => {
    const both = rewritten("cache-mount", "FROM golang\nRUN go mod download\nCOPY . .\nRUN go build .\n");
    assert.equal(both.match(/--mount=type=cache,target=\/go\/pkg\/mod/g)?.length, 2);
    assert.match(reason("cache-mount", "FROM golang\nRUN go mod download\nCOPY . .\nRUN make\n"), /line 4/);
    assert.match(reason("cache-mount", "FROM node\nUSER node\nRUN npm ci\n"), /USER node/);
    assert.match(
      reason("cache-mount", "FROM maven AS b\nRUN mvn package\nFROM debian\nCOPY --from=b /root/.m2 /m2\n"),
      /line 4/,
    );
  });

  it("secret-mount takes tokens out of ARG, ENV and copied files", () => {
    assert.equal(
      rewritten(
        "secret-mount",
        "FROM node\nARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN\nRUN curl -H $NPM_TOKEN x\nRUN make\n",
      ),
      "FROM node\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN curl -H $NPM_TOKEN x\nRUN make\n",
    );
    assert.equal(
      rewritten(
        "secret-mount",
        "FROM node\nWORKDIR /app\nCOPY .npmrc package.json ./\nRUN npm ci\nRUN rm .npmrc\n",
        {
          ".npmrc": "//r/:_authToken=abc\n",
          "package.json": "{}",
        },
      ),
      "FROM node\nWORKDIR /app\nCOPY package.json ./\nRUN --mount=type=secret,id=npmrc,target=/app/.npmrc npm ci\n",
    );
    assert.match(reason("secret-mount", "FROM node\nENV API_KEY=abc\nCMD node a.js\n"), /docker run -e/);
    assert.deepEqual(ask("secret-mount", "FROM node\nARG PUBLIC_KEY_FILE\nRUN echo $PUBLIC_KEY_FILE\n"), []);
    assert.deepEqual(
      ask("secret-mount", "FROM node\nCOPY .npmrc .\nRUN npm ci\n", { ".npmrc": "save=false\n" }),
      [],
    );
  });

  it("dockerignore refuses what the image itself needs", () => {
    const git = { ".git/HEAD": "x", "a.go": "" };
    assert.match(reason("dockerignore", "FROM golang\nCOPY . .\nRUN go build .\n", git), /\.git/);
    const modules = { "node_modules/a/index.js": "1", "package.json": "{}" };
    assert.match(
      reason("dockerignore", "FROM node\nCOPY . .\nCMD node a.js\n", modules),
      /needs node_modules/,
    );
    const [found] = ask("dockerignore", "FROM node\nCOPY . .\nRUN npm ci\n", {
      ...modules,
      ".dockerignore": "dist",
    });
    assert.deepEqual((found as Rewrite).ignore, { path: ".dockerignore", text: "dist\n**/node_modules\n" });
  });

  it("multi-stage says what it does not know", () => {
    assert.match(reason("multi-stage", 'FROM golang:1.23\nRUN go build .\nCMD ["./x"]\n'), /-o/);
    assert.match(
      reason("multi-stage", 'FROM golang:1.23\nRUN go test ./...\nCMD ["go", "run", "."]\n'),
      /needs go/,
    );
    assert.match(reason("multi-stage", "FROM maven:3\nRUN mvn package\nCMD mvn exec:java\n"), /jar/);
    assert.deepEqual(
      ask("multi-stage", "FROM golang:1.23 AS b\nRUN go build -o /x .\nFROM debian\nCOPY --from=b /x /x\n"),
      [],
    );
  });

  it("nothing is said of a text that is refused", () => {
    assert.deepEqual(ask("manifests-first", "FORM node\n"), []);
    assert.deepEqual(ask("manifests-first", ""), []);
  });
});

describe("optimize: weights and diffs", () => {
  const edit = (path: string, kind: "source" | "manifest"): Parameters<typeof weigh>[0][number] => ({
    name: path,
    kind,
    changes: { write: { [path]: { text: "" } } },
    ...(path.startsWith("src/") && { folder: "src/" }),
  });
  const edits = [edit("src/a.js", "source"), edit("package.json", "manifest"), edit(".env", "source")];

  it("kinds, paths, folders and commits", () => {
    assert.deepEqual(
      weigh(edits).map(({ weight }) => weight),
      [10, 1, 1],
    );
    assert.deepEqual(
      weigh(edits, { kinds: { manifest: 3 }, paths: { "src/": 7, ".env": 0 } }).map(({ weight }) => weight),
      [7, 3],
    );
    const commits = [["src/b.js"], ["src/a.js", "package.json"], ["src/c/d.js"], ["docs/x"]];
    assert.deepEqual(
      weigh(edits, { commits }).map(({ edit, weight }) => [edit.name, weight]),
      [
        ["src/a.js", 2],
        ["src/a.js + package.json", 1],
      ],
    );
  });

  it("a diff is what patch reads", () => {
    assert.equal(unifiedDiff("a", "1\n2\n", "1\n2\n"), "");
    assert.equal(unifiedDiff("a", "", "1\n"), "--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+1\n");
    const old = Array.from({ length: 20 }, (_, i) => `${i}\n`).join("");
    const now = old.replace("2\n", "two\n").replace("18\n", "");
    const diff = unifiedDiff("a", old, now);
    assert.equal(diff.match(/^@@ .* @@$/gm)?.join(), "@@ -1,6 +1,6 @@,@@ -16,5 +16,4 @@");
    assert.match(unifiedDiff("a", "1", "2\n"), /-1\n\\ No newline at end of file\n\+2\n/);
  });
});
