/** Symbolic and octal modes, as chmod, mkdir, install and umask read them. */

/**
 * The mode that *text* makes of *mode*; undefined when it is none.
 * *umask* counts where no `ugoa` is given. *dir* matters for `X`.
 */
export function parseMode(
  text: string,
  mode: number,
  dir: boolean,
  umask: number,
  gnu = false,
): number | undefined {
  if (/^[0-7]+$/.test(text)) {
    const value = Number.parseInt(text, 8);
    return value > 0o7777 ? undefined : value;
  }
  let result = mode;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(clause);
    if (match === null) return undefined;
    const who = match[1] === "" ? "a" : (match[1] as string);
    const limit = match[1] === "" ? 0o7777 & ~umask : 0o7777;
    for (const [, op = "", perms = ""] of (match[2] as string).matchAll(/([-+=])([rwxXstugo]*)/g)) {
      let bits = 0;
      let classes = 0;
      for (const one of who)
        classes |= one === "u" ? 0o4700 : one === "g" ? 0o2070 : one === "o" ? 0o1007 : 0o7777;
      for (const perm of perms) {
        if (perm === "r") bits |= 0o444;
        else if (perm === "w") bits |= 0o222;
        else if (perm === "x") bits |= 0o111;
        else if (perm === "X") bits |= dir || (result & 0o111) !== 0 ? 0o111 : 0;
        else if (perm === "s") bits |= 0o6000;
        else if (perm === "t") bits |= 0o1000;
        else {
          const from = (result >> (perm === "u" ? 6 : perm === "g" ? 3 : 0)) & 7;
          bits |= (from << 6) | (from << 3) | from;
        }
      }
      // The sticky bit belongs to `a`; GNU takes it with `o` too.
      const mask =
        (classes & 0o6777) |
        (perms.includes("t") && (who.includes("a") || (gnu && who.includes("o"))) ? 0o1000 : 0);
      const change = bits & mask & limit;
      if (op === "+") result |= change;
      else if (op === "-") result &= ~change;
      else {
        const keep = dir ? result & 0o6000 : 0;
        result = (result & ~mask) | change | (keep & ~(perms.includes("s") ? 0 : 0o10000));
      }
    }
  }
  return result & 0o7777;
}
