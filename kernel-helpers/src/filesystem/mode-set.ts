/** Symbolic modes as `COPY --chmod=u=rwX,go-w` takes them (BSD setmode, as in tonistiigi/dchapes-mode), without a umask. */

import type { FileType } from "../platform/files";
import { FileOpError } from "./syscalls";

const SETUID = 0o4000;
const SETGID = 0o2000;
const STICKY = 0o1000;
const STANDARD = SETUID | SETGID | 0o777;

const WHO: Readonly<Record<string, number>> = { a: STANDARD, u: SETUID | 0o700, g: SETGID | 0o070, o: 0o007 };

type Command =
  | { readonly kind: "set"; readonly bits: number }
  | { readonly kind: "clear"; readonly bits: number }
  | { readonly kind: "X"; readonly bits: number }
  | { readonly kind: "copy"; readonly from: "u" | "g" | "o"; readonly op: string; readonly who: number };

/** A mode change that can be applied to modes. */
export interface ModeSet {
  /** The new permission bits of an entry with *mode*. */
  apply(mode: number, type: FileType): number;
}

/** Reads an octal or symbolic mode. Throws FileOpError `invalid syntax`. */
export function parseModeSet(text: string): ModeSet {
  if (/^[0-9]/.test(text)) {
    const value = parseInt(text, 8);
    if (!/^[0-7]+$/.test(text) || value > 0o7777) throw new FileOpError("invalid syntax");
    return { apply: () => value };
  }
  const commands = compress(new ModeParser(text).parse());
  return { apply: (mode, type) => applyCommands(commands, mode, type) };
}

class ModeParser {
  private at = 0;
  private readonly commands: Command[] = [];
  private equalDone = false;

  constructor(private readonly text: string) {}

  parse(): Command[] {
    if (this.text === "") throw new FileOpError("invalid syntax");
    for (;;) {
      const who = this.who();
      do this.clause(who);
      while (this.at < this.text.length && this.text[this.at] !== ",");
      if (this.at >= this.text.length) return this.commands;
      this.at++;
    }
  }

  private who(): number {
    let who = 0;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) throw new FileOpError("invalid syntax");
      const bits = WHO[c];
      if (bits === undefined) return who;
      who |= bits;
      this.at++;
    }
  }

  /** One operator and its permissions. */
  private clause(given: number): void {
    const op = this.text[this.at++] ?? "";
    if (op !== "+" && op !== "-" && op !== "=") throw new FileOpError("invalid syntax");
    if (op === "=") this.equalDone = false;
    let who = given & ~STICKY;
    let perm = 0;
    let permX = 0;
    for (; ; this.at++) {
      const c = this.text[this.at] ?? "";
      const all = who === 0 || (who & ~0o007) !== 0;
      if (c === "r") perm |= 0o444;
      else if (c === "w") perm |= 0o222;
      else if (c === "x" || (c === "X" && op === "-")) perm |= 0o111;
      else if (c === "X") permX = 0o111;
      else if (c === "s") perm |= all ? SETUID | SETGID : 0;
      else if (c === "t") {
        if (all) {
          who |= STICKY;
          perm |= STICKY;
        }
      } else if (c === "u" || c === "g" || c === "o") {
        if (perm !== 0) this.add(op, who, perm);
        perm = 0;
        if (op === "=") this.equalDone = true;
        if (permX !== 0) this.add("X", who, permX);
        permX = 0;
        this.commands.push({ kind: "copy", from: c, op, who });
      } else {
        if (perm !== 0 || (op === "=" && !this.equalDone)) {
          if (op === "=") this.equalDone = true;
          this.add(op, who, perm);
        }
        if (permX !== 0) this.add("X", who, permX);
        return;
      }
    }
  }

  private add(op: string, who: number, perm: number): void {
    const bits = who !== 0 ? who & perm : perm;
    if (op === "=") {
      this.commands.push({ kind: "clear", bits: who !== 0 ? who : STANDARD });
      this.commands.push({ kind: "set", bits });
    } else this.commands.push({ kind: op === "+" ? "set" : op === "-" ? "clear" : "X", bits });
  }
}

/** Neighbouring changes become one of each kind, in the order clear, set, X. */
function compress(commands: readonly Command[]): Command[] {
  const out: Command[] = [];
  let set = 0;
  let clear = 0;
  let x = 0;
  const flush = (): void => {
    if (clear !== 0) out.push({ kind: "clear", bits: clear });
    if (set !== 0) out.push({ kind: "set", bits: set });
    if (x !== 0) out.push({ kind: "X", bits: x });
    set = clear = x = 0;
  };
  for (const command of commands) {
    if (command.kind === "copy") {
      flush();
      out.push(command);
    } else if (command.kind === "clear") {
      clear |= command.bits;
      set &= ~command.bits;
      x &= ~command.bits;
    } else if (command.kind === "set") {
      set |= command.bits;
      clear &= ~command.bits;
      x &= ~command.bits;
    } else x |= command.bits & ~set;
  }
  flush();
  return out;
}

function applyCommands(commands: readonly Command[], mode: number, type: FileType): number {
  let next = mode;
  for (const command of commands) {
    if (command.kind === "set") next |= command.bits;
    else if (command.kind === "clear") next &= ~command.bits;
    else if (command.kind === "X") {
      if ((mode & 0o111) !== 0 || type === "dir") next |= command.bits;
    } else next = copyBits(next, command.from, command.op, command.who);
  }
  return next & 0o7777;
}

/** `g=u`, `o+g` …: the bits of one class for others. */
function copyBits(mode: number, from: "u" | "g" | "o", op: string, who: number): number {
  const value = (mode >> { u: 6, g: 3, o: 0 }[from]) & 7;
  let next = mode;
  for (const [bit, shift] of [
    [0o400, 6],
    [0o040, 3],
    [0o004, 0],
  ] as const) {
    if (who !== 0 && (who & bit) === 0) continue;
    if (op === "=") next &= ~(7 << shift);
    else if (op === "-") next &= ~(value << shift);
    if (op !== "-") next |= value << shift;
  }
  return next;
}
