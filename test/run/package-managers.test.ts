/** go, yarn, pnpm and corepack in the catalog's images: what they print, what they leave, what they refuse. */

import assert from "node:assert/strict";

import { Lab, type BuildResult } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";

const MANIFEST = JSON.stringify({
  name: "app",
  version: "1.0.0",
  scripts: { build: "mkdir -p dist && cp src.js dist/" },
  dependencies: { express: "^4.21.2" },
});
const PNPM_LOCK = `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      express:
        specifier: ^4.21.2
        version: 4.21.2

packages:

  accepts@1.3.8:
    resolution: {integrity: sha512-a}

  express@4.21.2:
    resolution: {integrity: sha512-b}

snapshots:

  accepts@1.3.8: {}

  express@4.21.2:
    dependencies:
      accepts: 1.3.8
`;
const YARN_LOCK = `# yarn lockfile v1


accepts@~1.3.8:
  version "1.3.8"

express@^4.21.2:
  version "4.21.2"
  dependencies:
    accepts "~1.3.8"
`;

async function build(
  files: Readonly<Record<string, string>>,
  dockerfile: string,
  lab?: Lab,
  assume = false,
): Promise<{ lab: Lab; record: BuildResult; output: string }> {
  const used = lab ?? (await Lab.openOn(nodeMachine()));
  used.context.apply({ write: { ".dockerignore": "Dockerfile\n.dockerignore\n", ...files } });
  const record = await used.build({ dockerfile, assume });
  return { lab: used, record, output: record.steps.flatMap(({ output }) => output).join("\n") };
}

describe("go", () => {
  const MODULE = {
    "go.mod": "module example.com/hi\n\ngo 1.23\n",
    "cmd/hi/main.go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hi") }\n',
    "greet/greet.go": "package greet\n",
    "greet/greet_test.go": "package greet\n",
    "README.md": "hi\n",
  };
  const DOCKERFILE = `FROM golang:1.23 AS build
WORKDIR /src
COPY go.mod ./
RUN go version && go mod download
COPY . .
RUN go test ./...
RUN CGO_ENABLED=0 go build -o /out/hi ./cmd/hi
FROM scratch
COPY --from=build /out/hi /hi
`;

  it("builds a program that is another one only when its sources are", async () => {
    const { lab, record, output } = await build(MODULE, DOCKERFILE);
    assert.equal(record.exitCode, 0, record.error?.message);
    assert.match(output, /go version go1\.23\.\d+ linux\/amd64/);
    assert.match(output, /ok {2}\texample.com\/hi\/greet/);
    assert.match(output, /\?   \texample.com\/hi\/cmd\/hi\t\[no test files\]/);
    const [layer] = record.image!.layers;
    assert.ok(layer!.entries!.find(({ path }) => path === "hi")!.size > 1_000_000);
    const readme = await build({ "README.md": "other\n" }, DOCKERFILE, lab);
    assert.deepEqual(
      readme.record.steps.slice(-3).map(({ status }) => status),
      ["DONE", "DONE", "CACHED"],
    );
    const source = await build({ "cmd/hi/main.go": "package main\n\nfunc main() {}\n" }, DOCKERFILE, lab);
    assert.equal(source.record.steps.at(-1)!.status, "DONE");
  });

  it("makes another program for another flag and another system", async () => {
    const { lab } = await build(MODULE, DOCKERFILE);
    for (const change of ['-ldflags="-s -w" -o', "-trimpath -o"]) {
      const again = await build({}, DOCKERFILE.replace("-o", change), lab);
      assert.equal(again.record.steps.at(-1)!.status, "DONE", change);
    }
    const same = await build({}, DOCKERFILE, lab);
    assert.equal(same.record.steps.at(-1)!.status, "CACHED");
  });

  it("refuses what go refuses", async () => {
    for (const [command, files, words] of [
      ["go build ./x", {}, /go\.mod file not found in current directory/],
      ["go mod download", {}, /no modules specified/],
      ["go build ./nope", MODULE, /directory not found/],
      ["go build ./cmd", MODULE, /no Go files in \/w\/cmd/],
      ["go frobnicate", {}, /unknown command/],
      [
        "go build -o /x ./...",
        { ...MODULE, "cmd/ho/main.go": "package main\nfunc main() {}\n" },
        /multiple packages/,
      ],
      [
        "go mod download",
        { "go.mod": "module x\n\nrequire example.com/y v1.0.0\n" },
        /example.com\/y@v1.0.0/,
      ],
    ] as const) {
      const { record, output } = await build(
        files,
        `FROM golang:1.23\nWORKDIR /w\nCOPY . .\nRUN ${command}\n`,
      );
      assert.equal(record.exitCode, 1, command);
      assert.match(output, words);
    }
  });

  it("assumes modules that have no facts", async () => {
    const files = { ...MODULE, "go.mod": "module example.com/hi\n\nrequire example.com/y v1.0.0\n" };
    const { record } = await build(files, DOCKERFILE, undefined, true);
    assert.equal(record.exitCode, 0);
    assert.ok(record.steps.some(({ assumed }) => assumed));
  });
});

