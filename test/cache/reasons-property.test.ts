/** No reason contradicts the comparison it is drawn from: random edits, each judged by a model that knows nothing of keys. */

import assert from "node:assert/strict";

import type { BuildRecord, Step } from "../../kernel-helpers/src/build";
import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";

/** A small generator of numbers: the same course every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface File {
  text: string;
  mode: number;
}

interface Project {
  readonly files: Map<string, File>;
  readonly commands: string[];
  label: number;
  env: number;
}

const COPIES = ["COPY a/ /a/", "COPY b/ /b/", "COPY *.json /json/", "COPY . /all/"] as const;

function dockerfile({ commands, label, env }: Project): string {
  return [
    "FROM node:22-slim",
    `LABEL n=${label}`,
    COPIES[0],
    `RUN echo ${commands[0]!}`,
    `ENV N=${env}`,
    COPIES[1],
    COPIES[2],
    `RUN echo ${commands[1]!}`,
    COPIES[3],
    "",
  ].join("\n");
}

/** The files that a COPY takes, as lines of what counts. The Dockerfile is one of them when all are copied. */
function selected(copy: string, project: Project): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, { text, mode }] of [
    ...project.files,
    ["Dockerfile", { text: dockerfile(project), mode: 0o644 }] as const,
  ]) {
    const isTaken =
      copy === COPIES[3] ||
      (copy === COPIES[2] ? /^[^/]+\.json$/.test(path) : path.startsWith(copy === COPIES[0] ? "a/" : "b/"));
    if (isTaken) found.set(path, `${mode} ${text}`);
  }
  return found;
}

function edit(project: Project, random: (below: number) => number): string[] {
  const done: string[] = [];
  for (let i = random(3); i >= 0; i--) {
    const paths = [...project.files.keys()];
    const path = paths[random(paths.length)]!;
    const file = project.files.get(path)!;
    switch (random(8)) {
      case 0:
        file.text = `${random(4)}\n`;
        break;
      case 1:
        file.mode = file.mode === 0o644 ? 0o600 : 0o644;
        break;
      case 2:
        project.files.set(`${["a", "b", "c"][random(3)]!}/새 ${random(5)}.js`, {
          text: "new\n",
          mode: 0o644,
        });
        break;
      case 3:
        if (paths.length > 4 && !/^[ab]\/keep$/.test(path)) project.files.delete(path);
        break;
      case 4:
        project.commands[random(2)] = ["x", "y", "z"][random(3)]!;
        break;
      case 5:
        project.label++;
        break;
      case 6:
        project.env = random(3);
        break;
      default:
        break;
    }
    done.push(path);
  }
  return done;
}

const textOf = ({ name }: Step): string => name.replace(/^\[[^\]]*\] /, "");

