/** `apt-get` (apt): indexes, installs with the catalog's sizes and closures, clean. Times are simulated. */

import type { Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { decodeText, encodeText, exists, knownSize, readText, writeFile } from "./files";

interface AptPackage {
  readonly version: string;
  readonly downloadBytes: number;
  readonly installedSizeKiB: number;
}

interface AptCatalog {
  readonly aptLists: { readonly files: Readonly<Record<string, number>> };
  readonly packages: readonly (AptPackage & {
    readonly name: string;
    readonly preinstalledInDebianBookwormImage?: boolean;
    readonly withRecommends?: { readonly names: readonly string[] };
    readonly noRecommends?: { readonly names: readonly string[] };
    readonly withoutRecommends?: { readonly names: readonly string[] };
  })[];
  readonly closurePackages: Readonly<Record<string, AptPackage>>;
}

const LISTS = "/var/lib/apt/lists";
/** Packages whose programs go by another name than theirs. */
export const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  "build-essential": [], "ca-certificates": ["update-ca-certificates"], "g++": ["g++", "c++"], gcc: ["gcc", "cc"], "python3-pip": ["pip3", "pip"], "openssh-client": ["ssh", "scp", "ssh-keygen"],
  procps: ["ps", "top", "free"], "iputils-ping": ["ping"], "dnsutils": ["dig", "nslookup"], "postgresql-client": ["psql"], "xz-utils": ["xz", "unxz"], "imagemagick": ["convert"],
}; // prettier-ignore

export const aptGet: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  const words = args.filter(
    (word, i) => !word.startsWith("-") && args[i - 1] !== "-o" && args[i - 1] !== "-t",
  );
  const quiet = args.includes("-qq");
  const say = (text: string): void => {
    if (!quiet) process.out(encodeText(text));
  };
  if (
    process.cred.uid !== 0 &&
    ["update", "install", "upgrade", "remove", "purge"].includes(words[0] ?? "")
  ) {
    process.err(
      encodeText(
        words[0] === "update"
          ? "E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/\n"
          : "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n",
      ),
    );
    return 100;
  }
  const catalog = process.machine.request.catalog?.apt as AptCatalog | undefined;
  try {
    switch (words[0]) {
      case "update":
        return update(process, catalog, say);
      case "install":
        return yield* install(process, catalog, words.slice(1), args, say);
      case "upgrade":
      case "dist-upgrade":
        say(
          "Reading package lists...\nBuilding dependency tree...\nReading state information...\nCalculating upgrade...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n",
        );
        return 0;
      case "remove":
      case "purge":
      case "autoremove":
      case "autoclean":
        say(
          "Reading package lists...\nBuilding dependency tree...\nReading state information...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n",
        );
        return 0;
      case "clean":
        return 0;
      case undefined:
        process.out(encodeText("apt 2.6.1 (amd64)\n"));
        return 0;
      default:
        process.err(encodeText(`E: Invalid operation ${words[0]}\n`));
        return 100;
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    process.err(encodeText(`E: ${decodeText(error.path)}: ${error.message}\n`));
    return 100;
  }
};

function update(process: Process, catalog: AptCatalog | undefined, say: (text: string) => void): number {
  if (process.machine.request.network === "none") {
    process.err(
      "W: Failed to fetch the package lists: Temporary failure resolving the mirror\nW: Some index files failed to download. They have been ignored, or old ones used instead.\n",
    );
    return 0;
  }
  process.machine.work(2500);
  for (const [name, bytes] of Object.entries(catalog?.aptLists.files ?? {})) {
    if (name === "lock") writeFile(process, `${LISTS}/lock`, "");
    else writeFile(process, `${LISTS}/${name}`, knownSize(bytes, `apt-list:${name}`));
  }
  say(
    "Get:1 bookworm InRelease [151 kB]\nGet:2 bookworm-updates InRelease [55.4 kB]\nGet:3 bookworm-security InRelease [34.8 kB]\nGet:4 bookworm/main amd64 Packages [8790 kB]\nGet:5 bookworm-updates/main amd64 Packages [6924 B]\nGet:6 bookworm-security/main amd64 Packages [378 kB]\nFetched 9417 kB in 2s (4709 kB/s)\nReading package lists...\n",
  );
  return 0;
}

