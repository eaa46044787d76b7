/** Numbers as Go prints them: `%.1f` with ties to even, byte sizes of progress rows, cutting and padding by byte and rune. */

/**
 * *value* with exactly *digits* decimals as Go's `%.Nf` prints it. `toFixed` differs where the double lies exactly half-way
 * (0.25 → `0.2` in Go, `0.3` in JavaScript).
 */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  const magnitude = Math.abs(value);
  let text = magnitude.toFixed(digits);
  if (magnitude < 1e15) {
    const exact = magnitude.toFixed(Math.min(100, digits + 60));
    const rest = exact.slice(exact.length - 60);
    const last = digits === 0 ? exact[exact.length - 62] : exact[exact.length - 61];
    if (rest[0] === "5" && /^50*$/.test(rest) && Number(last) % 2 === 0) {
      text = exact.slice(0, exact.length - 60).replace(/\.$/, "");
    }
  }
  return (value < 0 || Object.is(value, -0) ? "-" : "") + text;
}

/** Milliseconds as the float64 that Go's `Duration.Seconds` gives: whole seconds plus the rest in nanoseconds. */
export function secondsOf(milliseconds: number): number {
  const whole = Math.trunc(milliseconds / 1000);
  const nanoseconds = Math.round((milliseconds - whole * 1000) * 1e6);
  return whole + nanoseconds / 1e9;
}

/** *bytes* as BuildKit's progress rows write it: `34B`, `1.84kB`, `3.62MB` (tonistiigi/units, `%.2f`). */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  const magnitude = Math.abs(bytes);
  if (magnitude >= OVERFLOW) return hugeBytes(BigInt(bytes));
  let unit = 0;
  let base = 1;
  while (unit < units.length - 1 && magnitude >= base * 1000) {
    base *= 1000;
    unit++;
  }
  return unit === 0 ? `${bytes}B` : fixed(bytes / base, 2) + (units[unit] ?? "");
}

/** From here on the library's own base of the next unit, 10^21 as an int64, is passed. */
const OVERFLOW = 3_875_820_019_684_212_736;

/** What the library makes of its overflowing base: the wrong unit, or a panic that fmt prints (`floatValue`). */
function hugeBytes(bytes: bigint): string {
  const most = 2n ** 63n - 1n;
  const value = bytes > most ? most : bytes < -most ? -most - 1n : bytes;
  let base = value < 0n ? -1n : 1n;
  let unit = 0;
  for (;;) {
    const next = BigInt.asIntN(64, base * 1000n);
    if (!(base > 0n && value >= next) && !(base < 0n && value <= next)) break;
    unit++;
    base = next;
    if (base === 0n) break;
  }
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
  const text = units[unit];
  if (text === undefined)
    return `%!f(PANIC=Format method: runtime error: index out of range [${unit}] with length ${units.length})`;
  return fixed(Number(value) / Math.abs(Number(base)), 2) + text;
}

/** The suffix of a status row: ` 34B`, ` 451B / 3.62MB`, or nothing. */
export function formatAmount(current: number, total: number): string {
  if (total !== 0) return ` ${formatBytes(current)} / ${formatBytes(total)}`;
  return current !== 0 ? ` ${formatBytes(current)}` : "";
}

const encoder = new TextEncoder();

/** Length in UTF-8 bytes: what Go's `len` of a string is. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

/** The first *bytes* bytes. A character cut in two leaves one U+FFFD for every byte of it, as a terminal shows them. */
export function cutBytes(text: string, bytes: number): string {
  if (bytes <= 0) return "";
  if (byteLength(text) <= bytes) return text;
  const cut = encoder.encode(text).subarray(0, bytes);
  let end = cut.length;
  while (end > 0 && ((cut[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  const lead = end > 0 ? (cut[end - 1] ?? 0) : 0;
  const need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  const present = cut.length - end + 1;
  const whole = present >= need ? cut.length : end - 1;
  return new TextDecoder().decode(cut.subarray(0, whole)) + "\ufffd".repeat(cut.length - whole);
}

/** Left-justified in *width* runes, as Go's `%-*s` (a negative width counts as positive). */
export function padRunes(text: string, width: number): string {
  let runes = 0;
  for (const _ of text) runes++;
  return text + " ".repeat(Math.max(0, Math.abs(width) - runes));
}
