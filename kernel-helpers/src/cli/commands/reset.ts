/** `layerbook reset LESSON`: brings one lesson of the working folder back as it was handed out. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { NoSuchLesson, resetLesson } from "../../lesson/workspace";
import { NOTEBOOKS } from "../../platform/node/places";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say } from "../io";
import { checkedOptions } from "../options";
import { workingFolder } from "../working-folder";

export const help: CommandModule["help"] = {
  ko: `
수업 하나를 처음 상태로 되돌립니다. 고친 노트북과 파일은 지우지 않고 kept/ 아래로 옮깁니다.

  LESSON          번호(1, 01), 이름(L01) 또는 폴더 이름(01-closed-image)
  --dir FOLDER    작업 폴더 (기본값: 이 폴더의 learn/, 없으면 수업이 있는 이 폴더나 그 위, 없으면 프로젝트의 learn/)
`,
  en: `
Brings one lesson back as it was. Your notebook and files are not deleted but moved below kept/.

  LESSON          a number (1, 01), an id (L01) or a folder name (01-closed-image)
  --dir FOLDER    the working folder (default: learn/ here, else this folder or one above with lessons in it, else the project's learn/)
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(() =>
    parseArgs({ args: [...args], options: { dir: { type: "string" } }, allowPositionals: true }),
  );
  const [lesson] = positionals;
  if (lesson === undefined || positionals.length > 1) {
    throw usageError(
      "LB_ARGUMENTS",
      { ko: "되돌릴 수업을 하나 적으세요.", en: "name one lesson to reset" },
      {
        ko: "보기: layerbook reset 1",
        en: "example: layerbook reset 1",
      },
    );
  }
  const source = NOTEBOOKS;
  if (!existsSync(source)) {
    throw new CliError("LB_NO_PROJECT", {
      ko: "이 설치에는 수업이 들어 있지 않습니다.",
      en: "this installation has no lessons",
    });
  }
  const target = workingFolder(values.dir, io.cwd);
  try {
    const result = resetLesson({ source, target }, lesson);
    io.out(
      say(
        io,
        `${result.lesson}을(를) 처음 상태로 되돌렸습니다.\n`,
        `${result.lesson} is as it was handed out.\n`,
      ),
    );
    if (result.copy !== undefined) {
      io.out(
        say(
          io,
          `고치신 것은 여기에 있습니다: ${join(target, result.copy)}\n`,
          `your version is kept in ${join(target, result.copy)}\n`,
        ),
      );
    }
    return 0;
  } catch (error) {
    if (!(error instanceof NoSuchLesson)) throw error;
    throw usageError("LB_NO_LESSON", { ko: error.ko, en: error.message });
  }
};
