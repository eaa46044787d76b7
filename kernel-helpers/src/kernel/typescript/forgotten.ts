/** A cell that lost its first line: what is written below `%%dockerfile`, `%%sh` or `!` is no TypeScript, and one sentence says so. */

/** The line that shows what the cell was meant to be, 1-based, and what is missing. */
export interface ForgottenMagic {
  readonly line: number;
  readonly text: string;
  readonly sentence: string;
}

const FROM = /^\s*FROM\s+\S+(\s+AS\s+\S+)?\s*$/;
const INSTRUCTION = /^\s*(FROM|ARG|WORKDIR|COPY|ADD|RUN|ENV|LABEL|CMD|EXPOSE|USER)\s+\S/;
/** Commands that lessons use, followed by a word: `rm(x)` and `node = 1` are TypeScript. */
const COMMAND =
  /^\s*(docker|layerbook|ls|cat|echo|touch|chmod|mkdir|rm|cp|mv|sed|npm|node|apt-get)(\s+[-\w./"'~*][^(;]*)?\s*$/;

/** What *code*, a cell that does not compile, was meant to be; undefined when it may be TypeScript. */
export function forgottenMagic(code: string): ForgottenMagic | undefined {
  const lines = code.split("\n");
  const at = lines.findIndex((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const text = lines[at];
  if (text === undefined) return undefined;
  if (FROM.test(text) || (INSTRUCTION.test(text) && lines.some((line) => FROM.test(line))))
    return {
      line: at + 1,
      text,
      sentence:
        "이 셀은 Dockerfile로 보입니다. 첫 줄에 `%%dockerfile -t memo`처럼 적고 다시 실행하세요. (This looks like a Dockerfile: begin the cell with %%dockerfile.)",
    };
  if (COMMAND.test(text))
    return {
      line: at + 1,
      text,
      sentence:
        "이 셀은 셸 명령으로 보입니다. 한 줄이면 맨 앞에 `!`를, 여러 줄이면 첫 줄에 `%%sh`를 적고 다시 실행하세요. (This looks like a shell command: begin the line with ! or the cell with %%sh.)",
    };
  return undefined;
}
