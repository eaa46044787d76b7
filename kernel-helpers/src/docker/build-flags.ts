/** The flags of `docker build`, read as the docker command reads them (buildx commands/build.go, spf13/pflag). */

import type { BuildOptions } from "../build/types";
import { FlagError, parseFlags, type FlagSpec } from "./flags";

/** Where a secret's value comes from; whoever runs the build reads it. */
export interface SecretSource {
  readonly id: string;
  /** Path of a file, as written. */
  readonly file?: string;
  /** Name of an environment variable. */
  readonly env?: string;
}

/** A `--build-context NAME=…`: an image, or a directory as written. */
export interface ContextSource {
  readonly name: string;
  readonly image?: string;
  readonly path?: string;
}

export interface BuildFlags {
  /** All that needs nothing from the machine. `file` is as written. */
  readonly options: BuildOptions;
  readonly secrets: readonly SecretSource[];
  readonly contexts: readonly ContextSource[];
  /** PATH, URL or `-`; undefined when none was given. */
  readonly path?: string;
  readonly progress: "auto" | "plain" | "tty" | "rawjson" | "quiet";
  readonly quiet: boolean;
  readonly iidFile?: string;
  readonly metadataFile?: string;
  /** `-o`, `--push`, `--load` as `type=…` strings. */
  readonly outputs: readonly string[];
  /** Flags that docker knows and that change nothing here: `--provenance`, `--memory` … */
  readonly ignored: readonly string[];
}

const SPEC: Readonly<Record<string, FlagSpec>> = {
  "add-host": { type: "list" },
  allow: { type: "list" },
  annotation: { type: "list", ignored: true },
  attest: { type: "list", ignored: true },
  "build-arg": { type: "list" },
  "build-context": { type: "list" },
  builder: { type: "string", ignored: true },
  "cache-from": { type: "list" },
  "cache-to": { type: "list" },
  call: { type: "string" },
  "cgroup-parent": { type: "string" },
  check: { type: "boolean" },
  compress: { type: "boolean", ignored: true },
  "cpu-period": { type: "string", ignored: true },
  "cpu-quota": { type: "string", ignored: true },
  "cpu-shares": { type: "string", short: "c", ignored: true },
  "cpuset-cpus": { type: "string", ignored: true },
  "cpuset-mems": { type: "string", ignored: true },
  debug: { type: "boolean", short: "D", ignored: true },
  file: { type: "string", short: "f" },
  "force-rm": { type: "boolean", ignored: true },
  iidfile: { type: "string" },
  isolation: { type: "string", ignored: true },
  label: { type: "list" },
  load: { type: "boolean" },
  memory: { type: "string", short: "m", ignored: true },
  "memory-swap": { type: "string", ignored: true },
  "metadata-file": { type: "string" },
  network: { type: "string" },
  "no-cache": { type: "boolean" },
  "no-cache-filter": { type: "list" },
  output: { type: "list", short: "o" },
  platform: { type: "list" },
  policy: { type: "list", ignored: true },
  progress: { type: "string" },
  provenance: { type: "string", ignored: true },
  pull: { type: "boolean" },
  push: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  rm: { type: "boolean", ignored: true },
  sbom: { type: "string", ignored: true },
  secret: { type: "list" },
  "security-opt": { type: "list", ignored: true },
  "shm-size": { type: "string" },
  squash: { type: "boolean", ignored: true },
  ssh: { type: "list" },
  tag: { type: "list", short: "t" },
  target: { type: "string" },
  ulimit: { type: "list" },
};

const PROGRESS = ["auto", "plain", "tty", "rawjson", "quiet"] as const;

/** Flags that stand without a value, with their dashes. */
export const BARE_BUILD_FLAGS: ReadonlySet<string> = new Set(
  Object.entries(SPEC).flatMap(([name, { type, short }]) =>
    type === "boolean" ? [`--${name}`, ...(short === undefined ? [] : [`-${short}`])] : [],
  ),
);

/** Names of all flags with their dashes, for suggestions. */
export const BUILD_FLAG_NAMES: readonly string[] = Object.keys(SPEC).map((name) => "--" + name);

/**
 * Reads *args* (without `docker build`). *env* looks up environment variables: `--build-arg NAME` alone takes its value from
 * there, as docker does. Throws FlagError in docker's words.
 */
