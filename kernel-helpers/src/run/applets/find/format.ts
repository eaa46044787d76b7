/** `find -printf` and `-ls`: a format filled in for a file. */

import { encodeText } from "../../machine/bytes";
import type { Process } from "../../machine/process";
import { parseGroup, parsePasswd } from "../../users";
import { smallFile } from "../attributes";
import { baseName, blocksOf, dirName, modeString, sizeOf } from "../paths";
import { formatTime } from "../time";
import type { Visit } from "./walk";

/** *format* with its `%` and `\` filled in for *visit*. */
export function formatVisit(process: Process, format: string, visit: Visit): string {
  const { stat, path } = visit;
  const user = (): string =>
    parsePasswd(smallFile(process, "/etc/passwd")).find((one) => one.uid === stat.uid)?.name ??
    String(stat.uid);
  const group = (): string =>
    parseGroup(smallFile(process, "/etc/group")).find((one) => one.gid === stat.gid)?.name ??
    String(stat.gid);
  const types: Record<string, string> = {
    file: "f",
    dir: "d",
    symlink: "l",
    char: "c",
    block: "b",
    fifo: "p",
  };
  return format.replace(
    /\\([nt0\\abfrv])|%(-?\d*)([pfhPdsmMugUGTtnilyYkbHC%])([@A-Za-z+])?/g,
    (whole, escape: string | undefined, width: string, kind: string, extra: string | undefined) => {
      if (escape !== undefined)
        return (
          { n: "\n", t: "\t", "0": "\0", "\\": "\\", a: "\x07", b: "\b", f: "\f", r: "\r", v: "\v" }[
            escape
          ] ?? whole
        );
      let text: string;
      let tail = extra ?? "";
      switch (kind) {
      case "p": text = path; break;
      case "f": text = baseName(path); break;
      case "h": text = dirName(path); break;
      case "P": text = path === visit.start ? "" : path.slice(visit.start.length).replace(/^\//, ""); break;
      case "H": text = visit.start; break;
      case "d": text = String(visit.depth); break;
      case "s": text = String(sizeOf(stat)); break;
      case "m": text = stat.mode.toString(8); break;
      case "M": text = modeString(stat); break;
      case "u": text = user(); break;
      case "g": text = group(); break;
      case "U": text = String(stat.uid); break;
      case "G": text = String(stat.gid); break;
      case "n": text = String(stat.nlink); break;
      case "i": text = String(stat.ino); break;
      case "l": text = stat.type === "symlink" ? encodeText(stat.linkname ?? "") : ""; break;
      case "y": text = types[stat.type] ?? "U"; break;
      case "Y": text = types[process.vfs.tryStat(process, path)?.type ?? ""] ?? "N"; break;
      case "k": text = String(blocksOf(stat) / 2); break;
      case "b": text = String(blocksOf(stat)); break;
      case "t": text = formatTime("%a %b %e %H:%M:%S %Y", stat.mtime); break;
      case "T":
      case "C":
        tail = "";
        text = extra === "@" ? `${stat.mtime}.0000000000` : extra === "+" ? formatTime("%Y-%m-%d+%H:%M:%S.0000000000", stat.mtime) : formatTime(`%${extra ?? "c"}`, stat.mtime);
        break;
      default: text = "%";
    } // prettier-ignore
      const size = Number(width || 0);
      return (size < 0 ? text.padEnd(-size) : text.padStart(size)) + tail;
    },
  );
}
