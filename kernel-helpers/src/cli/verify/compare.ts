/** Simulator and reality side by side, step by step and field by field. */

import type { BuildRecord } from "../../build/types";
import type { RealBuild, RealStep } from "./rawjson";

/** One value of both. *same* undefined: not compared, *why* says so. */
export interface Row {
  /** `[2/4] RUN npm install: status`. */
  readonly field: string;
  readonly simulated: string;
  readonly real: string;
  readonly same: boolean | undefined;
  readonly why?: { readonly ko: string; readonly en: string };
}

/** The image that the real builder wrote: its config, and the entries of a layer where they are asked for. */
export interface RealImage {
  readonly config: Readonly<Record<string, unknown>>;
  readonly history: readonly object[];
  readonly diffIds: readonly string[];
  entriesOf(diffId: string): readonly string[];
}

/** The rows of one build. *noCache*: the engine was asked for a build without cache. */
export function compareBuilds(
  record: BuildRecord,
  real: RealBuild,
  image: RealImage | undefined,
  noCache = false,
): Row[] {
  const rows = [
    ...compareSteps(record, real.steps, noCache),
    ...compareEnds(record, real),
    ...compareImages(record, image),
  ];
  const isGuessed = record.steps.some(({ instruction, assumed }) => instruction === "FROM" && assumed);
  if (!isGuessed || !/failed to resolve source metadata/.test(real.error ?? "")) return rows;
  return rows.map((row) => ({ ...row, same: row.same === false ? undefined : row.same, why: NO_BASE }));
}

/** Names of steps whose results rest on something that is not simulated, or whose contents are not known. */
const ASSUMED = {
  ko: "추정한 단계라서 출력은 비교하지 않음",
  en: "an assumed step: its output is not compared",
};
const UNKNOWN = {
  ko: "베이스의 내용이나 추정한 단계의 결과를 몰라서 비교하지 않음",
  en: "not compared: the base's contents or the outcome of an assumed step are not known here",
};
const NO_BASE = {
  ko: "레이어북은 모르는 베이스를 추정했고, 엔진은 찾지 못함",
  en: "the base is not known here and was assumed, and the engine did not find it",
};
const HAD_STEP = {
  ko: "--no-cache는 WORKDIR에 미치지 않아, 엔진이 예전에 실행했는지에 달림",
  en: "--no-cache does not reach WORKDIR: hangs on whether the engine ran it before",
};
const HAD_BASE = {
  ko: "엔진이 이 베이스를 이미 갖고 있었는지에 달림",
  en: "hangs on whether the engine had this base already",
};
const DEPENDS = {
  ko: "추정한 명령의 결과에 달린 단계라서 비교하지 않음",
  en: "not compared: it hangs on the outcome of an assumed command",
};

function compareSteps(record: BuildRecord, theirs: readonly RealStep[], noCache: boolean): Row[] {
  const left = new Map<string, RealStep[]>();
  for (const step of theirs) left.set(bareName(step.name), [...(left.get(bareName(step.name)) ?? []), step]);
  const rows: Row[] = [];
  for (const step of record.steps) {
    const name = bareName(step.name);
    const real = left.get(name)?.shift();
    const row = (field: string, simulated: string, value: string, why?: Row["why"]): void => {
      rows.push({
        field: `${name}${field}`,
        simulated,
        real: value,
        same: why ? undefined : simulated === value,
        ...(why && { why }),
      });
    };
    const status = step.status ?? "-";
    if (!real) {
      row("", status, "(no such step)");
      continue;
    }
    const had = status === "DONE" && real.status === "CACHED";
    const why =
      had && step.instruction === "FROM"
        ? HAD_BASE
        : had && noCache && step.instruction === "WORKDIR"
          ? HAD_STEP
          : undefined;
    row("", status, real.status ?? "-", step.depends ? DEPENDS : why);
    // What a cached step printed is shown by neither.
    if (step.status !== real.status || step.status === "CACHED") continue;
    const [ourOutput, theirOutput] = [step.output.join("\n"), real.output.join("\n")];
    if (ourOutput !== "" || theirOutput !== "")
      row(": output", ourOutput, theirOutput, step.assumed ? ASSUMED : undefined);
    if (step.error !== undefined || real.error !== undefined)
      row(
        ": error",
        bareIds(step.error ?? ""),
        bareIds(real.error ?? ""),
        step.assumed ? ASSUMED : undefined,
      );
  }
  // Steps that were never begun, because another one failed before.
  for (const pending of record.pending) {
    const name = bareName(pending);
    const real = left.get(name)?.shift();
    const status = real ? (real.status ?? "(not begun)") : "(no such step)";
    rows.push({ field: name, simulated: "(not begun)", real: status, same: status === "(not begun)" });
  }
  for (const [name, steps] of left)
    for (const step of steps)
      rows.push({ field: name, simulated: "(no such step)", real: step.status ?? "-", same: false });
  return rows;
}

/** The digest behind a base's name is left out: it differs when the base came by another way. */
function bareName(name: string): string {
  return name.replace(/(FROM \S+?)@sha256:[0-9a-f]{64}/, "$1");
}

