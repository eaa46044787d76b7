// Everything the scripts tell a person: short lines in Korean and English, progress of slow parts, and problems with their way out.
const out = process.stdout;

/** Prints one line, Korean first, English after it. */
export function say(ko, en) {
  out.write(en === undefined ? `${ko}\n` : `${ko} · ${en}\n`);
}

/**
 * Something that keeps a script from going on and that a person can mend. *ko* and *en* each say `what` is wrong and `why` it
 * matters; *fix* lists the exact commands (or one sentence) that mend it; *code* is stable (`LB_…`).
 */
export class Problem extends Error {
  constructor(code, { ko, en, fix }) {
    super(en.what);
    this.name = "Problem";
    this.code = code;
    this.ko = ko;
    this.en = en;
    this.fix = fix;
  }
}

/** The text of a problem, as it is printed. */
export function problemText(problem) {
  const fix = problem.fix.map((line) => `      ${line}`).join("\n");
  return [
    `✗ ${problem.ko.what} (${problem.code})`,
    `  까닭: ${problem.ko.why}`,
    `  ${problem.en.what}`,
    `  Why: ${problem.en.why}`,
    `  고치는 법 · How to fix:`,
    fix,
    "",
  ].join("\n");
}

/**
 * Runs a script's `main` and ends the process with its answer (0 when it answers nothing). Whatever goes wrong is told as a
 * problem, never as a stack trace; `LAYERBOOK_DEBUG=1` adds the stack for those who mend the scripts.
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    const { asProblem } = await import("./problems.mjs");
    const problem = asProblem(error);
    process.stderr.write(`\n${problemText(problem)}`);
    if (process.env.LAYERBOOK_DEBUG) process.stderr.write(`${error.stack}\n`);
    process.exitCode = problem.exitCode ?? 1;
  }
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(0)}s`;

/**
 * Shows that a slow part is going on: on a terminal one line that is rewritten, elsewhere a line at the start, every ten
 * seconds and at the end. *update* gives the words shown behind the name (`"12/94"`).
 */
export class Progress {
  #ko;
  #en;
  #since = Date.now();
  #detail = "";
  #timer;

  constructor(ko, en) {
    this.#ko = ko;
    this.#en = en;
    if (out.isTTY) this.#timer = setInterval(() => this.#redraw(), 200);
    else {
      say(`… ${ko}`, en);
      this.#timer = setInterval(() => say(`  … ${this.#ko} ${this.#detail} ${seconds(this.#since)}`), 10_000);
    }
    this.#timer.unref();
  }

  update(detail) {
    this.#detail = detail;
  }

  #redraw() {
    const line = `… ${this.#ko} · ${this.#en} ${this.#detail} ${seconds(this.#since)}`;
    out.write(`\r${line}\u001b[K`);
  }

  done() {
    clearInterval(this.#timer);
    if (out.isTTY) out.write("\r\u001b[K");
    say(`✓ ${this.#ko} (${seconds(this.#since)})`, this.#en);
  }

  fail() {
    clearInterval(this.#timer);
    if (out.isTTY) out.write("\r\u001b[K");
  }
}
