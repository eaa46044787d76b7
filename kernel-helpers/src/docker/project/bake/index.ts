/** Bake files in HCL and JSON (Docker's "Bake file reference"): targets, groups, variables, functions, inheritance and matrices. */

import { type Expression, HclError, type HclValue, isList, isObject, type Scope } from "../hcl";
import { type Project, ProjectError, type ProjectTarget, type ReadVariable, type Sentence } from "../types";
import { type Definition, type Definitions, readDefinitions } from "./read";
import { checkVariables, fileScope } from "./scope";
import { inherited, mergeValues, strings, targetOf, type Values } from "./target";

/** More targets are made by no matrix. */
const MOST = 1000;
const NAME = /^[a-zA-Z0-9_-]+$/;

/**
 * Reads bake files, later ones changing earlier ones; a file that begins with `{` is JSON. A variable of the environment is worth more than
 * its default. *now*: ms since 1970, for `timestamp()`, which is refused without it. Throws ProjectError `LB_BAKE`.
 */
export function readBake(texts: readonly string[], variable: ReadVariable, now?: () => number): Project {
  const notes: Sentence[] = [];
  try {
    const definitions = readDefinitions(texts);
    const scope = fileScope(definitions, { variable, ...(now && { now }) });
    for (const name of definitions.variables.keys()) scope.variable(name);
    checkVariables(definitions, scope);
    return projectOf(definitions, scope, notes);
  } catch (error) {
    if (!(error instanceof HclError) && !(error instanceof RangeError)) throw error;
    throw new ProjectError(
      "LB_BAKE",
      { ko: `bake 파일을 읽을 수 없습니다: ${error.message}`, en: error.message },
      error instanceof HclError && error.line > 0 ? error.line : undefined,
    );
  }
}

function projectOf(definitions: Definitions, scope: Scope, notes: Sentence[]): Project {
  const values = new Map<string, Values>();
  const groups: Record<string, readonly string[]> = {};
  for (const definition of definitions.targets) {
    const made = evaluated(definition, scope);
    for (const [name, own] of made) values.set(name, mergeValues(values.get(name) ?? new Map(), own));
    if (definition.attributes.has("matrix")) groups[definition.name] = made.map(([name]) => name);
  }
  for (const { name, line, attributes } of definitions.groups) {
    checkName(name, line);
    groups[name] = strings(attributes.get("targets")?.(scope));
  }
  if (values.size === 0)
    throw new ProjectError("LB_BAKE", { ko: "target이 없습니다.", en: "there is no target" });
  const targets = [...values.keys()].map((name): ProjectTarget => {
    const whole = inherited(name, values) ?? new Map<string, HclValue>();
    return targetOf(name, whole, notes);
  });
  return { kind: "bake", targets, groups, notes };
}

/** The targets that a block makes: one, or one for each combination of its matrix. */
function evaluated({ name, line, attributes }: Definition, scope: Scope): [string, Values][] {
  checkName(name, line);
  const matrix = attributes.get("matrix")?.(scope) ?? null;
  if (matrix === null) {
    if (attributes.has("name")) throw new HclError("name needs a matrix", line);
    return [[name, valuesIn(attributes, scope)]];
  }
  const nameOf = attributes.get("name");
  const seen = new Set<string>();
  return combinations(matrix, line).map((own): [string, Values] => {
    const inner: Scope = {
      ...scope,
      variable: (one) => (Object.hasOwn(own, one) ? own[one] : scope.variable(one)),
    };
    const made = nameOf?.(inner);
    if (typeof made !== "string") throw new HclError("a matrix needs a name", line);
    checkName(made, line);
    if (seen.has(made)) throw new HclError(`the matrix makes the target ${made} twice`, line);
    seen.add(made);
    return [made, valuesIn(attributes, inner)];
  });
}

function valuesIn(attributes: ReadonlyMap<string, Expression>, scope: Scope): Values {
  return new Map(
    [...attributes].flatMap(([key, value]) =>
      key === "matrix" || key === "name" ? [] : [[key, value(scope)] as const],
    ),
  );
}

function checkName(name: string, line: number): void {
  if (!NAME.test(name)) throw new HclError(`invalid name ${JSON.stringify(name)}: only [a-zA-Z0-9_-]+`, line);
}

/** All combinations of a matrix's lists, the last one changing fastest. */
function combinations(matrix: HclValue, line: number): Readonly<Record<string, HclValue>>[] {
  if (!isObject(matrix)) throw new HclError("matrix must be a map", line);
  let out: Readonly<Record<string, HclValue>>[] = [{}];
  for (const [key, values] of Object.entries(matrix)) {
    if (!isList(values)) throw new HclError("matrix values must be a list", line);
    out = out.flatMap((one) => values.map((value) => ({ ...one, [key]: value })));
    if (out.length > MOST) throw new HclError(`a matrix of more than ${MOST} targets`, line);
  }
  return out;
}
