/** The actions of `find`: what happens to a visited file. */

import { asErrno, baseName, dirName } from "../paths";
import { formatVisit } from "./format";
import { plain } from "./tests";
import type { Test, Walk } from "./walk";
import type { Words } from "./words";

/** The action *name*, with its arguments from *words*; undefined when it is none. Throws FindError. */
export function readAction(walk: Walk, name: string, words: Words): Test | undefined {
  const { process } = walk;
  switch (name) {
    case "-prune":
      return plain(() => {
        walk.pruned = true;
        return true;
      });
    case "-quit":
      walk.acts = true;
      return plain(() => {
        walk.stopped = true;
        return true;
      });
    case "-print":
    case "-print0":
      walk.acts = true;
      return plain((visit) => {
        process.out(visit.path + (name === "-print" ? "\n" : "\0"));
        return true;
      });
    case "-printf": {
      walk.acts = true;
      const format = words.value(name);
      return plain((visit) => {
        process.out(formatVisit(process, format, visit));
        return true;
      });
    }
    case "-ls":
      walk.acts = true;
      return plain((visit) => {
        process.out(formatVisit(process, "%i %k %M %n %u %g %s %p\n", visit));
        return true;
      });
    case "-delete":
      walk.acts = true;
      walk.depthFirst = true;
      return plain((visit) => {
        try {
          if (visit.stat.type === "dir") {
            if (visit.path === "." || visit.path === "/") return true;
            process.vfs.rmdir(process, visit.path);
          } else process.vfs.unlink(process, visit.path);
          return true;
        } catch (error) {
          walk.status = 1;
          process.err(
            process.gnu
              ? `find: cannot delete '${visit.path}': ${asErrno(error).message}\n`
              : `find: ${visit.path}: ${asErrno(error).message}\n`,
          );
          return false;
        }
      });
    case "-exec":
    case "-execdir":
    case "-ok":
      return readExec(walk, name, words);
    default:
      return undefined;
  }
}

/** `-exec … ;` runs for each file, `-exec … {} +` once for all at the end. */
function readExec(walk: Walk, name: string, words: Words): Test {
  walk.acts = true;
  const command: string[] = [];
  for (;;) {
    const word = words.value(name);
    if (word === ";") break;
    if (word === "+" && command.at(-1) === "{}") {
      command.pop();
      const batch = { args: command, items: [] as string[] };
      walk.batches.push(batch);
      return function* (visit) {
        batch.items.push(visit.path);
        return true;
      };
    }
    command.push(word);
  }
  const inDir = name === "-execdir";
  return function* (visit) {
    const path = inDir ? `./${baseName(visit.path)}` : visit.path;
    return (
      (yield* walk.exec(
        command.map((word) => word.replaceAll("{}", path)),
        inDir ? dirName(visit.path) : undefined,
      )) === 0
    );
  };
}
