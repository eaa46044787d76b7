/** Evaluated targets of bake files: put together, inherited from, and read into the records that are built. */

import { HclError, type HclValue, isList, isObject, textOf } from "../hcl";
import { PLAIN_TARGET, type ProjectTarget, type Sentence } from "../types";

/** A target's attributes by name, evaluated. */
export type Values = ReadonlyMap<string, HclValue>;

/** Keys of a target that change nothing here. */
const IGNORED = [
  "attest",
  "annotations",
  "cache-from",
  "cache-to",
  "call",
  "entitlements",
  "output",
  "policy",
  "resources",
  "ssh",
  "ulimits",
  "no-cache-filter",
];
const MAPS = new Set(["args", "labels", "contexts"]);
const LISTS = new Set(["secret", "ssh", "annotations", "attest", "cache-from", "no-cache-filter"]);

/** *after* over *before*: maps are put together, secrets are added, everything else is replaced. Null changes nothing. */
export function mergeValues(before: Values, after: Values): Values {
  const out = new Map(before);
  for (const [key, value] of after) {
    if (value === null) continue;
    const old = out.get(key);
    if (MAPS.has(key) && isObject(value)) {
      const given = Object.entries(value).filter(([, one]) => one !== null);
      out.set(key, { ...(isObject(old) && old), ...Object.fromEntries(given) });
    } else if (LISTS.has(key) && isList(value) && isList(old)) out.set(key, [...old, ...value]);
    else out.set(key, value);
  }
  return out;
}

/** *name* with all that it inherits. A target that inherits from itself by a detour takes nothing there. */
export function inherited(
  name: string,
  targets: ReadonlyMap<string, Values>,
  visited = new Map<string, Values | undefined>(),
): Values | undefined {
  if (visited.has(name)) return visited.get(name);
  visited.set(name, undefined);
  const own = targets.get(name);
  if (!own) throw new HclError(`failed to find target ${name}`, 0);
  let out: Values = new Map();
  for (const parent of strings(own.get("inherits"))) {
    const above = inherited(parent, targets, visited);
    if (above) out = mergeValues(out, above);
  }
  const whole = mergeValues(out, own);
  visited.set(name, whole);
  return whole;
}

/** Texts of a list; a text alone is one. */
export function strings(value: HclValue | undefined): string[] {
  return isList(value) ? value.map(textOf) : typeof value === "string" ? [value] : [];
}

/** The record of a target. *notes*: what of it is not followed. */
export function targetOf(name: string, values: Values, notes: Sentence[]): ProjectTarget {
  const text = (key: string): string | undefined => {
    const value = values.get(key);
    return value === undefined || value === null || value === "" ? undefined : textOf(value);
  };
  const texts = (key: string): Record<string, string> => {
    const value = values.get(key);
    return Object.fromEntries(
      Object.entries(isObject(value) ? value : {}).flatMap(([one, item]) =>
        item === null ? [] : [[one, textOf(item)]],
      ),
    );
  };
  const ignored = IGNORED.filter((key) => values.has(key));
  if (ignored.length > 0)
    notes.push({
      ko: `${name}: 결과를 바꾸지 않거나 따르지 않는 항목입니다: ${ignored.join(", ")}`,
      en: `${name}: not followed here: ${ignored.join(", ")}`,
    });
  const dockerfile = text("dockerfile");
  const inline = text("dockerfile-inline");
  const target = text("target");
  const network = text("network");
  const shmSize = text("shm-size");
  return {
    ...PLAIN_TARGET,
    name,
    // `cwd://` is where bake was called, which is where its paths start anyway.
    context: (text("context") ?? ".").replace(/^cwd:\/\//, "") || ".",
    ...(dockerfile !== undefined && { dockerfile }),
    ...(inline !== undefined && { inline }),
    ...(target !== undefined && { target }),
    args: texts("args"),
    labels: texts("labels"),
    tags: [...new Set(strings(values.get("tags")))].filter((tag) => tag !== ""),
    platforms: strings(values.get("platforms")).filter((platform) => platform !== ""),
    contexts: texts("contexts"),
    secrets: secretsOf(values.get("secret")),
    noCache: values.get("no-cache") === true,
    pull: values.get("pull") === true,
    ...(network !== undefined && { network }),
    ...(shmSize !== undefined && { shmSize }),
    addHosts: Object.entries(texts("extra-hosts")).map(([host, address]) => `${host}:${address}`),
  };
}

/** `["id=npm,src=.npmrc"]`, or objects with these keys. */
function secretsOf(value: HclValue | undefined): string[] {
  if (!isList(value)) return [];
  return value.map((one) =>
    typeof one === "string"
      ? one
      : Object.entries(isObject(one) ? one : {})
          .filter(([, part]) => part !== null && part !== "")
          .map(([key, part]) => `${key}=${String(part)}`)
          .join(","),
  );
}
