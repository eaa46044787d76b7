/** `pip install`: packages with their measured sizes (content/catalog/pip-packages.json). */

import type { Program } from "../machine/exec";
import { Errno } from "../machine/errno";
import { assume } from "../machine/exec";
import { decodeText, encodeText, exists, knownSize, writeFile } from "./files";
import { NoRequirements, readRequirements } from "./pip-requirements";

interface PipPackage {
  readonly name: string;
  readonly version: string;
  readonly installedBytes: number;
  readonly files: number;
  readonly scripts: readonly string[];
}

interface PipCatalog {
  readonly packages: Readonly<Record<string, PipPackage>>;
  readonly closures: Readonly<Record<string, readonly string[]>>;
}

const USUAL = 400_000;
/** A wheel or a source archive, named by its path. */
const ARCHIVE = /\.(whl|tar\.gz|zip)$/;

/** PEP 503: names compare in lower case with `-`, `_` and `.` alike. */
function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

export const pip: Program = function* (process) {
  const given = process.args.slice(1).map(decodeText);
  // Options of all commands may stand before the command; none of these changes what is installed.
  const at = given.findIndex(
    (word) =>
      !/^(--no-cache-dir|--disable-pip-version-check|--no-input|-q+|-v+|--quiet|--verbose)$/.test(word),
  );
  const args = given.slice(Math.max(at, 0));
  if (args[0] === "--version" || args[0] === "-V") {
    process.out("pip 25.0.1 from /usr/local/lib/python3.12/site-packages/pip (python 3.12)\n");
    return 0;
  }
  if (args[0] !== "install") {
    if (args[0] === "cache" || args[0] === "config" || args[0] === "list" || args[0] === "check") return 0;
    return yield* assume(process, `pip ${args[0] ?? ""}`.trim());
  }
  const catalog = process.machine.request.catalog?.pip as PipCatalog | undefined;
  const wanted: string[] = [];
  for (let i = 1; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "-r" || word === "--requirement" || word.startsWith("-r")) {
      const path =
        word.length > 2 && word.startsWith("-r") && word !== "--requirement"
          ? word.slice(2)
          : (args[++i] ?? "");
      try {
        wanted.push(...readRequirements(process, path));
      } catch (error) {
        if (!(error instanceof NoRequirements)) throw error;
        process.err(
          encodeText(
            `ERROR: Could not open requirements file: [Errno 2] No such file or directory: '${error.path}'\n`,
          ),
        );
        return 1;
      }
    } else if (
      /^(--target|-t|--prefix|--root|-i|--index-url|--extra-index-url|-c|--constraint|--cache-dir|--timeout)$/.test(
        word,
      )
    )
      i++;
    else if (!word.startsWith("-") && word !== ".") wanted.push(word);
  }
  const places = new Map<string, PipPackage>();
  for (const spec of wanted) {
    if (ARCHIVE.test(spec)) {
      // A distribution of the project's own: what is in it is not known, its name is in the file's.
      if (!exists(process, spec) && process.machine.request.assume !== true) {
        process.err(
          encodeText(
            `WARNING: Requirement '${spec}' looks like a filename, but the file does not exist\nERROR: Could not find a version that satisfies the requirement ${spec} (from versions: none)\nERROR: No matching distribution found for ${spec}\n`,
          ),
        );
        return 1;
      }
      process.out(encodeText(`Processing ${spec}\n`));
      process.machine.assumed.push(`pip:${spec}`);
      continue;
    }
    const [, name = "", version] = /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(?:==\s*([^,\s]+))?/.exec(spec) ?? [];
    const key = normalized(name);
    const known = catalog?.packages[key];
    if (known === undefined && process.machine.request.assume !== true) {
      process.err(
        encodeText(
          `ERROR: Could not find a version that satisfies the requirement ${spec} (from versions: none)\nERROR: No matching distribution found for ${spec}\n`,
        ),
      );
      return 1;
    }
    if (known === undefined) process.machine.assumed.push(`pip:${key}`);
    for (const inner of catalog?.closures[key] ?? []) {
      const entry = catalog?.packages[inner];
      if (entry !== undefined && !places.has(inner)) places.set(inner, entry);
    }
    places.set(key, {
      ...(known ?? { name, installedBytes: USUAL, files: 20, scripts: [] }),
      version: version ?? known?.version ?? "1.0.0",
    });
  }
  const site = "/usr/local/lib/python3.12/site-packages";
  const fresh: string[] = [];
  try {
    for (const [key, entry] of [...places].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const record = `${site}/${key.replace(/-/g, "_")}-${entry.version}.dist-info/METADATA`;
      if (exists(process, record)) {
        process.out(
          encodeText(`Requirement already satisfied: ${entry.name} in ${site} (${entry.version})\n`),
        );
        continue;
      }
      const cached = exists(
        process,
        `${decodeText(process.env.get("HOME") ?? "/root")}/.cache/pip/${key}-${entry.version}`,
      );
      process.machine.work(cached ? 40 : 250 + entry.installedBytes / 20_000);
      process.out(
        encodeText(
          `Collecting ${entry.name}${wanted.includes(`${entry.name}==${entry.version}`) ? `==${entry.version}` : ""}\n`,
        ),
      );
      writeFile(process, record, `Metadata-Version: 2.4\nName: ${entry.name}\nVersion: ${entry.version}\n`);
      writeFile(
        process,
        `${site}/${key.replace(/-/g, "_")}/__init__.py`,
        knownSize(entry.installedBytes, `pip:${key}==${entry.version}`),
      );
      for (const script of entry.scripts)
        writeFile(process, `/usr/local/bin/${script}`, knownSize(220, `pip-bin:${script}`), 0o755);
      if (!args.includes("--no-cache-dir") && !cached)
        writeFile(
          process,
          `${decodeText(process.env.get("HOME") ?? "/root")}/.cache/pip/${key}-${entry.version}`,
          knownSize(Math.round(entry.installedBytes / 3), `pip-archive:${key}==${entry.version}`),
        );
      if (!cached) process.machine.downloads++;
      fresh.push(`${entry.name}-${entry.version}`);
      yield* process.room();
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    process.err(
      encodeText(
        `ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '${decodeText(error.path)}'\n`,
      ),
    );
    return 1;
  }
  if (fresh.length > 0) process.out(encodeText(`Successfully installed ${fresh.join(" ")}\n`));
  return 0;
};