describe("npm: scoped packages that nobody measured", () => {
  const lock = (name: string) =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: { "": { dependencies: { [name]: "1.2.3" } }, [`node_modules/${name}`]: { version: "1.2.3" } },
    });
  const files = (name: string, npmrc = "") => ({
    "package.json": JSON.stringify({ dependencies: { [name]: "1.2.3" } }),
    "package-lock.json": lock(name),
    ".npmrc": npmrc,
  });
  const dockerfile =
    "FROM node:22-slim\nWORKDIR /app\nCOPY package.json package-lock.json .npmrc ./\nRUN npm ci\n";

  it("of a real project are public, unless their scope has a registry of its own", async () => {
    assert.equal((await build(files("@types/few-know"), dockerfile, undefined, true)).record.exitCode, 0);
    const own = files("@naru/api", "@naru:registry=https://npm.naru.example/\n");
    assert.match((await build(own, dockerfile, undefined, true)).output, /401 Unauthorized/);
    own[".npmrc"] += "//npm.naru.example/:_authToken=npm_FAKE_1\n";
    assert.equal((await build(own, dockerfile, undefined, true)).record.exitCode, 0);
  });

  it("of a lesson are somebody's own", async () => {
    assert.match((await build(files("@naru/api"), dockerfile)).output, /401 Unauthorized/);
  });
});

describe("pnpm", () => {
  const files = { "package.json": MANIFEST, "pnpm-lock.yaml": PNPM_LOCK, "src.js": "x\n" };
  const start = "FROM node:22-slim\nRUN corepack enable\nWORKDIR /app\nCOPY package.json pnpm-lock.yaml ./\n";

  it("lays packages with links, from the lock file", async () => {
    const { record, output } = await build(
      files,
      `${start}RUN pnpm install --frozen-lockfile\nRUN readlink node_modules/express; cat node_modules/.pnpm/express@4.21.2/node_modules/accepts/package.json\nCOPY . .\nRUN pnpm build && ls dist\n`,
    );
    assert.equal(record.exitCode, 0, record.error?.message);
    assert.match(output, /Lockfile is up to date, resolution step is skipped/);
    assert.match(output, /Packages: \+2\n\+\+\n/);
    assert.match(output, /\+ express 4\.21\.2/);
    assert.match(output, /^\.pnpm\/express@4\.21\.2\/node_modules\/express$/m);
    assert.match(output, /"version": "1\.3\.8"/);
    assert.match(output, /> mkdir -p dist && cp src\.js dist\/[^]*src\.js/);
  });

  it("fetches by the lock file alone, then installs offline", async () => {
    const { record, output } = await build(
      files,
      "FROM node:22-slim\nRUN npm i -g pnpm\nWORKDIR /app\nCOPY pnpm-lock.yaml ./\nRUN pnpm fetch\nCOPY . .\nRUN pnpm install --offline --frozen-lockfile\n",
    );
    assert.equal(record.exitCode, 0, output);
    assert.match(output, /downloaded 2/);
  });

  it("keeps to the lock file", async () => {
    const none = await build(
      { "package.json": MANIFEST },
      "FROM node:22-slim\nRUN corepack enable\nCOPY package.json .\nRUN pnpm install --frozen-lockfile\n",
    );
    assert.match(none.output, /ERR_PNPM_NO_LOCKFILE/);
    const other = await build(
      { ...files, "package.json": MANIFEST.replace("^4.21.2", "^4.20.0") },
      `${start}RUN pnpm install --frozen-lockfile\n`,
    );
    assert.match(other.output, /ERR_PNPM_OUTDATED_LOCKFILE/);
    const missing = await build(files, `${start}RUN pnpm run nope\n`);
    assert.match(missing.output, /ERR_PNPM_NO_SCRIPT {2}Missing script: nope/);
  });

  it("knows workspaces, filters and deploy", async () => {
    const { record, output } = await build(
      {
        "package.json": '{"name":"root","private":true}',
        "pnpm-workspace.yaml": 'packages:\n  - "apps/*"\n  - packages/*\n',
        "pnpm-lock.yaml": PNPM_LOCK.replace("  .:\n", "  .: {}\n\n  apps/web:\n").replace(
          "packages:\n\n",
          "\npackages:\n\n",
        ),
        "apps/web/package.json": MANIFEST.replace('"app"', '"web"').replace(
          '"express"',
          '"ui":"workspace:*","express"',
        ),
        "apps/web/src.js": "web\n",
        "packages/ui/package.json": '{"name":"ui","version":"1.0.0"}',
        "packages/ui/index.js": "ui\n",
      },
      "FROM node:22-slim\nRUN corepack enable\nWORKDIR /repo\nCOPY . .\nRUN pnpm install --frozen-lockfile\nRUN cat apps/web/node_modules/ui/index.js; readlink apps/web/node_modules/express\nRUN pnpm --filter web build\nRUN pnpm deploy --filter=web --prod /out && ls /out /out/node_modules && cat /out/node_modules/ui/index.js\n",
    );
    assert.equal(record.exitCode, 0, output);
    assert.match(output, /^ui$[^]*\.\.\/\.\.\/\.\.\/node_modules\/\.pnpm\/express@4\.21\.2/m);
    assert.match(output, /> web@1\.0\.0 build \/repo\/apps\/web/);
    assert.match(output, /\/out:\ndist\nnode_modules\npackage\.json\nsrc\.js/);
  });
});

