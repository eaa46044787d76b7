/** Alpine's `apk`: update, add (also as a virtual group), del. Sizes are the catalog's where it has them; times are simulated. */

import type { Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { decodeText, encodeText, knownSize, readText, writeFile } from "./files";
import { removeFolder } from "./npm-tree";
import { PROGRAMS } from "./os-packages";

interface ApkPackage {
  readonly name: string;
  readonly version: string;
  readonly installedBytes?: number;
  readonly installedBytesApprox?: number;
}

interface AptNames {
  readonly packages: readonly { readonly name: string }[];
  readonly closurePackages: Readonly<Record<string, unknown>>;
}

/** Stands for a size that nobody measured. */
const USUAL = 1_500_000;
const DATABASE = "/lib/apk/db/installed";
const FETCH = "fetch main/x86_64/APKINDEX.tar.gz\nfetch community/x86_64/APKINDEX.tar.gz\n";
/** Names of packages that Alpine has and the catalog's lists do not. */
const OTHERS =
  /^(bash|bind-tools|build-base|clang|cmake|coreutils|dumb-init|ffmpeg|font-.*|fuse|gcompat|gettext|gnupg|go|icu-.*|imagemagick|jpeg-dev|jq|libc-dev|libc6-compat|libffi-dev|libpng-dev|libpq(-dev)?|libstdc\+\+|libxml2-dev|libxslt-dev|linux-headers|mariadb-.*|musl-dev|ncurses|nodejs|npm|openjdk\d+(-.*)?|openssh(-client)?|openssl(-dev)?|pkgconf|postgresql.*|procps|py3-.*|python3(-dev)?|rsync|rust|cargo|shadow|sqlite(-.*)?|sudo|su-exec|tini|tzdata|unzip|util-linux|vips(-dev)?|yarn|zip|zlib-dev)$/;

export const apk: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  const takesValue = (word: string | undefined): boolean =>
    word !== undefined && /^(-t|--virtual|-X|--repository|-p|--root|--cache-dir)$/.test(word);
  const words = args.filter((word, i) => !word.startsWith("-") && !takesValue(args[i - 1]));
  if (process.cred.uid !== 0 && words[0] !== undefined) {
    process.err(
      "ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n",
    );
    return 99;
  }
  try {
    switch (words[0]) {
      case "update":
        process.machine.work(800);
        writeFile(process, "/var/cache/apk/APKINDEX.main.tar.gz", knownSize(520_000, "apk-index"));
        process.out(`${FETCH}OK: 26000 distinct packages available\n`);
        return 0;
      case "add":
        return yield* add(process, words.slice(1), args);
      case "del":
        return remove(process, words.slice(1));
      case "upgrade":
      case "cache":
      case "fix":
        process.out(total(readText(process, DATABASE) ?? ""));
        return 0;
      case "info": {
        const names = [...(readText(process, DATABASE) ?? "").matchAll(/^P:(.*)$/gm)].map(
          ([, name]) => name ?? "",
        );
        process.out(encodeText(names.map((name) => `${name}\n`).join("")));
        return 0;
      }
      default:
        process.out("apk-tools 2.14.10, compiled for x86_64.\n");
        return words[0] === undefined ? 0 : 1;
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    process.err(encodeText(`ERROR: ${decodeText(error.path)}: ${error.message}\n`));
    return 1;
  }
};

function total(database: string): string {
  const bytes = [...database.matchAll(/^I:(\d+)$/gm)].reduce((sum, [, size]) => sum + Number(size), 0);
  return `OK: ${Math.max(8, Math.round(bytes / 2 ** 20) + 8)} MiB in ${(database.match(/^P:/gm) ?? []).length} packages\n`;
}

function* add(process: Process, words: readonly string[], args: readonly string[]): Task<number> {
  const { catalog, assume } = process.machine.request;
  const lists = catalog?.apk as
    | {
        readonly alpine3203?: { readonly packages?: readonly ApkPackage[] };
        readonly apk3242?: readonly ApkPackage[];
      }
    | undefined;
  const known = [...(lists?.apk3242 ?? []), ...(lists?.alpine3203?.packages ?? [])];
  const apt = catalog?.apt as AptNames | undefined;
  const isKnown = (name: string): boolean =>
    known.some((entry) => entry.name === name) ||
    OTHERS.test(name) ||
    apt?.packages.some((entry) => entry.name === name) === true ||
    apt?.closurePackages[name] !== undefined;
  const wanted = words.map((word) => word.replace(/[=<>~@].*$/, ""));
  let text = readText(process, DATABASE) ?? "";
  if (args.includes("--no-cache")) process.out(FETCH);
  const missing = assume === true ? [] : wanted.filter((name) => !isKnown(name));
  if (missing.length > 0) {
    process.err("ERROR: unable to select packages:\n");
    for (const name of missing)
      process.err(encodeText(`  ${name} (no such package):\n    required by: world[${name}]\n`));
    return missing.length;
  }
  const fresh = [...new Set(wanted)].filter((name) => !text.includes(`P:${name}\n`));
  const at = args.findIndex((word) => word === "-t" || word === "--virtual");
  const group = at >= 0 ? args[at + 1] : args.find((word) => word.startsWith("--virtual="))?.slice(10);
  const count = fresh.length + (group === undefined ? 0 : 1);
  for (const [i, name] of fresh.entries()) {
    const entry = known.find((candidate) => candidate.name === name);
    const bytes = entry?.installedBytes ?? entry?.installedBytesApprox ?? USUAL;
    const version = entry?.version ?? "1.0-r0";
    process.machine.work(150 + bytes / 50_000);
    process.out(encodeText(`(${i + 1}/${count}) Installing ${name} (${version})\n`));
    for (const program of PROGRAMS[name] ?? [name])
      writeFile(process, `/usr/bin/${program}`, knownSize(0, `program:${program}`), 0o755);
    writeFile(process, `/usr/lib/${name}/contents`, knownSize(bytes, `apk:${name}`));
    text += `P:${name}\nV:${version}\nI:${bytes}\n\n`;
    if (entry === undefined && assume === true) process.machine.assumed.push(`apk:${name}`);
    yield* process.room();
  }
  if (group !== undefined) {
    process.out(encodeText(`(${count}/${count}) Installing ${group} (20250101.000000)\n`));
    text += `P:${group}\nV:20250101.000000\nI:0\nD:${fresh.join(" ")}\n\n`;
  }
  process.machine.downloads += fresh.length;
  if (count > 0) writeFile(process, DATABASE, text);
  process.out(total(text));
  return 0;
}

/** Takes packages away; a virtual group with all that it brought. */
function remove(process: Process, words: readonly string[]): number {
  let text = readText(process, DATABASE) ?? "";
  const names = words.flatMap((word) => {
    const brought = new RegExp(
      `^P:${word.replace(/[.+^${}()|[\]\\]/g, "\\$&")}\n(?:[VI]:.*\n)*D:(.*)$`,
      "m",
    ).exec(text)?.[1];
    return [word, ...(brought?.split(" ").filter((name) => name !== "") ?? [])];
  });
  const there = names.filter((name) => text.includes(`P:${name}\n`));
  for (const [i, name] of there.entries()) {
    const version =
      new RegExp(`^P:${name.replace(/[.+^${}()|[\]\\]/g, "\\$&")}\nV:(.*)$`, "m").exec(text)?.[1] ?? "";
    process.out(encodeText(`(${i + 1}/${there.length}) Purging ${name} (${version})\n`));
    for (const program of PROGRAMS[name] ?? [name]) removeFolder(process, `/usr/bin/${program}`);
    removeFolder(process, `/usr/lib/${name}`);
    text = text
      .split("\n\n")
      .filter((block) => !block.startsWith(`P:${name}\n`))
      .join("\n\n");
  }
  if (there.length > 0) writeFile(process, DATABASE, text);
  process.out(total(text));
  return 0;
}
