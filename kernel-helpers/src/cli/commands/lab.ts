/** `layerbook lab`: the same as `npm start` in the project's folder. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { PACKAGE } from "../../platform/node/places";
import { CliError } from "../cli-error";
import type { CommandModule } from "../commands";

export const help: CommandModule["help"] = {
  ko: `
빠진 것을 갖추고 JupyterLab을 엽니다. \`npm start\`와 같습니다.

  --port N        포트 (기본값: 8888부터 빈 것)
  --no-browser    브라우저를 열지 않고 주소만 알립니다
  --dir FOLDER    수업과 작업을 둘 폴더 (기본값: learn/)
`,
  en: `
Sets up what is missing and opens JupyterLab, as \`npm start\` does.

  --port N        port (default: the first free one from 8888)
  --no-browser    print the address only
  --dir FOLDER    where lessons and your work are kept (default: learn/)
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const script = join(PACKAGE, "scripts/start.mjs");
  if (!existsSync(script)) {
    throw new CliError(
      "LB_NO_PROJECT",
      { ko: "이 설치에는 시작 스크립트가 없습니다.", en: "this installation has no start script" },
      {
        hint: {
          ko: "저장소를 내려받아 그 안에서 npm start를 실행하세요.",
          en: "clone the repository and run npm start in it",
        },
      },
    );
  }
  // The child gets the terminal's Ctrl-C itself and stops JupyterLab in its own time.
  const child = spawn(process.execPath, [script, ...args], {
    cwd: io.cwd,
    stdio: "inherit",
    env: { ...process.env, INIT_CWD: io.cwd },
  });
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
};
