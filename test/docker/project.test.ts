import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";

import {
  chosenTargets,
  HclError,
  interpolate,
  parseHcl,
  type Project,
  ProjectError,
  type ProjectTarget,
  readBake,
  readCompose,
} from "../../kernel-helpers/src/docker/project";

const env =
  (values: Readonly<Record<string, string>> = {}) =>
  (name: string) =>
    values[name];
const names = (project: Project, ...wanted: string[]): string[] =>
  chosenTargets(project, wanted).map(({ name }) => name);
const refused = (code: string, line?: number) => (error: unknown) => {
  assert.ok(error instanceof ProjectError, String(error));
  assert.equal(error.code, code);
  if (line !== undefined) assert.equal(error.line, line);
  assert.ok(error.sentence.ko && error.sentence.en);
  return true;
};

/** What docker buildx bake --print answered. */
const RECORDED = JSON.parse(readFileSync(join(__dirname, "bake-recorded.json"), "utf8")) as {
  readonly expressions: readonly {
    readonly expression: string;
    readonly value?: string | null;
    readonly error?: true;
  }[];
  readonly files: readonly {
    readonly text: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly targets?: unknown;
    readonly error?: string;
  }[];
};

/** As bake prints a target: only what is set. */
function printed(target: ProjectTarget): Record<string, unknown> {
  const { context, inline, dockerfile, args, labels, tags, platforms, contexts, network, shmSize } = target;
  const all = {
    context,
    dockerfile: dockerfile ?? "Dockerfile",
    "dockerfile-inline": inline,
    args,
    labels,
    tags,
    platforms,
    contexts,
    target: target.target,
    network,
    "shm-size": shmSize,
    "no-cache": target.noCache || undefined,
    pull: target.pull || undefined,
  };
  return Object.fromEntries(
    Object.entries(all).filter(
      ([, value]) => value !== undefined && (typeof value !== "object" || Object.keys(value).length > 0),
    ),
  );
}

describe("compose files", () => {
  it("reads every form of a build", () => {
    const { targets, notes } = readCompose(
      [
        `name: shop
x-build: &common
  args: [A=1, FROM_ENV]
services:
  short:
    build: ./short
  long:
    <<: {image: "reg/long:\${TAG:-v1}"}
    platform: linux/arm64
    build:
      <<: *common
      context: .
      dockerfile: docker/Dockerfile.prod
      target: final
      labels: {owner: me, n: 1}
      tags: ["reg/long:extra"]
      no_cache: true
      pull: true
      network: none
      shm_size: 64m
      extra_hosts: ["db=10.0.0.1", "x:1.2.3.4"]
      additional_contexts:
        other: ../other
        base: service:short
        img: docker-image://alpine
      secrets: [npm, {source: key, target: k}]
      cache_from: [x]
  inline:
    build:
      dockerfile_inline: |
        FROM scratch
  none:
    image: postgres
  child:
    extends: long
    build: {args: [B=2]}
secrets:
  npm: {file: ./.npmrc}
  key: {environment: KEY}
`,
      ],
      env({ TAG: "v9" }),
    );
    assert.deepEqual(
      targets.map(({ name }) => name),
      ["short", "long", "inline", "child"],
    );
    const [short, long, inline, child] = targets;
    assert.deepEqual([short!.context, short!.tags], ["./short", ["shop-short"]]);
    assert.deepEqual(long!.args, { A: "1", FROM_ENV: null });
    assert.deepEqual(long!.tags, ["reg/long:v9", "reg/long:extra"]);
    assert.deepEqual(long!.platforms, ["linux/arm64"]);
    assert.deepEqual(long!.contexts, {
      other: "../other",
      base: "target:short",
      img: "docker-image://alpine",
    });
    assert.deepEqual(long!.secrets, ["id=npm,src=./.npmrc", "id=k,env=KEY"]);
    assert.deepEqual(long!.addHosts, ["db:10.0.0.1", "x:1.2.3.4"]);
    assert.deepEqual(long!.labels, { owner: "me", n: "1" });
    assert.equal(inline!.inline, "FROM scratch\n");
    assert.deepEqual(child!.args, { A: "1", FROM_ENV: null, B: "2" });
    assert.ok(notes.some(({ en }) => en.includes("cache_from")));
  });

  it("merges files in order, and takes variables as compose does", () => {
    const { targets } = readCompose(
      [
        "services:\n  a:\n    build: ./a\n",
        "services:\n  a:\n    build:\n      target: dev\n      args: {X: $X}\n",
      ],
      env({ X: "$5" }),
    );
    assert.deepEqual(
      [targets[0]!.context, targets[0]!.target, targets[0]!.args],
      ["./a", "dev", { X: "$5" }],
    );
    const table: readonly (readonly [string, string])[] = [
      ["$A-${A}", "1-1"],
      ["${A:-x}${B:-x}${E:-x}${E-x}", "1xx"],
      ["${A:+y}${B:+y}${E:+y}${E+y}", "yy"],
      ["${B:-${A}}", "1"],
      ["$$A $ $-", "$A $ $-"],
    ];
    for (const [text, expected] of table)
      assert.equal(interpolate(text, env({ A: "1", E: "" })), expected, text);
    assert.throws(() => interpolate("${B:?gone}", env()), refused("LB_COMPOSE"));
    assert.throws(() => interpolate("${A", env()), refused("LB_COMPOSE"));
  });

  it("says what is wrong and where", () => {
    assert.throws(() => readCompose(["services:\n  a: [\n"], env()), refused("LB_COMPOSE"));
    assert.throws(() => readCompose(["services:\n  a: {image: x}\n"], env()), refused("LB_COMPOSE"));
    assert.throws(() => readCompose(["- a\n"], env()), refused("LB_COMPOSE"));
    const project = readCompose(
      [
        "services:\n  a: {build: {context: ., additional_contexts: {x: 'service:b'}}}\n  b: {build: {context: ., additional_contexts: {x: 'service:a'}}}\n",
      ],
      env(),
    );
    assert.throws(() => names(project, "a"), refused("LB_NO_TARGET"));
    assert.throws(() => names(project, "c"), refused("LB_NO_TARGET"));
  });
});

