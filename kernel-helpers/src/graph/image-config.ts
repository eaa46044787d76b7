/** The image config while instructions change it (moby/docker-image-spec, BuildKit dockerfile2llb/image.go). */

import type { HistoryRecord } from "./conversion";
import type { Node } from "./state";
import type { PlatformSpec } from "./types";

/** Durations in nanoseconds. */
export interface Healthcheck {
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

export interface HistoryLine {
  readonly entry: HistoryRecord;
  /** Whose result the layer is. */
  readonly node?: Node;
  readonly fromBase: boolean;
}

/** Mutable: each stage has its own, made by `cloneImage`. */
export interface ImageDraft {
  platform: PlatformSpec;
  author: string;
  env: string[];
  user: string;
  workingDir: string;
  exposedPorts: Set<string> | undefined;
  volumes: Set<string> | undefined;
  labels: Map<string, string> | undefined;
  entrypoint: readonly string[] | undefined;
  cmd: readonly string[] | undefined;
  stopSignal: string;
  argsEscaped: boolean;
  healthcheck: Healthcheck | undefined;
  onBuild: string[];
  shell: readonly string[] | undefined;
  history: HistoryLine[];
  /** Layers of the base image. */
  diffIds: readonly string[];
}

/** Where programs are looked for when the image does not say. */
export function defaultPath(os: string): string {
  return os === "windows"
    ? "c:\\Windows\\System32;c:\\Windows;C:\\Windows\\System32\\WindowsPowerShell\\v1.0"
    : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/** What `FROM scratch` begins with. */
export function emptyImage(platform: PlatformSpec): ImageDraft {
  const env = platform.os === "windows" ? [] : ["PATH=" + defaultPath(platform.os)];
  return { ...blankImage(), platform, env, workingDir: "/" };
}

/** Nothing at all: what a stage has that a local context took the place of. */
export function blankImage(): ImageDraft {
  return {
    platform: { os: "", architecture: "" },
    author: "",
    env: [],
    user: "",
    workingDir: "",
    exposedPorts: undefined,
    volumes: undefined,
    labels: undefined,
    entrypoint: undefined,
    cmd: undefined,
    stopSignal: "",
    argsEscaped: false,
    healthcheck: undefined,
    onBuild: [],
    shell: undefined,
    history: [],
    diffIds: [],
  };
}

/** A copy whose changes do not reach *image*. */
export function cloneImage(image: ImageDraft): ImageDraft {
  return {
    ...image,
    env: [...image.env],
    exposedPorts: image.exposedPorts && new Set(image.exposedPorts),
    volumes: image.volumes && new Set(image.volumes),
    labels: image.labels && new Map(image.labels),
    onBuild: [...image.onBuild],
    history: [...image.history],
  };
}

type Json = Readonly<Record<string, unknown>>;

function record(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function setOf(value: unknown): Set<string> | undefined {
  const map = record(value);
  return map && new Set(Object.keys(map));
}

function readHealthcheck(value: unknown): Healthcheck | undefined {
  const check = record(value);
  return (
    check && {
      test: texts(check["Test"]),
      interval: number(check["Interval"]),
      timeout: number(check["Timeout"]),
      startPeriod: number(check["StartPeriod"]),
      startInterval: number(check["StartInterval"]),
      retries: number(check["Retries"]),
    }
  );
}

/** Reads an OCI image config. Fields that BuildKit's record does not have are dropped, as it drops them. */
export function readImageConfig(json: Json): ImageDraft {
  const config = record(json["config"]) ?? {};
  const labels = record(config["Labels"]);
  const variant = text(json["variant"]);
  const osVersion = text(json["os.version"]);
  const osFeatures = texts(json["os.features"]);
  const list = (key: string): readonly string[] | undefined =>
    Array.isArray(config[key]) ? texts(config[key]) : undefined;
  return {
    platform: {
      os: text(json["os"]),
      architecture: text(json["architecture"]),
      ...(variant === "" ? {} : { variant }),
      ...(osVersion === "" ? {} : { osVersion }),
      ...(osFeatures.length === 0 ? {} : { osFeatures }),
    },
    author: text(json["author"]),
    env: texts(config["Env"]),
    user: text(config["User"]),
    workingDir: text(config["WorkingDir"]),
    exposedPorts: setOf(config["ExposedPorts"]),
    volumes: setOf(config["Volumes"]),
    labels: labels && new Map(Object.entries(labels).map(([key, value]) => [key, text(value)])),
    entrypoint: list("Entrypoint"),
    cmd: list("Cmd"),
    stopSignal: text(config["StopSignal"]),
    argsEscaped: config["ArgsEscaped"] === true,
    healthcheck: readHealthcheck(config["Healthcheck"]),
    onBuild: texts(config["OnBuild"]),
    shell: list("Shell"),
    history: (Array.isArray(json["history"]) ? json["history"] : []).map((entry) => ({
      entry: readHistory(record(entry) ?? {}),
      fromBase: true,
    })),
    diffIds: texts(record(json["rootfs"])?.["diff_ids"]),
  };
}

function readHistory(entry: Json): HistoryRecord {
  const out: { -readonly [K in keyof HistoryRecord]: HistoryRecord[K] } = {};
  if (typeof entry["created"] === "string") out.created = entry["created"];
  for (const key of ["created_by", "author", "comment"] as const) {
    if (text(entry[key]) !== "") out[key] = text(entry[key]);
  }
  if (entry["empty_layer"] === true) out.empty_layer = true;
  return out;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function mapOf(keys: Set<string> | undefined): Json | undefined {
  if (keys === undefined || keys.size === 0) return undefined;
  return Object.fromEntries([...keys].sort(compareText).map((key) => [key, {}]));
}

function filled(items: readonly string[] | undefined): readonly string[] | undefined {
  return items === undefined || items.length === 0 ? undefined : items;
}

/** Without the members that are undefined, empty, zero or false. */
function withoutEmpty(members: Record<string, unknown>): Json {
  const empty = new Set<unknown>([undefined, "", 0, false]);
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !empty.has(value)));
}

/** The config JSON without `rootfs`, `history` and `created`; keys in the order in which Go marshals the record. */
export function writeImageConfig(image: ImageDraft): Json {
  const { platform, healthcheck } = image;
  const labels = image.labels === undefined || image.labels.size === 0 ? undefined : image.labels;
  const config = withoutEmpty({
    User: image.user,
    ExposedPorts: mapOf(image.exposedPorts),
    Env: filled(image.env),
    Entrypoint: filled(image.entrypoint),
    Cmd: filled(image.cmd),
    Volumes: mapOf(image.volumes),
    WorkingDir: image.workingDir,
    Labels: labels && Object.fromEntries([...labels].sort((a, b) => compareText(a[0], b[0]))),
    StopSignal: image.stopSignal,
    ArgsEscaped: image.argsEscaped,
    Healthcheck:
      healthcheck &&
      withoutEmpty({
        Test: filled(healthcheck.test),
        Interval: healthcheck.interval,
        Timeout: healthcheck.timeout,
        StartPeriod: healthcheck.startPeriod,
        StartInterval: healthcheck.startInterval,
        Retries: healthcheck.retries,
      }),
    OnBuild: filled(image.onBuild),
    Shell: filled(image.shell),
  });
  return {
    architecture: platform.architecture,
    ...withoutEmpty({ author: image.author }),
    config,
    os: platform.os,
    ...withoutEmpty({
      "os.features": filled(platform.osFeatures),
      "os.version": platform.osVersion,
      variant: platform.variant,
    }),
  };
}