describe("yarn", () => {
  const files = { "package.json": MANIFEST, "yarn.lock": YARN_LOCK, "src.js": "x\n" };
  const start = "FROM node:22-slim\nWORKDIR /app\nCOPY . .\n";

  it("installs from the lock file and runs scripts", async () => {
    const { record, output } = await build(
      files,
      `${start}RUN yarn install --frozen-lockfile && yarn cache clean && ls node_modules && ls /usr/local/share/.cache\nRUN yarn build && ls dist\n`,
    );
    assert.equal(record.exitCode, 0, output);
    assert.match(output, /yarn install v1\.22\.\d+\n\[1\/4\] Resolving packages\.\.\.\n\[2\/4\]/);
    assert.match(output, /^accepts\nexpress$/m);
    assert.match(output, /\$ mkdir -p dist/);
  });

  it("adds, and writes both files", async () => {
    const { record, output } = await build(
      files,
      `${start}RUN yarn add lodash && cat package.json yarn.lock\n`,
    );
    assert.equal(record.exitCode, 0, output);
    assert.match(output, /"lodash": "\^4/);
    assert.match(output, /^lodash@/m);
  });

  it("keeps to the lock file, and names a script that is not there", async () => {
    const other = await build(
      { ...files, "package.json": MANIFEST.replace("^4.21.2", "^5.0.0") },
      `${start}RUN yarn --frozen-lockfile\n`,
    );
    assert.match(other.output, /Your lockfile needs to be updated/);
    const missing = await build(files, `${start}RUN yarn nope\n`);
    assert.match(missing.output, /error Command "nope" not found\./);
  });

  it("speaks as berry where package.json asks for it", async () => {
    const { record, output } = await build(
      {
        "package.json": MANIFEST.replace("{", '{"packageManager":"yarn@4.5.3",'),
        "yarn.lock":
          '__metadata:\n  version: 8\n\n"express@npm:^4.21.2":\n  version: 4.21.2\n  resolution: "express@npm:4.21.2"\n',
      },
      `FROM node:22-slim\nRUN corepack enable\nWORKDIR /app\nCOPY . .\nRUN yarn install --immutable && yarn --version\n`,
    );
    assert.equal(record.exitCode, 0, output);
    assert.match(output, /➤ YN0000: · Yarn 4\.5\.3[^]*^4\.5\.3$/m);
  });
});

describe("apk, curl and pip", () => {
  const last = async (
    dockerfile: string,
    assume = false,
  ): Promise<{ code: number; lines: readonly string[] }> => {
    const { record } = await build({}, dockerfile, undefined, assume);
    return { code: record.exitCode, lines: record.steps.at(-1)!.output };
  };

  it("takes a virtual group away with all that it brought", async () => {
    const { code, lines } = await last(
      "FROM alpine:3.24.2\nRUN apk add --no-cache --virtual .deps gcc musl-dev && ls /usr/bin/gcc && apk del .deps && ls /usr/bin/gcc || echo gone\n",
    );
    assert.equal(code, 0);
    assert.ok(lines.includes("(3/3) Installing .deps (20250101.000000)"));
    assert.ok(lines.includes("(1/3) Purging .deps (20250101.000000)"));
    assert.equal(lines.at(-1), "gone");
  });

  it("knows no package that nobody has, unless it may assume", async () => {
    const text = "FROM alpine:3.24.2\nRUN apk add --no-cache nosuchpkg\n";
    const { code, lines } = await last(text);
    assert.equal(code, 1);
    assert.deepEqual(lines.slice(-3), [
      "ERROR: unable to select packages:",
      "  nosuchpkg (no such package):",
      "    required by: world[nosuchpkg]",
    ]);
    assert.equal((await last(text, true)).code, 0);
  });

  it("has no network, but may assume one", async () => {
    for (const command of ["curl -fsSLo /x https://x.example.com/x", "wget -q https://x.example.com/x"]) {
      assert.equal((await last(`FROM node:22\nRUN ${command}\n`)).code, 1, command);
      assert.equal((await last(`FROM node:22\nRUN ${command}\n`, true)).code, 0, command);
      assert.equal((await last(`FROM node:22\nRUN --network=none ${command}\n`, true)).code, 1, command);
    }
  });

  it("follows requirement files that include others, and their markers", async () => {
    const files = {
      "a/one.txt":
        "-r ../b/two.txt\nclick==8.1.0 ; python_version < '3.11'\nclick==8.4.0; python_version >= \"3.11\" # 새것\n",
      "b/two.txt":
        "-r ../a/one.txt\ncolorama==0.4.6; sys_platform == 'win32'\nitsdangerous==2.2.0 \\\n  --hash=sha256:aa\n",
    };
    const dockerfile = "FROM python:3.12-slim\nCOPY . /r/\nRUN pip install -r /r/a/one.txt\n";
    const { output } = await build(files, dockerfile, undefined, true);
    assert.match(output, /Successfully installed click-8\.4\.0 itsdangerous-2\.2\.0$/);
    const gone = await build(
      { "r.txt": "-r gone.txt\n" },
      "FROM python:3.12-slim\nCOPY r.txt /\nRUN pip install -r /r.txt\n",
    );
    assert.match(gone.output, /No such file or directory: '\/gone\.txt'/);
  });
  it("installs a wheel of the project's own when it may assume", async () => {
    const dockerfile = "FROM python:3.12-slim\nRUN pip install --no-deps /wheel/*.whl\n";
    assert.match((await build({}, dockerfile, undefined, true)).output, /Processing \/wheel\/\*\.whl/);
    assert.match((await build({}, dockerfile)).output, /looks like a filename, but the file does not exist/);
  });
  it("runs pip as a module", async () => {
    const { lines } = await last("FROM python:3.12-slim\nRUN python -m pip install --no-cache-dir flask\n");
    assert.match(lines.at(-1)!, /^Successfully installed .*Flask-/);
  });
  it("takes options of pip before the command", async () => {
    const { lines } = await last("FROM python:3.12-slim\nRUN pip --no-cache-dir -q install flask\n");
    assert.match(lines.at(-1)!, /^Successfully installed .*Flask-/);
  });
  it("keeps what npm fetched where it is told", async () => {
    for (const [env, option] of [
      ["ENV npm_config_cache=/c/\n", ""],
      ["", " --cache /c"],
      ["RUN echo cache=/c > /root/.npmrc\n", ""],
    ]) {
      const text = `FROM node:22-slim\n${env}RUN mkdir /p && cd /p && echo {} > package.json && npm install express${option} && ls -d /c/_cacache /root/.npm || echo end\n`;
      const { steps } = await (await Lab.openOn(nodeMachine())).build({ dockerfile: text });
      const lines = steps.at(-1)?.output ?? [];
      assert.ok(lines.includes("/c/_cacache"), text + lines.join("\n"));
      assert.ok(!lines.includes("/root/.npm"), text);
    }
  });
});
