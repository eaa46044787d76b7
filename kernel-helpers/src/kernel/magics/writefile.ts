/** `%%writefile [-a] [--mode 755] PATH`: writes the cell as a file of the build context. */

import { type Magic, type MagicCall, MagicError } from "./types";
import { completeWritefile, inspectWritefile } from "./writefile-help";

export const writefileMagic: Magic = {
  name: "writefile",
  kind: "cell",
  summary: "셀의 나머지를 컨텍스트의 파일로 저장합니다.",
  usage: "%%writefile [-a] [--mode 755] PATH",
  run: (call) => Promise.resolve(run(call)),
  complete: (code, offset, session) => Promise.resolve(completeWritefile(code, offset, session)),
  inspect: inspectWritefile,
};

interface Options {
  readonly append: boolean;
  readonly mode: number | undefined;
  readonly path: string;
}

function run(call: MagicCall): void {
  const { append, mode, path } = readOptions(call.args);
  const target = call.session.contextPath(path);
  const { files, paths } = call.session.host;
  const before = files.kind(target);
  if (before === "directory") {
    throw new MagicError(
      "LB_IS_DIRECTORY",
      `"${path}"는 폴더입니다. 파일 이름을 쓰세요. ("${path}" is a directory.)`,
    );
  }
  files.makeFolder(paths.dirname(target));
  // As with Jupyter's own %%writefile, the last line ends with a newline though the cell's text does not.
  const text = call.body === "" || call.body.endsWith("\n") ? call.body : call.body + "\n";
  if (append) files.append(target, text);
  else files.write(target, text);
  if (mode !== undefined) files.chmod(target, mode);
  const verb = append ? "덧붙였습니다" : before !== undefined ? "덮어썼습니다" : "새로 썼습니다";
  call.output.stream("stdout", `${path}: ${verb} (${new TextEncoder().encode(text).length}바이트)\n`);
}

function readOptions(args: readonly string[]): Options {
  let append = false;
  let mode: number | undefined;
  const paths: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (word === "-a" || word === "--append") append = true;
    else if (word === "--mode" || word.startsWith("--mode="))
      mode = readMode(word === "--mode" ? args[++at] : word.slice(7));
    else if (word.startsWith("-") && word !== "-") {
      throw new MagicError(
        "LB_UNKNOWN_FLAG",
        `%%writefile에 ${word}라는 옵션은 없습니다. 쓸 수 있는 옵션: -a, --mode. (Unknown option ${word}.)`,
      );
    } else paths.push(word);
  }
  const [path] = paths;
  if (path === undefined || paths.length > 1) {
    throw new MagicError(
      "LB_WRITEFILE_PATH",
      path === undefined
        ? `어느 파일에 쓸지 적으세요: ${writefileMagic.usage} (A path is missing.)`
        : `파일은 하나만 적을 수 있습니다: ${paths.join(" ")}. 이름에 빈칸이 있으면 따옴표로 묶으세요. (One path only; quote spaces.)`,
    );
  }
  return { append, mode, path };
}

function readMode(text: string | undefined): number {
  if (text === undefined || !/^0?[0-7]{3,4}$/.test(text)) {
    throw new MagicError(
      "LB_BAD_MODE",
      `--mode에는 755처럼 8진수 세 자리나 네 자리를 씁니다: "${text ?? ""}". (--mode takes octal digits.)`,
    );
  }
  return parseInt(text, 8);
}
