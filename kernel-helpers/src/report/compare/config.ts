/** Two image configs, field by field; environment and labels by name, values of secret names masked. */

import { isSecretName } from "../../graph/dispatch-metadata";
import type { ComparedField } from "./types";

const MASK = "****";

/** The fields in which *a* and *b* differ, in the order of their names. When they were made is not compared. */
export function compareConfigs(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): ComparedField[] {
  return compareFields(fieldsOf(a), fieldsOf(b));
}

/** Fields of one or both by name. */
export function compareFields(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): ComparedField[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((field): ComparedField[] => {
    const [before, after] = [a.get(field), b.get(field)];
    if (before === after) return [];
    const isSecret = isSecretName(field.slice(field.indexOf(".") + 1));
    const shown = (value: string): string => (isSecret ? MASK : value);
    return [
      {
        field,
        ...(before !== undefined && { a: shown(before) }),
        ...(after !== undefined && { b: shown(after) }),
      },
    ];
  });
}

const IGNORED = ["created", "rootfs", "history", "moby.buildkit.cache.v0", "moby.buildkit.buildinfo.v1"];

function fieldsOf(config: Readonly<Record<string, unknown>>): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [key, value] of Object.entries(config)) {
    if (IGNORED.includes(key)) continue;
    if (key !== "config" || typeof value !== "object" || value === null) {
      put(fields, key, value);
      continue;
    }
    for (const [name, inner] of Object.entries(value)) {
      if (name === "Env" && Array.isArray(inner)) {
        for (const pair of inner) {
          const text = String(pair);
          const at = text.indexOf("=");
          put(fields, `Env.${at < 0 ? text : text.slice(0, at)}`, at < 0 ? "" : text.slice(at + 1));
        }
      } else if (/^(?:Labels|ExposedPorts|Volumes|Healthcheck)$/.test(name) && isRecord(inner)) {
        for (const [key2, one] of Object.entries(inner))
          put(fields, `${name}.${key2}`, isRecord(one) ? "" : one);
      } else put(fields, name, inner);
    }
  }
  return fields;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is empty is as if it were not there. */
function put(fields: Map<string, string>, field: string, value: unknown): void {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return;
  if (isRecord(value) && Object.keys(value).length === 0) return;
  if (value === "" && !field.includes(".")) return;
  fields.set(field, typeof value === "string" ? value : JSON.stringify(value));
}

/** *text* of a Dockerfile or a history with the values of variables that look like secrets masked. */
export function masked(text: string): string {
  return text
    .replace(
      /(^|[\s"'])([A-Za-z_][A-Za-z0-9_]{0,100})=("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"']+)/g,
      (whole, before: string, name: string) => (isSecretName(name) ? `${before}${name}=${MASK}` : whole),
    )
    .replace(
      /^([-+ ]?\s*(?:ENV|LABEL)\s+)([A-Za-z_][A-Za-z0-9_]{0,100})([ \t]+)([^\s=].*)$/gim,
      (whole, head: string, name: string, space: string) =>
        isSecretName(name) && !name.includes("=") ? `${head}${name}${space}${MASK}` : whole,
    );
}
