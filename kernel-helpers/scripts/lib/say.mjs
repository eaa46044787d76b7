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

/** Parts going on right now; a terminal shows them on one line. */
const active = new Set();
let timer;

function redraw() {
  const parts = [...active].map((part) => part.line());
  const width = (out.columns ?? 80) - 2;
  // 한글 takes two columns: cut by what it takes, or the line would wrap and leave copies of itself behind.
  let shown = "";
  let taken = 0;
  for (const letter of parts.join("   ")) {
    taken += letter > "\u1100" ? 2 : 1;
    if (taken > width) break;
    shown += letter;
  }
  out.write(`\r${shown}\u001b[K`);
}

function tick() {
  if (out.isTTY) redraw();
  else for (const part of active) out.write(`  ${part.line()}\n`);
}

/**
 * Shows that a slow part is going on: on a terminal in one line that is rewritten, elsewhere in a line at the start, every ten
 * seconds and at the end. *update* gives the words shown behind the name (`"12/94"`). Parts may overlap.
 */
export class Progress {
  #ko;
  #en;
  #since = Date.now();
  #detail = "";

  constructor(ko, en) {
    this.#ko = ko;
    this.#en = en;
    active.add(this);
    if (!out.isTTY) say(`… ${ko}`, en);
    timer ??= setInterval(tick, out.isTTY ? 200 : 10_000);
    timer.unref();
  }

  update(detail) {
    this.#detail = detail;
  }

  line() {
    return `… ${this.#ko} ${this.#detail} ${seconds(this.#since)}`;
  }

  #end() {
    active.delete(this);
    if (out.isTTY) out.write("\r\u001b[K");
    if (active.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  done() {
    this.#end();
    say(`✓ ${this.#ko} (${seconds(this.#since)})`, this.#en);
  }

  fail() {
    this.#end();
  }
}
