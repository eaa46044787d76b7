/** `echo`, `printf`, `test`, `[`, `[[`. */

import type { Builtin } from "./builtins";
import { printf, unescape } from "./printf";
import type { Shell } from "./shell";
import { testExpression } from "./test-program";

/** What echo prints for *args* (without the name). */
export function echoText(args: readonly string[], flavour: "ash" | "dash" | "bash"): string {
  let newline = true;
  let escapes = flavour === "dash";
  let i = 0;
  const options = flavour === "dash" ? /^-n$/ : /^-[neE]+$/;
  for (; i < args.length && options.test(args[i] as string); i++) {
    for (const letter of (args[i] as string).slice(1)) {
      if (letter === "n") newline = false;
      else escapes = letter === "e";
    }
  }
  const text = args.slice(i).join(" ");
  if (!escapes) return text + (newline ? "\n" : "");
  const result = unescape(text, {
    octal0: true,
    hex: flavour !== "dash",
    stop: true,
    esc: flavour !== "dash",
  });
  return result.text + (newline && !result.stopped ? "\n" : "");
}

function complain(shell: Shell, name: string): (text: string) => void {
  if (shell.dialect === "ash") return (text) => shell.process.err(`${applet(shell)}: ${text}\n`);
  return (text) => shell.complain(text, name);
}

/** busybox's builtin applets call themselves by the name of the shell. */
function applet(shell: Shell): string {
  return shell.process.name === "ash" ? "ash" : "sh";
}

function tester(name: string): Builtin {
  return {
    *run(shell, args) {
      let rest = args.slice(1);
      if (name !== "test") {
        const close = name === "[" ? "]" : "]]";
        if (rest.at(-1) !== close) {
          complain(shell, name)(shell.dialect === "bash" ? `missing \`${close}'` : `missing ${close}`);
          return 2;
        }
        rest = rest.slice(0, -1);
      }
      return testExpression(shell.process, rest, {
        flavour: shell.dialect,
        patterns: name === "[[",
        complain: complain(shell, name),
      });
    },
  };
}

export const outputBuiltins: Readonly<Record<string, Builtin>> = {
  echo: {
    *run(shell, args) {
      shell.process.out(echoText(args.slice(1), shell.dialect));
      return 0;
    },
  },
  printf: {
    *run(shell, args) {
      let rest = args.slice(1);
      let variable: string | undefined;
      if (rest[0] === "-v" && shell.dialect === "bash") {
        variable = rest[1];
        rest = rest.slice(2);
      }
      if (rest[0] === "--") rest = rest.slice(1);
      if (rest.length === 0) {
        if (shell.dialect === "dash") throw shell.failure("usage: printf format [arg ...]", 2);
        if (shell.dialect === "bash")
          shell.process.err("printf: usage: printf [-v var] format [arguments]\n");
        else complain(shell, "printf")("usage: printf FORMAT [ARGUMENT...]");
        return 2;
      }
      const { pieces, status } = printf(rest, shell.dialect);
      if (variable !== undefined) shell.set(variable, pieces.map(({ text }) => text ?? "").join(""));
      for (const { text, error } of pieces) {
        if (error !== undefined) complain(shell, "printf")(error);
        else if (variable === undefined) shell.process.out(text);
      }
      return status;
    },
  },
  test: tester("test"),
  "[": tester("["),
  "[[": { ...tester("[["), only: ["ash"] },
};
