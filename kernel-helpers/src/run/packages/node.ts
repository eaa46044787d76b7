/** `node` and `python`: their version, a look at a file, and the honest word that code is not run. */

import type { Program } from "../machine/exec";
import type { Process } from "../machine/process";
import { pip } from "./pip";
import { decodeText, encodeText, exists } from "./files";

/** `v22.23.2` of the image's NODE_VERSION; the newest of the catalog when it says nothing. */
function version(process: Process, variable: string, otherwise: string): string {
  return decodeText(process.env.get(variable) ?? "") || otherwise;
}

export const node: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  const [first, second] = args;
  if (first === "-v" || first === "--version") {
    process.out(encodeText(`v${version(process, "NODE_VERSION", "22.23.2")}\n`));
    return 0;
  }
  if (first === "--check" || first === "-c") return lookAt(process, second ?? "", "node");
  const script = args.find((word) => !word.startsWith("-"));
  if (script !== undefined && first !== "-e" && first !== "-p" && lookAt(process, script, "node") !== 0)
    return 1;
  return notRun(process, "node");
};

export const python: Program = function* (process) {
  const args = process.args.slice(1).map(decodeText);
  const [first, second, third] = args;
  if (first === "-V" || first === "--version") {
    process.out(encodeText(`Python ${version(process, "PYTHON_VERSION", "3.12.12")}\n`));
    return 0;
  }
  if (first === "-m" && second === "pip") {
    process.args = ["pip", ...process.args.slice(3)];
    return yield* pip(process);
  }
  if (first === "-m" && second === "compileall") return 0;
  if (first === "-m" && second === "venv" && third !== undefined) return 0;
  if (first === "-m" && second === "py_compile") return lookAt(process, third ?? "", "python");
  return notRun(process, "python");
};

function lookAt(process: Process, path: string, language: "node" | "python"): number {
  if (exists(process, path)) return 0;
  const cwd = decodeText(process.cwd).replace(/\/$/, "");
  process.err(
    encodeText(
      language === "node"
        ? `node:internal/modules/cjs/loader\n  throw err;\n  ^\n\nError: Cannot find module '${path.startsWith("/") ? path : `${cwd}/${path}`}'\n`
        : `[Errno 2] No such file or directory: '${path}'\n`,
    ),
  );
  return 1;
}

function notRun(process: Process, name: string): number {
  if (process.machine.request.assume === true) {
    process.machine.assumed.push(name);
    return 0;
  }
  process.err(
    encodeText(
      `${name}: running programs of this language is not simulated / 이 언어의 프로그램은 실행하지 않습니다. 파일을 만들고 옮기는 셸 명령으로 바꾸어 보세요.\n`,
    ),
  );
  return 126;
}
