/** Writes a proposal: the Dockerfile and its ignore file, each original kept beside it. */

import { existsSync, readFileSync } from "node:fs";

import { writeWhole } from "../../platform/node/write-whole";
import { say, type CommandIo } from "../io";
import { keepOriginal, originalOf } from "../keep-original";

/** What is to be written, and where. */
export interface Written {
  readonly dockerfile: { readonly path: string; readonly text: string };
  readonly ignore?: { readonly path: string; readonly text: string };
  /** Ids of secrets that builds need from now on. */
  readonly secrets?: readonly string[];
}

/** Writes *proposal* and says what it did. Throws CliError `LB_FILE_EXISTS` for an original that was kept before. */
export function writeProposal({ dockerfile, ignore, secrets = [] }: Written, io: CommandIo): void {
  write(dockerfile.path, dockerfile.text, io);
  if (ignore) write(ignore.path, ignore.text, io);
  for (const id of secrets) {
    io.err(
      say(io, `이제 빌드할 때 --secret id=${id} 옵션이 필요합니다.\n`, `builds now need --secret id=${id}\n`),
    );
  }
}

/** Keeps what is there beside it. A file that says so already is left alone. */
function write(place: string, text: string, io: CommandIo): void {
  if (existsSync(place)) {
    if (readFileSync(place, "utf8") === text) return;
    keepOriginal(place);
    writeWhole(place, text);
    io.err(
      say(
        io,
        `${place}에 썼습니다. 원본: ${originalOf(place)}\n`,
        `written to ${place}; the original is ${originalOf(place)}\n`,
      ),
    );
    return;
  }
  writeWhole(place, text);
  io.err(say(io, `${place} 파일을 만들었습니다.\n`, `${place} is new\n`));
}
