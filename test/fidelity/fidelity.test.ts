/** Every recorded scenario, replayed and compared in every field that README.md names. Prints the agreement per group and field. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { replayScenario } from "../../kernel-helpers/src/cli/replay-scenario";
import { nodeMachine, openBaseDirectory } from "../../kernel-helpers/src/lab-node";
import { courseImages } from "./course-images";
import { type Answered, disagreements, type Field, FIELDS, type Recorded } from "./compare";

const directory = join(__dirname, "scenarios");
const counts = new Map<string, Map<Field, { agree: number; all: number }>>();

function count(group: string, field: Field, agrees: boolean): void {
  const fields = counts.get(group) ?? new Map<Field, { agree: number; all: number }>();
  counts.set(group, fields);
  const cell = fields.get(field) ?? { agree: 0, all: 0 };
  fields.set(field, cell);
  cell.all++;
  if (agrees) cell.agree++;
}

function table(): string {
  const groups = [...counts.keys()];
  const width = Math.max(...groups.map(({ length }) => length), 5);
  const cells = (of: (field: Field) => string): string =>
    FIELDS.map((field) => of(field).padStart(Math.max(field.length, 7))).join(" ");
  const sum = (field: Field): { agree: number; all: number } =>
    groups.reduce(
      (total, group) => {
        const cell = counts.get(group)!.get(field)!;
        return { agree: total.agree + cell.agree, all: total.all + cell.all };
      },
      { agree: 0, all: 0 },
    );
  const show = ({ agree, all }: { agree: number; all: number }): string =>
    agree === all ? `${all}` : `${agree}/${all}`;
  return [
    `${"".padEnd(width)} ${cells((field) => field)}`,
    ...groups.map(
      (group) => `${group.padEnd(width)} ${cells((field) => show(counts.get(group)!.get(field)!))}`,
    ),
    `${"all".padEnd(width)} ${cells((field) => show(sum(field)))}`,
  ].join("\n");
}

describe("fidelity", function () {
  this.timeout(60_000);
  const machine = nodeMachine();
  const images = openBaseDirectory(join(__dirname, "bases"));
  for (const group of readdirSync(directory).sort()) {
    for (const file of readdirSync(join(directory, group)).sort()) {
      const id = file.replace(/\.json$/, "");
      it(`${group}/${id}`, async () => {
        const scenario = JSON.parse(readFileSync(join(directory, group, file), "utf8")) as Recorded;
        const answer = JSON.parse(
          JSON.stringify(
            await replayScenario(scenario, machine, group === "course" ? courseImages(images) : images),
          ),
        ) as Answered;
        const found = disagreements(scenario, answer, (field, agrees) => count(group, field, agrees));
        assert.equal(found.join("\n"), "", `${id} disagrees`);
      });
    }
  }

  after(() => {
    if (counts.size > 1)
      console.log("\nagreement with BuildKit v0.34.2, builds per group and field\n" + table());
  });
});
