/** The flags of a build as the frontend understands them (BuildKit frontend/dockerui/config.go, attr.go). */

import { equalFold } from "../dockerfile/go-text";
import { parseBool, ramInBytes } from "../dockerfile/go-values";
import type { ConvertOptions } from "./conversion";
import { isIpAddress } from "./expose";
import { linuxAmd64, normalizePlatform, parsePlatform } from "./platform-spec";
import { Refusal } from "./refusal";
import type { PlatformSpec } from "./types";

export interface FrontendOptions {
  /** A copy; SOURCE_DATE_EPOCH included. */
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  /** The empty string when none was given. */
  readonly target: string;
  readonly buildPlatform: PlatformSpec;
  /** Empty: the build platform, which base images may still change. */
  readonly targetPlatforms: readonly PlatformSpec[];
  readonly multiPlatform: boolean;
  readonly extraHosts: readonly { readonly host: string; readonly ip: string }[];
  /** Bytes; 0 for the default. */
  readonly shmSize: number;
  readonly ulimit: readonly string[];
  readonly network: "default" | "none" | "host";
  readonly hostname: string;
  readonly cgroupParent: string;
  readonly cacheNamespace: string;
  /** `--no-cache` for a stage of that name (empty for an unnamed one)? */
  readonly isNoCache: (stage: string) => boolean;
  readonly contexts: ReadonlyMap<string, NamedContextSource>;
}

/** Where a named context comes from. */
export type NamedContextSource =
  { readonly kind: "image"; readonly ref: string } | { readonly kind: "local" };

/** A named context that is there; not loaded yet. */
export interface LoadableContext {
  /** As shown: the familiar name without `:latest`, with `::platform` when it was given so. */
  readonly name: string;
  readonly source: NamedContextSource;
  readonly platform: PlatformSpec | undefined;
}

const limits = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  ),
);

function limitNumber(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new Refusal(
    `failed to parse ulimit: strconv.ParseInt: parsing "${text}": invalid syntax`,
    "LB_BUILD_OPTION",
  );
}

/** `name=soft[:hard]` in its full form. Throws Refusal. */
function parseUlimit(text: string): string {
  const refuse = (message: string): never => {
    throw new Refusal("failed to parse ulimit: " + message, "LB_BUILD_OPTION");
  };
  const equals = text.indexOf("=");
  if (equals === -1) refuse("invalid ulimit argument: " + text);
  const name = text.slice(0, equals);
  const values = text.slice(equals + 1).split(":");
  if (!limits.has(name)) refuse("invalid ulimit type: " + name);
  if (values.length > 2) {
    refuse(
      `too many limit value arguments - ${text.slice(equals + 1)}, can only have up to two, \`soft[:hard]\``,
    );
  }
  const hard = values[1] === undefined ? undefined : limitNumber(values[1]);
  const soft = limitNumber(values[0] ?? "");
  const most = hard ?? soft;
  const rule = "ulimit soft limit must be less than or equal to hard limit: ";
  if (most !== -1 && soft === -1) refuse(`${rule}soft: -1 (unlimited), hard: ${most}`);
  if (most !== -1 && soft > most) refuse(`${rule}${soft} > ${most}`);
  return `${name}=${soft}:${most}`;
}

function parseShmSize(size: string | number | undefined): number {
  if (size === undefined || size === "") return 0;
  const bytes = typeof size === "number" ? size : ramInBytes(size);
  if (bytes === undefined)
    throw new Refusal(`failed to parse shm size: invalid size: '${size}'`, "LB_BUILD_OPTION");
  return bytes;
}

function parseHosts(hosts: Readonly<Record<string, string>>): { host: string; ip: string }[] {
  return Object.entries(hosts).map(([host, ip]) => {
    if (!isIpAddress(ip.toLowerCase()))
      throw new Refusal(
        `failed to parse additional hosts: failed to parse IP ${ip.toLowerCase()}`,
        "LB_BUILD_OPTION",
      );
    return { host: host.toLowerCase(), ip: ip.toLowerCase() };
  });
}

function parseNetwork(network: string): FrontendOptions["network"] {
  if (network === "none" || network === "host") return network;
  if (network === "" || network === "default" || network === "sandbox") return "default";
  throw new Refusal("invalid netmode " + network, "LB_BUILD_OPTION");
}

function parseTargets(text: string, host: PlatformSpec): PlatformSpec[] {
  return text.split(",").map((part) => {
    try {
      return normalizePlatform(parsePlatform(part, host));
    } catch (error) {
      if (error instanceof Refusal)
        throw error.withMessage(`failed to parse target platform ${part}: ${error.message}`);
      throw error;
    }
  });
}

function namedContexts(contexts: Readonly<Record<string, object>>): Map<string, NamedContextSource> {
  return new Map(
    Object.entries(contexts).map(([name, value]) => [
      name,
      "image" in value && typeof value.image === "string"
        ? { kind: "image", ref: value.image }
        : { kind: "local" },
    ]),
  );
}

/** Is the result an index? The build argument makes one of a single platform too. */
function isMultiPlatform(platforms: number, wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === "") return platforms > 1;
  const flag = parseBool(wanted);
  if (flag === undefined)
    throw new Refusal("invalid boolean value for multi-platform: " + wanted, "LB_BUILD_OPTION");
  if (!flag && platforms > 1) {
    throw new Refusal(
      "conflicting config: returning multiple target platforms is not allowed",
      "LB_BUILD_OPTION",
    );
  }
  return flag;
}

/** Reads *options*. Throws Refusal for those that BuildKit refuses before it looks at the Dockerfile. */
export function readOptions(
  options: ConvertOptions,
  buildPlatform: PlatformSpec = linuxAmd64,
): FrontendOptions {
  const buildArgs = new Map(Object.entries(options.buildArgs ?? {}));
  if (options.sourceDateEpoch !== undefined && !buildArgs.has("SOURCE_DATE_EPOCH")) {
    buildArgs.set("SOURCE_DATE_EPOCH", String(options.sourceDateEpoch));
  }
  const targetPlatforms = options.platform ? parseTargets(options.platform, buildPlatform) : [];
  const extraHosts = parseHosts(options.addHosts ?? {});
  const shmSize = parseShmSize(options.shmSize);
  const ulimit = (options.ulimit ?? []).map(parseUlimit);
  const network = parseNetwork(options.network ?? "");
  const filter = options.noCacheFilter ?? [];
  return {
    buildArgs,
    labels: new Map(Object.entries(options.labels ?? {})),
    target: options.target ?? "",
    buildPlatform,
    targetPlatforms,
    multiPlatform: isMultiPlatform(targetPlatforms.length, buildArgs.get("BUILDKIT_MULTI_PLATFORM")),
    extraHosts,
    shmSize,
    ulimit,
    network,
    hostname: buildArgs.get("BUILDKIT_SANDBOX_HOSTNAME") || (options.hostname ?? ""),
    cgroupParent: options.cgroupParent ?? "",
    cacheNamespace: buildArgs.get("BUILDKIT_CACHE_MOUNT_NS") ?? "",
    // An option without a name (`no-cache=`) is meant for all stages.
    isNoCache: (stage) =>
      options.noCache === true ||
      (filter.length > 0 && filter.join() === "") ||
      filter.some((name) => equalFold(name, stage)),
    contexts: namedContexts(options.buildContexts ?? {}),
  };
}
