/** The commands of a shell line that runs one after the other and stops at the first failure. */

export interface ShellLine {
  /** `set -eux` and the like before the commands; "" for none. */
  readonly prefix: string;
  /** As written, blanks at line ends drawn together. */
  readonly commands: readonly string[];
}

/**
 * Commands joined by `&&`, or by `;` after a `set -e`. Undefined for a line with `||`, `&`, a lone `;` or an open quote at its top: it
 * cannot be cut without changing what it means.
 */
export function splitCommands(line: string): ShellLine | undefined {
  const commands: string[] = [];
  const joints: string[] = [];
  let command = "";
  let depth = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (char === "\\") {
      command += char + (line[++at] ?? "");
    } else if (char === "'" || char === '"') {
      const end = endOfQuote(line, at);
      if (end < 0) return undefined;
      command += line.slice(at, end + 1);
      at = end;
    } else if (char === "(" || char === "{") {
      depth++;
      command += char;
    } else if (char === ")" || char === "}") {
      depth--;
      command += char;
    } else if (depth > 0) {
      command += char;
    } else if (line.startsWith("&&", at) || char === ";") {
      commands.push(command);
      joints.push(char === ";" ? ";" : "&&");
      command = "";
      if (char !== ";") at++;
    } else if (line.startsWith("||", at) || char === "\n" || isBackground(line, at)) {
      return undefined;
    } else if (char === "#" && /(^|\s)$/.test(command)) {
      return undefined;
    } else command += char;
  }
  if (depth !== 0) return undefined;
  commands.push(command);
  const clean = commands.map(tidy);
  if (clean.at(-1) === "" && joints.at(-1) === ";") {
    clean.pop();
    joints.pop();
  }
  if (clean.some((one) => one === "" || COMPOUND.test(one))) return undefined;
  const isStrict = /^set\s+-[a-z]*e[a-z]*$/.test(clean[0] ?? "");
  if (joints.includes(";") && !isStrict) return undefined;
  return isStrict ? { prefix: clean[0]!, commands: clean.slice(1) } : { prefix: "", commands: clean };
}

/** Begins a compound command, whose pieces belong together. */
const COMPOUND = /^(if|then|else|elif|fi|for|while|until|do|done|case|esac)\b/;

function isBackground(line: string, at: number): boolean {
  // `2>&1` and `&>` are redirections.
  return line[at] === "&" && line[at - 1] !== ">" && line[at - 1] !== "<" && line[at + 1] !== ">";
}

function endOfQuote(line: string, at: number): number {
  const quote = line[at]!;
  for (let i = at + 1; i < line.length; i++) {
    if (line[i] === "\\" && quote === '"') i++;
    else if (line[i] === quote) return i;
  }
  return -1;
}

/** Blanks that continuation lines left, drawn together. */
function tidy(command: string): string {
  return command.trim().replace(/[ \t]{2,}(?=([^'"]*(['"])[^'"]*\2)*[^'"]*$)/g, " ");
}