function* install(
  process: Process,
  catalog: AptCatalog | undefined,
  wanted: readonly string[],
  args: readonly string[],
  say: (text: string) => void,
): Task<number> {
  say("Reading package lists...\nBuilding dependency tree...\nReading state information...\n");
  const hasLists = Object.keys(catalog?.aptLists.files ?? {}).some(
    (name) => name.includes("Packages") && exists(process, `${LISTS}/${name}`),
  );
  const recommends = !args.includes("--no-install-recommends");
  const status = readText(process, "/var/lib/dpkg/status") ?? "";
  const installed = (name: string): boolean => status.includes(`Package: ${name}\n`);
  const names = new Set<string>();
  for (const word of wanted) {
    const [name = "", version] = word.split("=");
    const found = catalog?.packages.find((entry) => entry.name === name);
    if (
      !hasLists ||
      (found === undefined &&
        catalog?.closurePackages[name] === undefined &&
        process.machine.request.assume !== true)
    ) {
      process.err(encodeText(`E: Unable to locate package ${name}\n`));
      return 100;
    }
    if (version !== undefined && found !== undefined && !matches(found.version, version)) {
      process.err(encodeText(`E: Version '${version}' for '${name}' was not found\n`));
      return 100;
    }
    if (found === undefined && catalog?.closurePackages[name] === undefined)
      process.machine.assumed.push(`apt:${name}`);
    const closure = recommends ? found?.withRecommends : (found?.noRecommends ?? found?.withoutRecommends);
    for (const entry of closure?.names ?? [name]) names.add(entry);
    names.add(name);
  }
  const fresh = [...names]
    .filter(
      (name) =>
        !installed(name) &&
        catalog?.packages.find((entry) => entry.name === name)?.preinstalledInDebianBookwormImage !== true,
    )
    .sort();
  if (fresh.length === 0) {
    say("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n");
    return 0;
  }
  const facts = fresh.map((name) => ({
    name,
    ...(catalog?.packages.find((entry) => entry.name === name) ??
      catalog?.closurePackages[name] ?? { version: "1.0", downloadBytes: 100_000, installedSizeKiB: 300 }),
  }));
  const download = facts.reduce((sum, entry) => sum + entry.downloadBytes, 0);
  const disk = facts.reduce((sum, entry) => sum + entry.installedSizeKiB * 1024, 0);
  say(
    `The following NEW packages will be installed:\n  ${fresh.join(" ")}\n0 upgraded, ${fresh.length} newly installed, 0 to remove and 0 not upgraded.\nNeed to get ${size(download)} of archives.\nAfter this operation, ${size(disk)} of additional disk space will be used.\n`,
  );
  if (
    !args.some(
      (word) => /^-[a-zA-Z]*y/.test(word) || word === "--yes" || word === "--assume-yes" || word === "-qq",
    )
  ) {
    process.out("Do you want to continue? [Y/n] Abort.\n");
    return 1;
  }
  let text = status;
  for (const entry of facts) {
    process.machine.work(120 + entry.downloadBytes / 20_000);
    for (const program of PROGRAMS[entry.name] ?? [entry.name.replace(/^lib.*/, "")]) {
      if (program !== "" && !/^(fonts-|.*-(dev|common|data|doc|locales)$)/.test(entry.name))
        writeFile(process, `/usr/bin/${program}`, knownSize(0, `program:${program}`), 0o755);
    }
    writeFile(
      process,
      `/usr/lib/${entry.name}/contents`,
      knownSize(entry.installedSizeKiB * 1024, `apt:${entry.name}=${entry.version}`),
    );
    text += `Package: ${entry.name}\nStatus: install ok installed\nInstalled-Size: ${entry.installedSizeKiB}\nVersion: ${entry.version}\n\n`;
    say(`Setting up ${entry.name} (${entry.version}) ...\n`);
    yield* process.room();
  }
  process.machine.downloads += facts.length;
  writeFile(process, "/var/lib/dpkg/status", text);
  return 0;
}

/** `7.88.1*` as apt's version patterns. */
function matches(version: string, pattern: string): boolean {
  return pattern.endsWith("*") ? version.startsWith(pattern.slice(0, -1)) : version === pattern;
}

/** apt's sizes: `6132 kB`, `15.8 MB`. */
function size(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  if (bytes < 10_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
