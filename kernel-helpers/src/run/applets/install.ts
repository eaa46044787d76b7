/** `install`: copies with owner and mode, and makes directories. */

import type { Process, Task } from "../machine/process";
import { parseMode } from "../shell/mode";
import { ownerIds } from "./attributes";
import { parseOptions, usage } from "./options";
import { asErrno, baseName, dirName, join } from "./paths";

export function* install(process: Process): Task<number> {
  const long = {
    mode: "m",
    owner: "o",
    group: "g",
    directory: "d",
    "preserve-timestamps": "p",
    strip: "s",
    "target-directory": "t",
    verbose: "v",
    compare: "C",
  };
  const options = parseOptions(
    process,
    "cdDpsm:o:g:t:TvC",
    long,
    "[-cdDsp] [-o USER] [-g GRP] [-m MODE] [-t DIR] [SOURCE]... DEST",
  );
  const { vfs } = process;
  const bits = parseMode(options.value("m") ?? "755", 0, options.has("d"), 0);
  if (bits === undefined) {
    process.err(`install: invalid mode '${options.value("m") ?? ""}'\n`);
    return 1;
  }
  const [uid, gid] = ownerIds(
    process,
    `${options.value("o") ?? ""}${options.has("g") ? ":" + (options.value("g") ?? "") : ""}`,
  ) ?? [-1, -1];
  const finish = (path: string): void => {
    vfs.chmod(process, path, bits);
    if (uid !== -1 || gid !== -1) vfs.chown(process, path, uid, gid);
  };
  const parents = (path: string): void => {
    if (path === "." || path === "/" || vfs.tryStat(process, path)?.type === "dir") return;
    parents(dirName(path));
    vfs.mkdir(process, path, 0o755);
  };
  try {
    if (options.has("d")) {
      for (const path of options.rest) {
        parents(path);
        finish(path);
      }
      return 0;
    }
    const names = [...options.rest];
    const given = options.value("t");
    const target = given ?? names.pop();
    if (target === undefined || names.length === 0)
      throw usage(process, "[-cdDsp] [-o USER] [-g GRP] [-m MODE] [-t DIR] [SOURCE]... DEST");
    if (options.has("D")) parents(given ?? dirName(target));
    const into = vfs.tryStat(process, target)?.type === "dir";
    if (names.length > 1 && !into) {
      process.err(`install: target '${target}' is not a directory\n`);
      return 1;
    }
    let status = 0;
    for (const name of names) {
      const to = into ? join(target, baseName(name)) : target;
      try {
        const stat = vfs.stat(process, name);
        if (stat.type === "dir") {
          process.err(`install: omitting directory '${name}'\n`);
          status = 1;
          continue;
        }
        const content = vfs.content(process, name);
        if (vfs.tryStat(process, to, false) !== undefined) vfs.unlink(process, to);
        vfs.writeContent(process, to, content, 0o600);
        finish(to);
        if (options.has("p")) vfs.utimes(process, to, stat.mtime);
      } catch (error) {
        const failure = asErrno(error);
        process.err(
          process.gnu
            ? vfs.tryStat(process, name) === undefined
              ? `install: cannot stat '${name}': ${failure.message}\n`
              : `install: cannot create regular file '${to}': ${failure.message}\n`
            : `install: can't stat '${name}': ${failure.message}\n`,
        );
        status = 1;
      }
    }
    return status;
  } catch (error) {
    const failure = asErrno(error);
    process.err(`install: cannot create directory '${failure.path}': ${failure.message}\n`);
    return 1;
  }
}
