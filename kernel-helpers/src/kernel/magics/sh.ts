/** `%%sh` and `!command`: the simulated shell in the context's folder, with the docker command. Never the host's shell. */

import type { BuildRecord } from "../../build";
import { loadCore } from "../session/core";
import { showPredictionNotes } from "./lesson";
import { loadDocker } from "../session/core";
import { whatToRunFirst } from "../session/missing";
import { type Magic, type MagicCall, type MagicCompletion, MagicError, type MagicResult } from "./types";

export const shMagic: Magic = {
  name: "sh",
  kind: "cell",
  summary: "컨텍스트 폴더의 셸에서 명령을 실행합니다. docker 명령도 됩니다.",
  usage: "%%sh",
  run,
  complete: (code, offset, session) => Promise.resolve(completeShell(code, offset, session.contextFiles())),
};

/** Characters of standard error that are looked through for what was missing. */
const COMPLAINTS = 4000;

async function run(call: MagicCall): Promise<MagicResult | void> {
  if (call.args.length > 0) {
    throw new MagicError(
      "LB_ARGUMENTS",
      `%%sh에는 옵션이 없습니다: ${call.argumentText}. 명령은 다음 줄부터 적으세요. (%%sh takes no options.)`,
    );
  }
  let complaints = "";
  // docker writes progress to standard error, which JupyterLab paints red: the log of a build that went well is no complaint.
  let progress = false;
  const { runShell } = loadDocker();
  const engine = await call.session.engine();
  const exitCode = await runShell({
    script: call.body,
    engine,
    context: engine.lab.context,
    now: Date.now() / 1000,
    columns: 96,
    signal: call.signal,
    built: (record) => {
      call.output.display(loadCore().renderBundle(record as BuildRecord, { log: "none" }));
      progress = (record as BuildRecord).exitCode === 0;
    },
    onOutput: (stream, data) => {
      call.attend();
      if (stream !== 1) complaints = (complaints + data).slice(-COMPLAINTS);
      call.output.stream(stream === 1 || progress ? "stdout" : "stderr", data);
      progress = false;
    },
  });
  showPredictionNotes(call);
  if (call.signal.aborted || exitCode === 0) return;
  const first = whatToRunFirst(complaints, call.session);
  return {
    error: {
      ename: "ShellError",
      evalue: `종료 코드 ${exitCode}`,
      traceback: [
        `\u001b[31m\u001b[1m종료 코드 ${exitCode}\u001b[0m: 마지막 명령이 실패했습니다. (exit status ${exitCode})`,
        ...(first === undefined ? [] : [`  힌트: ${first}`]),
      ],
    },
  };
}

/** Programs that learners type; the shell has more. */
const COMMANDS =
  "cat cd chmod cp cut date docker du echo env find grep head ln ls mkdir mv printf pwd rm rmdir sed sha256sum sh sleep sort stat tail tar test touch tr uniq wc xargs".split(
    " ",
  );

/** Commands at the beginning of a command, docker's own after `docker`, files of the context elsewhere. */
export function completeShell(
  code: string,
  offset: number,
  files: readonly string[],
): MagicCompletion | undefined {
  const line = code.slice(code.lastIndexOf("\n", offset - 1) + 1, offset).replace(/^\s*!/, "");
  const command =
    line
      .split(/&&|\|\||[;|]/)
      .at(-1)
      ?.trimStart() ?? "";
  const words = command.split(/\s+/);
  const typed = words.at(-1) ?? "";
  let proposals: readonly { readonly text: string; readonly type: string }[];
  if (words.length <= 1) proposals = COMMANDS.map((text) => ({ text, type: "function" }));
  else if (words[0] === "docker" && !typed.startsWith("-") && words.length <= 3) {
    const before = words.slice(1, -1);
    const rest = loadDocker()
      .DOCKER_COMMANDS.map((name) => name.split(" "))
      .filter((name) => before.every((word, index) => name[index] === word) && name.length > before.length)
      .map((name) => name[before.length] as string);
    const names = [...new Set(rest)].map((text) => ({ text, type: "keyword" }));
    proposals = names.length > 0 ? names : pathsOf(files);
  } else if (words[0] === "docker" && words[1] === "build" && typed.startsWith("-")) {
    proposals = loadDocker().BUILD_FLAG_NAMES.map((text) => ({ text, type: "flag" }));
  } else proposals = pathsOf(files);
  const matches = proposals.filter(({ text }) => text.startsWith(typed));
  return matches.length === 0 ? undefined : { start: offset - typed.length, end: offset, matches };
}

/** Files, and the folders above them, as proposals. */
export function pathsOf(files: readonly string[]): { text: string; type: string }[] {
  const folders = new Set<string>();
  for (const file of files) {
    const parts = file.split("/");
    for (let length = 1; length < parts.length; length++) folders.add(parts.slice(0, length).join("/") + "/");
  }
  return [
    ...[...folders].map((text) => ({ text, type: "folder" })),
    ...files.map((text) => ({ text, type: "file" })),
  ];
}