describe("bake files", () => {
  const HCL = `
# comment
variable "TAG" { default = "dev" }
variable "REG" {
  default = "reg.example/\${TAG}"
}
variable "PUSH" { default = false }
group "default" { targets = ["app", "tools"] }
group "tools" { targets = ["tool"] }
target "_base" {
  args = { A = "1", B = null }
  labels = { "org.x" = "y" }
}
target "app" {
  inherits   = ["_base"]
  context    = "app" // here
  dockerfile = "Dockerfile.\${TAG == "dev" ? "dev" : "prod"}"
  args       = { B = upper("b\${TAG}"), "C" = 3 }
  tags       = concat(["\${REG}/app:\${TAG}"], PUSH ? ["x"] : [])
  platforms  = [
    "linux/amd64",
    "linux/arm64",
  ]
  contexts   = { src = "target:tool", base = "docker-image://alpine" }
  secret     = ["id=npm,src=.npmrc", { type = "env", id = "k", env = "K" }]
  no-cache   = true
  output     = ["type=image"]
}
target "tool" {
  dockerfile-inline = <<-EOT
    FROM scratch
      COPY . \${TAG}
  EOT
  args { D = "d" }
}
target "m" {
  name   = "m-\${os}-\${replace(v, ".", "-")}"
  matrix = { os = ["a", "b"], v = ["1.0", "2.0"] }
  target = os
  tags   = ["m:\${v}"]
}
`;

  it("reads variables, groups, inheritance, functions, heredocs and matrices", () => {
    const project = readBake([HCL], env());
    assert.deepEqual(names(project), ["tool", "app"]);
    assert.deepEqual(names(project, "m"), ["m-a-1-0", "m-a-2-0", "m-b-1-0", "m-b-2-0"]);
    assert.deepEqual(names(project, "m-b-*", "tools"), ["m-b-1-0", "m-b-2-0", "tool"]);
    const app = project.targets.find(({ name }) => name === "app")!;
    assert.equal(app.dockerfile, "Dockerfile.dev");
    assert.deepEqual(app.args, { A: "1", B: "BDEV", C: "3" });
    assert.deepEqual(app.labels, { "org.x": "y" });
    assert.deepEqual(app.tags, ["reg.example/dev/app:dev"]);
    assert.deepEqual(app.platforms, ["linux/amd64", "linux/arm64"]);
    assert.deepEqual(app.secrets, ["id=npm,src=.npmrc", "type=env,id=k,env=K"]);
    assert.equal(app.noCache, true);
    const tool = project.targets.find(({ name }) => name === "tool")!;
    assert.equal(tool.inline, "FROM scratch\n  COPY . dev\n");
    assert.deepEqual(tool.args, { D: "d" });
    const given = readBake([HCL], env({ TAG: "v1", PUSH: "true" })).targets.find(
      ({ name }) => name === "app",
    )!;
    assert.deepEqual([given.dockerfile, given.tags], ["Dockerfile.prod", ["reg.example/v1/app:v1", "x"]]);
  });

  it("reads JSON, and later files over earlier ones", () => {
    const json = JSON.stringify({
      variable: { TAG: { default: "x" } },
      group: { default: { targets: ["a"] } },
      target: { a: { context: "c", tags: ["a:${TAG}"], args: { N: 1 } } },
    });
    const [target] = readBake([json, 'target "a" { context = "d" }'], env()).targets;
    assert.deepEqual([target!.context, target!.tags, target!.args], ["d", ["a:x"], { N: "1" }]);
  });

  it("says what is wrong and on which line", () => {
    for (const [text, line] of [
      ['target "a" {\n  context = nope\n}', 2],
      ['target "a" {\n\n  tags = [timestamp()]\n}', 3],
      ['target "a" {\n  context = "x\n}', 2],
      ["widget {}", 1],
      ["target", 1],
      ['target "a" { inherits = ["b"] }', undefined],
      ['variable "A" { default = B }\nvariable "B" { default = A }\ntarget "a" { context = A }', undefined],
      ["{", 1],
      ["", undefined],
    ] as const)
      assert.throws(() => readBake([text], env()), refused("LB_BAKE", line), text);
  });

  it("evaluates expressions as recorded", () => {
    for (const { expression, value, error } of RECORDED.expressions) {
      const text = `target "default" {\n args = { v = ${expression} }\n}\n`;
      const read = (): string | null =>
        readBake([text], env({ HOME: "/home/u" })).targets[0]!.args["v"] ?? null;
      if (error) assert.throws(read, refused("LB_BAKE"), expression);
      else assert.equal(read(), value, expression);
    }
  });

  it("reads files as recorded: functions, types, validations, matrices, inheritance, other blocks", () => {
    for (const { text, env: given = {}, targets, error } of RECORDED.files) {
      const read = (): Record<string, unknown> => {
        const project = readBake([text], env({ HOME: "/home/u", ...given }), () => 0);
        return Object.fromEntries(chosenTargets(project, []).map((one) => [one.name, printed(one)]));
      };
      if (error === undefined) assert.deepEqual(read(), targets, text);
      else assert.throws(read, ProjectError, text);
    }
  });

  it("says what a validation says, and what is not carried out", () => {
    const V = (condition: string): string =>
      `variable "V" {\n  default = ""\n  validation {\n    condition = ${condition}\n    error_message = "V가 필요합니다: ${"${V}"}!"\n  }\n}\ntarget "a" {}\n`;
    assert.throws(() => readBake([V('V != ""')], env()), /Validation failed: V가 필요합니다: !/);
    assert.throws(() => readBake([V("uuidv4()")], env()), /uuidv4 is not carried out here/);
    assert.throws(() => readBake([V("timestamp()")], env()), /no clock/);
  });

  it("never throws anything else, and not slowly", () => {
    const piece = fc.constantFrom(
      "target",
      '"a"',
      "{",
      "}",
      "=",
      "[",
      "]",
      "(",
      ")",
      '"${',
      '"',
      "${",
      "?",
      ":",
      "<<-E\n",
      "E",
      "\n",
      "1",
      "a",
      ".",
      "&&",
      "!",
      "-",
      "\\",
      "$${",
      "#",
      "/*",
      ",",
      "true",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 40 }), (parts) => {
        const text = parts.join(" ");
        try {
          parseHcl(text);
        } catch (error) {
          assert.ok(error instanceof HclError, String(error));
        }
        for (const read of [readBake, readCompose])
          try {
            read([text], env());
          } catch (error) {
            assert.ok(error instanceof ProjectError, String(error));
          }
      }),
      { numRuns: 300 },
    );
    for (const text of [
      "[".repeat(50_000),
      "a = " + "(".repeat(50_000),
      "a = " + "!".repeat(50_000),
      'a = "' + "${".repeat(20_000),
      "a {".repeat(20_000),
    ]) {
      const since = Date.now();
      assert.throws(() => parseHcl(text), HclError);
      assert.ok(Date.now() - since < 2000, text.slice(0, 10));
    }
  });
});