/** The paths that differ between two selections. */
function different(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Set<string> {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return new Set([...paths].filter((path) => before.get(path) !== after.get(path)));
}

/** What holds of every miss, whatever was edited. */
function checkForm(record: BuildRecord): void {
  for (const step of record.steps) {
    const { miss, hit, needs } = step;
    assert.ok(!(miss && hit));
    if (hit) assert.equal(step.status, "CACHED");
    if (!miss) continue;
    const own = miss.parts.filter(({ kind }) => kind !== "dep");
    for (const part of own)
      assert.notDeepEqual([part.old, part.field === undefined], [part.new, true], step.name);
    if (miss.cause === "knock-on") {
      assert.deepEqual(own, [], step.name);
      // Something that it needs has another key: it ran, or is another step.
      assert.ok(needs.some((i) => record.steps[i]!.miss) || miss.parts.length > 0, step.name);
    }
    if (miss.cause === "own" && !miss.first) assert.ok(own.length > 0, step.name);
    if (miss.first) assert.equal(miss.pairedWith, undefined);
    if (miss.cause === "not-looked-up") assert.equal(miss.parts.length, 0);
  }
}

describe("reasons: random edits", function () {
  this.timeout(60_000);

  let judged = 0;
  after(() => assert.ok(judged > 100, String(judged)));

  // In course 523 the files of a/ become those of b/: one digest, found in two folders.
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 523]) {
    it(`course ${seed}`, async () => {
      const random = numbers(seed);
      const lab = await Lab.openOn(nodeMachine());
      const project: Project = {
        files: new Map(
          ["a/keep", "a/1.js", "b/keep", "b/2.js", "p.json", "q.json", "읽기.md"].map((path) => [
            path,
            { text: "0\n", mode: 0o644 },
          ]),
        ),
        commands: ["x", "y"],
        label: 0,
        env: 0,
      };
      let before:
        | {
            readonly selections: Map<string, Map<string, string>>;
            readonly commands: string[];
            readonly env: number;
          }
        | undefined;
      for (let build = 0; build < 8; build++) {
        if (build > 0) edit(project, random);
        for (const path of lab.context.list())
          if (!project.files.has(path) && path !== "Dockerfile") lab.context.remove(path);
        for (const [path, { text, mode }] of project.files) {
          const isThere = lab.context.exists(path) && lab.context.readText(path) === text;
          if (!isThere) lab.context.write(path, text);
          lab.context.chmod(path, mode);
        }
        const record = await lab.build({ dockerfile: dockerfile(project) });
        assert.equal(record.exitCode, 0, record.error?.message);
        checkForm(record);
        const selections = new Map(COPIES.map((copy) => [copy as string, selected(copy, project)]));
        if (before) {
          for (const step of record.steps) {
            const text = textOf(step);
            const own = step.miss?.parts.filter(({ kind }) => kind !== "dep") ?? [];
            const was = before.selections.get(text);
            if (was) {
              const truth = different(was, selections.get(text)!);
              // A file of the same bytes in two places is one that stayed: paths say more than names.
              const said = new Set(
                own.map(({ path }) => path.replace(/^file /, "")).filter((path) => !path.endsWith("/")),
              );
              if (step.miss && step.miss.cause !== "not-looked-up") {
                judged++;
                assert.deepEqual([...said].sort(), [...truth].sort(), `${seed}#${build} ${text}`);
                assert.equal(step.miss.cause, truth.size > 0 || own.length > 0 ? "own" : "knock-on");
              }
              if (step.hit?.because === "not-selected" || step.hit?.because === "time-only")
                assert.equal(truth.size, 0, `${seed}#${build} ${text}`);
            } else if (text.startsWith("RUN") && step.miss && !step.miss.first) {
              const at = step === record.steps.find((one) => textOf(one).startsWith("RUN")) ? 0 : 1;
              const isCommand: boolean = before.commands[at] !== project.commands[at];
              const isEnv: boolean = at === 1 && before.env !== project.env;
              const kinds = new Set(own.map(({ path }) => path.replace(/\[.*$/, "")));
              assert.deepEqual(
                [...kinds].sort(),
                [...(isCommand ? ["args"] : []), ...(isEnv ? ["env"] : [])],
                `${seed}#${build} ${text} ${JSON.stringify(step.miss)}`,
              );
            }
          }
        }
        before = { selections, commands: [...project.commands], env: project.env };
      }
    });
  }
});

describe("two steps with the same operation", () => {
  it("the second WORKDIR is compared with the second one of before, though the first one is equal too", async () => {
    const lab = await Lab.openOn(nodeMachine());
    const text = (middle: string): string =>
      `FROM node:22-slim\nWORKDIR /app\nRUN echo 1\n${middle}WORKDIR /app\n`;
    await lab.build({ dockerfile: text("RUN true\n") });
    const { steps } = await lab.build({ dockerfile: text("") });
    const miss = steps.at(-1)?.miss;
    assert.equal(miss?.pairedWith, "[5/5] WORKDIR /app");
    assert.deepEqual(
      miss?.parts.map((part) => [part.kind, part.old, part.new]),
      [["dep", "[4/5] RUN true", "[3/4] RUN echo 1"]],
    );
  });
});