export function parseBuildFlags(
  args: readonly string[],
  env: (name: string) => string | undefined = () => undefined,
): BuildFlags {
  const { values, lists, booleans, rest, ignored } = parseFlags(SPEC, args);
  if (rest.length > 1) {
    throw new FlagError(
      "LB_ARGUMENTS",
      `requires 1 argument, but got ${rest.length}: ${rest.join(" ")}`,
      rest[1] ?? "",
      {
        ko: `경로는 하나만 줄 수 있습니다. 받은 것: ${rest.join(" ")}`,
        en: `takes one path, but got ${rest.length}: ${rest.join(" ")}`,
      },
    );
  }
  const list = (name: string): readonly string[] => lists.get(name) ?? [];
  const asked = values.get("progress") ?? "auto";
  // As buildx: the variable stands in for `auto` only.
  const progress = asked === "auto" ? env("BUILDKIT_PROGRESS") || "auto" : asked;
  if (!PROGRESS.includes(progress as (typeof PROGRESS)[number])) {
    throw new FlagError("LB_FLAG_VALUE", `invalid progress mode ${progress}`, progress, {
      ko: `\`--progress=${progress}\`은 없는 방식입니다. ${PROGRESS.join(", ")} 가운데 하나를 쓰세요.`,
      en: `--progress=${progress} is not one of ${PROGRESS.join(", ")}`,
    });
  }
  const call = values.get("call");
  const platforms = list("platform").flatMap((value) => value.split(","));
  const cacheTo = list("cache-to").map(cacheOf).at(-1);
  const options: BuildOptions = {
    ...optional("file", values.get("file")),
    ...optional("target", values.get("target")),
    ...optional("buildArgs", keyValues(list("build-arg"), env)),
    ...optional(
      "labels",
      keyValues(list("label"), () => ""),
    ),
    ...optional("noCache", booleans.get("no-cache") || undefined),
    ...optional("noCacheFilter", some(list("no-cache-filter").flatMap((value) => value.split(",")))),
    ...optional("platform", platforms.length > 0 ? platforms.join(",") : undefined),
    ...optional("pull", booleans.get("pull") || undefined),
    ...optional("addHosts", hosts(list("add-host"))),
    ...optional("ssh", some(list("ssh"))),
    ...optional("cacheTo", cacheTo?.name),
    ...optional("cacheMode", cacheTo?.mode),
    ...optional("cacheFrom", some(list("cache-from").map((value) => cacheOf(value).name))),
    ...optional("check", booleans.get("check") || call === "check" || call === "lint" || undefined),
    ...optional("tags", some(list("tag"))),
    ...optional("network", values.get("network")),
    ...optional("ulimit", some(list("ulimit"))),
    ...optional("shmSize", values.get("shm-size")),
    ...optional("cgroupParent", values.get("cgroup-parent")),
    ...optional("allow", some(list("allow"))),
  };
  return {
    options,
    secrets: list("secret").map(secretOf),
    contexts: list("build-context").map(contextOf),
    path: rest[0],
    progress: progress as BuildFlags["progress"],
    quiet: booleans.get("quiet") ?? false,
    iidFile: values.get("iidfile"),
    metadataFile: values.get("metadata-file"),
    outputs: [
      ...list("output"),
      ...(booleans.get("load") ? ["type=docker"] : []),
      ...(booleans.get("push") ? ["type=registry"] : []),
    ],
    ignored,
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function some(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** `K=V`; `K` alone takes what *lookup* gives and is left out when that is nothing. */
function keyValues(
  list: readonly string[],
  lookup: (name: string) => string | undefined,
): Record<string, string> | undefined {
  if (list.length === 0) return undefined;
  const out: Record<string, string> = {};
  for (const item of list) {
    const at = item.indexOf("=");
    const value = at === -1 ? lookup(item) : item.slice(at + 1);
    if (value !== undefined) out[at === -1 ? item : item.slice(0, at)] = value;
  }
  return out;
}

/** `host:ip` or `host=ip`; an IPv6 address may stand in brackets. */
function hosts(list: readonly string[]): Record<string, string> | undefined {
  if (list.length === 0) return undefined;
  const out: Record<string, string> = {};
  for (const item of list) {
    const match = /^([^=:]+)[=:](.+)$/.exec(item);
    if (!match?.[1] || !match[2]) {
      throw new FlagError("LB_FLAG_VALUE", `bad format for add-host: "${item}"`, item, {
        ko: `\`--add-host ${item}\`을 읽을 수 없습니다. \`이름:주소\`로 적으세요.`,
        en: `--add-host ${item} is not HOST:IP`,
      });
    }
    out[match[1]] = match[2].replace(/^\[(.*)\]$/, "$1");
  }
  return out;
}

/** Comma-separated `key=value` fields; a field without `=` gets an empty value. Quotes as in CSV. */
function fields(text: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const raw of text.match(/(?:"[^"]*"|[^,])+/g) ?? []) {
    const field = raw.replace(/^"(.*)"$/, "$1");
    const at = field.indexOf("=");
    out.set((at === -1 ? field : field.slice(0, at)).trim(), at === -1 ? "" : field.slice(at + 1));
  }
  return out;
}

function secretOf(text: string): SecretSource {
  const map = fields(text);
  const id = map.get("id");
  const file = map.get("src") ?? map.get("source");
  const env = map.get("env");
  if (!id) {
    throw new FlagError("LB_FLAG_VALUE", `missing secret "id" in "${text}"`, text, {
      ko: `\`--secret ${text}\`에 \`id=\`가 없습니다. 보기: --secret id=token,src=token.txt`,
      en: `--secret ${text} has no id=`,
    });
  }
  // Without a source the variable of the secret's own name is tried, then a file of that name.
  if (file !== undefined) return map.get("type") === "env" ? { id, env: file } : { id, file };
  return env !== undefined
    ? { id, env }
    : { id, env: id, ...(map.get("type") === "env" ? {} : { file: id }) };
}

function contextOf(text: string): ContextSource {
  const at = text.indexOf("=");
  const name = at === -1 ? "" : text.slice(0, at);
  const value = text.slice(at + 1);
  if (name === "" || value === "") {
    throw new FlagError("LB_FLAG_VALUE", `invalid context value: ${text}, expected key=value`, text, {
      ko: `\`--build-context ${text}\`을 읽을 수 없습니다. \`이름=경로\` 또는 \`이름=docker-image://이미지\`로 적으세요.`,
      en: `--build-context ${text} is not NAME=PATH or NAME=docker-image://IMAGE`,
    });
  }
  const image = /^docker-image:\/\/(.+)$/.exec(value)?.[1];
  return image !== undefined ? { name, image } : { name, path: value.replace(/^local:(\/\/)?/, "") };
}

function cacheOf(text: string): { readonly name: string; readonly mode?: "min" | "max" } {
  const map = fields(text);
  const mode = map.get("mode");
  const named = map.get("dest") ?? map.get("src") ?? map.get("ref") ?? map.get("scope") ?? map.get("name");
  // `--cache-from IMAGE` is short for a registry reference.
  const name = named ?? (map.has("type") ? (map.get("type") ?? "") : text);
  return mode === "max" || mode === "min" ? { name, mode } : { name };
}
