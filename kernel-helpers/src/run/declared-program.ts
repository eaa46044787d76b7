/** Runs a command that `layerbook.json` declares: writes what it says, prints, takes its time. */

import { decodeText } from "./machine/bytes";
import type { Process, Task } from "./machine/process";
import { sizeOf, type DeclaredCommand, type DeclaredOutput } from "./declared";
import { absolute, encodeText, knownSize, makeFolder, writeFile } from "./packages/files";
import { hash } from "./packages/text-hash";

const USUAL = 100_000;

/** The declaration that *args* begins with: the one of most words. */
export function declaredFor(process: Process, args: readonly string[]): DeclaredCommand | undefined {
  const all = process.machine.request.declared;
  if (all === undefined || all.length === 0) return undefined;
  let best: DeclaredCommand | undefined;
  let length = 0;
  for (const one of all) {
    const words = one.run.trim().split(/\s+/);
    const fits = words.every((word, i) => {
      const arg = decodeText(args[i] ?? "");
      return arg === word || (i === 0 && !word.includes("/") && arg.slice(arg.lastIndexOf("/") + 1) === word);
    });
    if (fits && words.length > length) {
      best = one;
      length = words.length;
    }
  }
  return best;
}

export function* runDeclared(process: Process, command: DeclaredCommand): Task<number> {
  const { outputs = {}, seconds = 10, prints = "", exit = 0 } = command;
  process.machine.work(seconds * 1000);
  const fromParts = new Map<string, string>();
  for (const [path, output] of Object.entries(outputs)) {
    const seed = output.text !== undefined ? "" : seedOf(process, command, output, fromParts);
    if (seed === undefined) process.machine.assumed.push(command.run);
    write(process, path, output, `declared:${command.run}:${path}:${seed ?? ""}`);
    yield* process.room();
  }
  process.machine.declared.push(command.run);
  if (prints !== "") process.out(encodeText(prints));
  return exit;
}

function write(process: Process, path: string, output: DeclaredOutput, standIn: string): void {
  const { text, files = 1 } = output;
  const size = output.size === undefined ? USUAL : (sizeOf(output.size) ?? USUAL);
  if (!path.endsWith("/")) {
    writeFile(process, path, text ?? knownSize(size, standIn), 0o755);
    return;
  }
  makeFolder(process, path);
  const each = Math.floor(size / files);
  for (let i = 0; i < files; i++) {
    const name = files === 1 ? "index" : `part-${String(i + 1).padStart(String(files).length, "0")}`;
    writeFile(
      process,
      path + name,
      text ?? knownSize(i === 0 ? size - each * (files - 1) : each, `${standIn}:${i}`),
    );
  }
}

/** What the output is made from, in a short name; undefined when the file does not say. */
function seedOf(
  process: Process,
  command: DeclaredCommand,
  { from }: DeclaredOutput,
  known: Map<string, string>,
): string | undefined {
  if (from === undefined) return undefined;
  const args = process.args.map(decodeText).join(" ");
  const parts = from.map((path) => {
    let part = known.get(path);
    if (part === undefined) {
      const list: string[] = [];
      read(process, absolute(process, path.replace(/\/?\*.*$/, "") || "."), list);
      part = hash(list.join("\0"));
      known.set(path, part);
    }
    return part;
  });
  return hash([command.run, args, ...parts].join("\0"));
}

function read(process: Process, path: string, out: string[]): void {
  const found = process.vfs.locate(process, encodeText(path));
  process.machine.meter.addCommands(1);
  if (found.stat?.type === "dir") {
    const names = process.vfs.readdir(process, encodeText(path)).map(decodeText).sort();
    for (const name of names) read(process, `${path.replace(/\/$/, "")}/${name}`, out);
  } else if (found.stat?.type === "file") {
    const content = found.fs.readFile(found.inner);
    let text: string;
    try {
      text = content.standIn ?? new TextDecoder("latin1").decode(content.read());
    } catch {
      text = String(content.size);
    }
    out.push(path, text);
  } else out.push(path, found.stat?.type ?? "missing");
}