/** Ids that a builder makes up are left out of errors. */
function bareIds(text: string): string {
  return text.replace(/\bref [a-z0-9]+::[a-z0-9]+/g, "ref …");
}

function compareEnds(record: BuildRecord, real: RealBuild): Row[] {
  const warnings = record.warnings
    .map(({ rule, detail, line }) => `${rule}: ${detail} (line ${line})`)
    .sort()
    .join("\n");
  const rows: Row[] = [];
  const row = (field: string, simulated: string, value: string): void => {
    if (simulated !== "" || value !== "")
      rows.push({ field, simulated, real: value, same: simulated === value });
  };
  row("exit code", String(record.exitCode), String(real.exitCode === 0 ? 0 : 1));
  row("error", bareIds(record.error?.message ?? ""), bareIds(real.error ?? ""));
  row("warnings", warnings, real.warnings.join("\n"));
  return rows;
}

function compareImages(record: BuildRecord, real: RealImage | undefined): Row[] {
  const ours = record.image;
  if (!ours && !real) return [];
  if (!ours || !real)
    return [{ field: "image", simulated: ours ? "yes" : "no", real: real ? "yes" : "no", same: false }];
  const isUnknown = ours.unknownContents === true;
  const isAssumed = record.steps.some((step) => step.assumed);
  const why = isUnknown || isAssumed ? UNKNOWN : undefined;
  const rows: Row[] = [];
  const row = (field: string, simulated: string, value: string, reason?: Row["why"]): void => {
    const same = simulated === value;
    // A difference that was to be expected is none; an agreement is one.
    rows.push({
      field,
      simulated,
      real: value,
      same: same || !reason ? same : undefined,
      ...(!same && reason && { why: reason }),
    });
  };
  const [left, right] = [flatten(ours.config), flatten(real.config)];
  for (const key of [...new Set([...left.keys(), ...right.keys()])].sort())
    row(
      `config.${key}`,
      left.get(key) ?? "(absent)",
      right.get(key) ?? "(absent)",
      isUnknown ? why : undefined,
    );
  const entries = Math.max(ours.history.length, real.history.length);
  for (let i = 0; i < entries; i++) {
    row(
      `history[${i}]`,
      i < ours.history.length ? sorted(ours.history[i]!) : "(absent)",
      i < real.history.length ? sorted(real.history[i]!) : "(absent)",
      isUnknown ? why : undefined,
    );
  }
  const layers = Math.max(ours.layers.length, real.diffIds.length);
  for (let i = 0; i < layers; i++) {
    const layer = ours.layers[i];
    const diffId = real.diffIds[i];
    row(`layer[${i}]`, layer?.diffId ?? "(absent)", diffId ?? "(absent)", why);
    const differs = layer && diffId !== undefined && layer.diffId !== diffId && !why && !layer.fromBase;
    if (differs && layer.entries)
      rows.push(...compareEntries(i, layer.entries.map(entryLine), real.entriesOf(diffId)));
  }
  return rows;
}

/** Differing entries that are shown of a layer. */
const SHOWN = 20;

function compareEntries(layer: number, ours: readonly string[], theirs: readonly string[]): Row[] {
  const [left, right] = [new Set(ours), new Set(theirs)];
  const pathOf = (line: string): string => line.slice(line.lastIndexOf("\t") + 1);
  const only = (lines: readonly string[], others: ReadonlySet<string>): Map<string, string> =>
    new Map(
      lines.filter((line) => !others.has(line)).map((line) => [pathOf(line), line.replaceAll("\t", " ")]),
    );
  const [a, b] = [only(ours, right), only(theirs, left)];
  return [...new Set([...a.keys(), ...b.keys()])].slice(0, SHOWN).map((path) => ({
    field: `layer[${layer}] ${path}`,
    simulated: a.get(path) ?? "(absent)",
    real: b.get(path) ?? "(absent)",
    same: false,
  }));
}

/** An entry of a layer in one line, the path last: type, mode, owner, size, time, link, digest. */
export function entryLine(entry: {
  readonly path: string;
  readonly type: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly linkname?: string;
  readonly sha256?: string;
}): string {
  const { path, type, mode, uid, gid, size, mtime, linkname = "", sha256 = "" } = entry;
  return [type, mode, `${uid}:${gid}`, size, mtime, linkname, sha256.slice(0, 12), path].join("\t");
}

/** `config.Env[0]` and so on to the JSON of the value. */
function flatten(value: unknown, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  if (typeof value !== "object" || value === null) {
    found.set(prefix, JSON.stringify(value));
    return found;
  }
  const items = Array.isArray(value)
    ? value.map((item, i) => [`[${i}]`, item] as const)
    : Object.entries(value);
  for (const [key, item] of items) {
    const name = key.startsWith("[") || prefix === "" ? prefix + key : `${prefix}.${key}`;
    for (const [path, text] of flatten(item, name)) found.set(path, text);
  }
  return found;
}

function sorted(entry: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))));
}
