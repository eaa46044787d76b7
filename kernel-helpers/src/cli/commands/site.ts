/** `layerbook site`: makes the browser edition as `npm run site` does, or shows a made one on this machine. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { PACKAGE } from "../../platform/node/places";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say, type CommandIo } from "../io";
import { checkedOptions } from "../options";
import { serveFolder, type StaticServer } from "../static-server";

/** Always the same: a browser keeps a learner's work by address, port included. */
const PORT = 8877;

export const help: CommandModule["help"] = {
  ko: `
설치 없이 브라우저에서 여는 수업과 실험실을 정적 파일 폴더로 만듭니다. \`npm run site\`와 같습니다. 폴더를 아무 웹 서버에나 올리면 됩니다.

  --serve         만들어 둔 것을 이 컴퓨터에서 보여 줍니다(없으면 먼저 만듭니다). 끝내려면 Ctrl-C
  --port N        --serve의 포트 (기본값: ${PORT}). 브라우저는 쓴 것을 주소마다 따로 두므로 늘 같은 포트를 쓰세요
  --out DIR       폴더 (기본값: 프로젝트의 dist/site)
`,
  en: `
Makes the lessons and the playground that open in a browser without installing, as a folder of static files, as \`npm run site\` does. Any web server
can hold the folder.

  --serve         show a made one on this machine (made first when there is none); Ctrl-C ends it
  --port N        port of --serve (default: ${PORT}); a browser keeps your work by address, so stay with one port
  --out DIR       the folder (default: dist/site of the project)
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { values } = checkedOptions(
    () =>
      parseArgs({
        args: [...args],
        options: { serve: { type: "boolean" }, port: { type: "string" }, out: { type: "string" } },
      }),
    ["serve", "port", "out"],
  );
  const port = values.port === undefined ? PORT : Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw usageError("LB_FLAG_VALUE", {
      ko: `포트 번호가 아닙니다: ${values.port}. 포트는 1부터 65535까지의 정수입니다.`,
      en: `not a port number: ${values.port}; a port is a whole number from 1 to 65535`,
    });
  if (values.port !== undefined && !values.serve)
    throw usageError("LB_ARGUMENTS", {
      ko: "--port는 --serve와 함께 씁니다.",
      en: "--port goes with --serve",
    });
  const folder = values.out === undefined ? join(PACKAGE, "../dist/site") : resolve(io.cwd, values.out);
  if (!values.serve) return await make(folder, io);
  if (!isSite(folder)) {
    const code = await make(folder, io);
    if (code !== 0 || io.signal.aborted) return code;
  }
  return await show(folder, port, io);
};

/** Is the browser edition in *folder*? A page that is no part of it is not shown by mistake. */
const isSite = (folder: string): boolean =>
  existsSync(join(folder, "index.html")) && existsSync(join(folder, "play.html"));

/** Runs `npm run site`'s script; answers its exit code. */
async function make(folder: string, io: CommandIo): Promise<number> {
  const script = join(PACKAGE, "scripts/site.mjs");
  if (!existsSync(script))
    throw new CliError(
      "LB_NO_PROJECT",
      {
        ko: "이 설치에는 브라우저판을 만드는 스크립트가 없습니다.",
        en: "this installation has no script that makes the browser edition",
      },
      {
        hint: {
          ko: "저장소를 내려받아 그 안에서 npm run site를 실행하세요. 만들어진 폴더가 있으면: layerbook site --serve --out 폴더",
          en: "clone the repository and run npm run site in it; with a made folder: layerbook site --serve --out FOLDER",
        },
      },
    );
  // The child gets the terminal's Ctrl-C itself.
  const child = spawn(process.execPath, [script, "--out", folder], {
    cwd: io.cwd,
    stdio: "inherit",
    env: { ...process.env, INIT_CWD: io.cwd },
  });
  return await new Promise((done, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => done(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** Shows *folder* until Ctrl-C. */
async function show(folder: string, port: number, io: CommandIo): Promise<number> {
  const server = await listen(folder, port);
  io.out(
    say(
      io,
      `수업    ${server.address}\n실험실  ${server.address}play.html\n끝내려면 Ctrl-C를 누르세요.\n`,
      `lessons     ${server.address}\nplayground  ${server.address}play.html\nPress Ctrl-C to stop.\n`,
    ),
  );
  if (!io.signal.aborted)
    await new Promise<void>((done) => io.signal.addEventListener("abort", () => done(), { once: true }));
  await server.close();
  return 0;
}

async function listen(folder: string, port: number): Promise<StaticServer> {
  try {
    return await serveFolder(folder, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    throw new CliError(
      "LB_PORT_TAKEN",
      {
        ko: `포트 ${port}을(를) 쓸 수 없습니다. 다른 프로그램이 쓰고 있거나 허락되지 않은 번호입니다.`,
        en: `port ${port} cannot be used: another program listens on it, or it needs more rights`,
      },
      {
        hint: {
          ko: `다른 포트로: layerbook site --serve --port ${port === PORT ? PORT + 1 : PORT} (브라우저에 쓴 것은 주소마다 따로 남습니다)`,
          en: `another port: layerbook site --serve --port ${port === PORT ? PORT + 1 : PORT} (work in the browser is kept by address)`,
        },
        cause: error,
      },
    );
  }
}
