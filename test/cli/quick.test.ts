/** The commands of dist/layerbook-quick.js and its like: the same answers as module by module, whatever lies beside it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { COMMANDS } from "../../kernel-helpers/src/cli/commands";
import { BUNDLES, QUICK } from "../../kernel-helpers/src/cli/quick";

const DIST = path.resolve(__dirname, "../../kernel-helpers/dist");

/** Something of most parts: stages, a shell, packages, owners, mounts, heredocs. */
const MANY = `FROM node AS build
WORKDIR /app
COPY package.json ./
RUN npm install
RUN --mount=type=cache,target=/tmp/c <<EOF
echo '한글' | sed 's/한/두/' | awk '{ print $1 }' > note.txt
for i in 1 2 3; do printf '%03d\\n' "$i"; done | sort -r | xargs
find . -maxdepth 1 -name '*.txt' -exec chmod 600 {} +
EOF
FROM alpine
ENV PORT=80 API_TOKEN=x
RUN apk add --no-cache curl && adduser -D me
COPY --from=build --chown=me /app /srv
USER me
CMD ["sh"]
`;

describe("the quick commands", function () {
  let home: string;
  let app: string;
  before(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-quick-"));
    app = path.join(home, "내 앱");
    fs.mkdirSync(app);
    fs.writeFileSync(path.join(app, "Dockerfile"), 'FROM alpine\nCOPY . /app\nCMD ["sh"]\n');
  });
  after(() => fs.rmSync(home, { recursive: true, force: true }));

  const node = (args: readonly string[], cache = "cache") =>
    spawnSync(process.execPath, args, {
      cwd: app,
      encoding: "utf8",
      env: { ...process.env, LAYERBOOK_CACHE_DIR: path.join(home, cache), LAYERBOOK_LANG: "en" },
    });
  const run = (...args: string[]) => node([path.join(DIST, "cli/main.js"), ...args]);
  const compiled = () => {
    const folder = path.join(DIST, ".code-cache");
    return fs
      .readdirSync(folder)
      .filter((name) => name.startsWith(process.version) && name.includes("layerbook-quick"))
      .map((name) => path.join(folder, name));
  };

  it("are commands", () => {
    for (const name of QUICK)
      assert.ok(
        COMMANDS.some((command) => command.name === name),
        name,
      );
  });

  it("keep their compiled code, and do without when it is damaged", () => {
    const first = run("build", ".");
    assert.equal(first.status, 0, first.stderr);
    assert.equal(compiled().length, 1);
    const second = run("build", ".");
    assert.match(second.stderr, /\[2\/2\] COPY \. \/app\n#\d+ CACHED/);
    for (const file of compiled()) fs.writeFileSync(file, "damaged");
    const third = run("build", ".");
    assert.equal(third.status, 0, third.stderr);
    assert.equal(third.stderr, second.stderr);
    assert.ok(fs.statSync(compiled()[0] ?? "").size > 10_000, "made again");
  });

  it("are in a file of ASCII alone, as it is read: signs in regular expressions and HTML stay whole", () => {
    const file = fs.readFileSync(path.join(DIST, "layerbook-quick.js"));
    assert.equal(
      file.findIndex((byte) => byte > 127),
      -1,
    );
    fs.writeFileSync(path.join(app, "Warned"), "from alpine\nRUN echo 한글\n");
    const { status, stdout } = run("build", "-f", "Warned", "--table=html", ".");
    assert.equal(status, 0);
    assert.match(stdout, /⚠/);
    assert.doesNotMatch(stdout, /[âÂ]/);
  });

  it("load large packages by require: compiled code has no import()", () => {
    for (const name of Object.keys(BUNDLES)) {
      const text = fs.readFileSync(path.join(DIST, name), "latin1");
      assert.doesNotMatch(text, /[^\w.]import\(["'`\w]/, name);
    }
  });

  it("answer what the modules answer", () => {
    const dispatch = `require(${JSON.stringify(path.join(DIST, "cli/dispatch.js"))})`;
    const io = `{locale:"en",cwd:process.cwd(),env:process.env,out:(t)=>process.stdout.write(t),err:(t)=>process.stderr.write(t),signal:new AbortController().signal,stdin:async()=>""}`;
    fs.writeFileSync(path.join(app, "package.json"), '{"dependencies": {"express": "^5.1.0"}}');
    fs.writeFileSync(path.join(app, "Many"), MANY);
    fs.writeFileSync(path.join(app, "Failing"), "FROM alpine\nRUN echo one && nosuch\nCOPY none /\n");
    for (const args of [
      ["--help"],
      ["why", "--table=text"],
      ["whatif", "."],
      ["check", "nowhere"],
      ["check", "-f", "Failing", "."],
      ["build", "-t", "many", "-f", "Many", "--table=html", "."],
      ["build", "-f", "Failing", "."],
      ["history", "many"],
      ["layers", "many"],
      ["waste", "many"],
    ]) {
      const script = `${dispatch}.main(${JSON.stringify(args)}, ${io}).then((code) => (process.exitCode = code))`;
      const modules = node(["-e", script], "cache of modules");
      const quick = node([path.join(DIST, "cli/main.js"), ...args], "cache of quick");
      // What is built has the time of its building in it.
      const told = ({ status, stdout, stderr }: typeof quick) =>
        [status, stdout, stderr].map((part) =>
          String(part).replace(/\b[0-9a-f]{8,64}\b|\d\d:\d\d:\d\dZ/g, "…"),
        );
      assert.deepEqual(
        told(quick).join("\n").split("\n"),
        told(modules).join("\n").split("\n"),
        args.join(" "),
      );
      assert.doesNotMatch(quick.stderr, /LB_INTERNAL/);
    }
  });

  it("handouts: the same files as module by module, and again from what was kept; an edit shows", () => {
    const lesson = (word: string) =>
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: { kernelspec: { name: "python3", language: "python" } },
        cells: [
          {
            cell_type: "markdown",
            id: "a",
            metadata: {},
            source: `# ${word}은(는) “제목” ⚠\n\n| 표 | $x^2$ |\n| - | - |\n| **값**은 | <b onclick="x">b</b> |`,
          },
          {
            cell_type: "code",
            id: "b",
            metadata: {},
            source: "print('한글 ─ é')",
            execution_count: 1,
            outputs: [
              {
                output_type: "display_data",
                data: { "text/html": "<p>&copy; <svg></svg>x</p>" },
                metadata: {},
              },
            ],
          },
        ],
      });
    const book = path.join(app, "수업.ipynb");
    const pages = (dir: string) =>
      ["html", "md"].map((form) => fs.readFileSync(path.join(app, dir, `수업.${form}`), "utf8"));
    fs.writeFileSync(book, lesson("하나"));
    const args = ["handout", "수업.ipynb", "--to=html,md"];
    const dispatch = `require(${JSON.stringify(path.join(DIST, "cli/dispatch.js"))})`;
    const io = `{locale:"en",cwd:process.cwd(),env:process.env,out:()=>{},err:(t)=>process.stderr.write(t),signal:new AbortController().signal}`;
    const modules = node([
      "-e",
      `${dispatch}.main(${JSON.stringify([...args, "--out=modules"])}, ${io}).then((code) => (process.exitCode = code))`,
    ]);
    const quick = run(...args, "--out=quick");
    assert.deepEqual([quick.status, quick.stderr], [modules.status, modules.stderr]);
    assert.match(quick.stderr, /HTML: onclick[^]*HTML: svg/);
    assert.deepEqual(pages("quick"), pages("modules"));
    for (const turn of [1, 2]) {
      const { status, stderr } = run("handout", "수업.ipynb", "--out=quick");
      assert.deepEqual([status, stderr], [0, quick.stderr], `${turn}`);
      assert.equal(pages("quick")[0], pages("modules")[0]);
    }
    fs.writeFileSync(book, lesson("둘"));
    assert.equal(run("handout", "수업.ipynb", "--out=quick").status, 0);
    assert.match(pages("quick")[0] ?? "", /둘은/);
  });
});
