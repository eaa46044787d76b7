/** Platform specifiers: `linux/amd64`, `linux/arm/v7`, `windows(10.0.17763)/amd64` (containerd/platforms). */

import { goQuote } from "../dockerfile/go-text";
import { joinPath } from "./paths";
import { Refusal } from "./refusal";
import type { PlatformSpec } from "./types";

/** The platform of the recordings and of most CI machines. */
export const linuxAmd64: PlatformSpec = { os: "linux", architecture: "amd64" };

const knownSystems = new Set(
  "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos".split(
    " ",
  ),
);

const knownArchitectures = new Set(
  (
    "386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc " +
    "riscv riscv64 s390 s390x sparc sparc64 wasm"
  ).split(" "),
);

const componentPattern = /^[A-Za-z0-9_.-]+$/;
const systemSource = "^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.%-]*)((?:\\+[A-Za-z0-9_.%-]+)*)\\))?$";
const systemPattern = new RegExp(systemSource);
const invalid = "invalid argument";

function normalizeSystem(os: string): string {
  if (os === "") return "linux";
  const lower = os.toLowerCase();
  return lower === "macos" ? "darwin" : lower;
}

function normalizeArchitecture(
  architecture: string,
  variant: string,
): [architecture: string, variant: string] {
  const arch = architecture.toLowerCase();
  const lower = variant.toLowerCase();
  switch (arch) {
    case "i386":
      return ["386", ""];
    case "x86_64":
    case "x86-64":
    case "amd64":
      return ["amd64", lower === "v1" ? "" : lower];
    case "aarch64":
    case "arm64":
      if (lower === "8" || lower === "v8" || lower === "v8.0") return ["arm64", ""];
      return ["arm64", lower === "9" || lower === "9.0" || lower === "v9.0" ? "v9" : lower];
    case "armhf":
      return ["arm", "v7"];
    case "armel":
      return ["arm", "v6"];
    case "arm":
      if (lower === "" || lower === "7") return ["arm", "v7"];
      return ["arm", lower === "5" || lower === "6" || lower === "8" ? "v" + lower : lower];
    default:
      return [arch, lower];
  }
}

function spec(
  os: string,
  architecture: string,
  variant: string,
  osVersion: string | undefined,
  osFeatures: readonly string[] | undefined,
): PlatformSpec {
  return {
    os,
    architecture,
    ...(variant === "" ? {} : { variant }),
    ...(osVersion === undefined || osVersion === "" ? {} : { osVersion }),
    ...(osFeatures === undefined || osFeatures.length === 0 ? {} : { osFeatures }),
  };
}

/** The usual spelling of the same platform: `x86_64` is amd64, arm64's `v8` is no variant. */
export function normalizePlatform(platform: PlatformSpec): PlatformSpec {
  const [architecture, variant] = normalizeArchitecture(platform.architecture, platform.variant ?? "");
  const features = platform.osFeatures === undefined ? undefined : [...new Set(platform.osFeatures)].sort();
  return spec(normalizeSystem(platform.os), architecture, variant, platform.osVersion, features);
}

function decodeOption(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(`invalid URL escape ${goQuote(/%.{0,2}/.exec(text)?.[0] ?? "%")}`, "LB_FROM_PLATFORM");
  }
}

/**
 * Reads a specifier. *host* completes one that names only a system or only a processor. Throws Refusal with containerd's text, such as
 * `"a/b/c/d": cannot parse platform specifier: invalid argument`.
 */
export function parsePlatform(specifier: string, host: PlatformSpec = linuxAmd64): PlatformSpec {
  const shown = goQuote(specifier);
  if (specifier.includes("*"))
    throw new Refusal(`${shown}: wildcards not yet supported: ${invalid}`, "LB_FROM_PLATFORM");
  const all = specifier.split("/");
  const parts = all.length > 4 ? [...all.slice(0, 3), all.slice(3).join("/")] : all;
  let os = "";
  let osVersion = "";
  let osFeatures: string[] = [];
  parts.forEach((part, i) => {
    if (i > 0) {
      if (componentPattern.test(part)) return;
      throw new Refusal(
        `${goQuote(part)} is an invalid component of ${shown}: platform specifier component must match ${goQuote(componentPattern.source)}: ${invalid}`,
        "LB_FROM_PLATFORM",
      );
    }
    const match = systemPattern.exec(part);
    if (match === null) {
      throw new Refusal(
        `${goQuote(part)} is an invalid OS component of ${shown}: OSAndVersion specifier component must match ${goQuote(systemSource)}: ${invalid}`,
        "LB_FROM_PLATFORM",
      );
    }
    os = normalizeSystem(match[1] ?? "");
    osVersion = decodeOption(match[2] ?? "");
    osFeatures = (match[3] ?? "")
      .split("+")
      .filter((feature) => feature !== "")
      .map(decodeOption);
  });

  if (parts.length === 1) {
    if (knownSystems.has(os))
      return spec(
        os,
        host.architecture,
        host.architecture === "arm" ? (host.variant ?? "") : "",
        osVersion,
        osFeatures,
      );
    const [architecture, variant] = normalizeArchitecture(parts[0] ?? "", "");
    if (!knownArchitectures.has(architecture)) {
      throw new Refusal(`${shown}: unknown operating system or architecture: ${invalid}`, "LB_FROM_PLATFORM");
    }
    return spec(
      host.os,
      architecture,
      architecture === "arm" && variant === "v7" ? "" : variant,
      osVersion,
      osFeatures,
    );
  }
  if (parts.length === 2) {
    const [architecture, variant] = normalizeArchitecture(parts[1] ?? "", "");
    return spec(
      os,
      architecture,
      architecture === "arm" && variant === "v7" ? "" : variant,
      osVersion,
      osFeatures,
    );
  }
  if (parts.length === 3) {
    const [architecture, variant] = normalizeArchitecture(parts[1] ?? "", parts[2] ?? "");
    return spec(
      os,
      architecture,
      architecture === "arm64" && variant === "" ? "v8" : variant,
      osVersion,
      osFeatures,
    );
  }
  throw new Refusal(`${shown}: cannot parse platform specifier: ${invalid}`, "LB_FROM_PLATFORM");
}

/** `os/architecture[/variant]`; `unknown` without a system. */
export function formatPlatform(platform: PlatformSpec): string {
  if (platform.os === "") return "unknown";
  return joinPath(platform.os, platform.architecture, platform.variant ?? "");
}

const optionEscapes: Readonly<Record<string, string>> = {
  "%": "%25",
  "+": "%2B",
  "(": "%28",
  ")": "%29",
  "/": "%2F",
};

function encodeOption(text: string): string {
  return text.replace(/[%+()/]/g, (char) => optionEscapes[char] ?? char);
}

/** As `formatPlatform`, with the system's version and features in parentheses. */
export function formatPlatformAll(platform: PlatformSpec): string {
  if (platform.os === "") return "unknown";
  const version = encodeOption(platform.osVersion ?? "");
  const features = [...new Set(platform.osFeatures ?? [])].filter((feature) => feature !== "").sort();
  const options = [version, ...features.map(encodeOption)].join("+");
  const os = options === "" ? platform.os : `${platform.os}(${options})`;
  return joinPath(os, platform.architecture, platform.variant ?? "");
}
