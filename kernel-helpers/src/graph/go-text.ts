/** Lists and durations as Go's fmt prints them; BuildKit's history entries show values so. */

import { goQuote } from "../dockerfile/go-text";

/** A list as `%v` prints it: `[a b]`. */
export function formatList(items: readonly string[]): string {
  return `[${items.join(" ")}]`;
}

/** A list as `%q` prints it: `["a" "b"]`. */
export function formatQuotedList(items: readonly string[]): string {
  return `[${items.map(goQuote).join(" ")}]`;
}

const nanosecondsPerSecond = 1_000_000_000;

/**
 * A duration of *nanoseconds* as Go's time.Duration prints it: `0s`, `1.5s`, `1m30s`, `1h0m0s`, `500ms`.
 * Exact up to 2^53 nanoseconds (104 days).
 */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  const sign = nanoseconds < 0 ? "-" : "";
  const total = Math.abs(nanoseconds);
  if (total < nanosecondsPerSecond) {
    const [unit, size] =
      total < 1_000
        ? (["ns", 1] as const)
        : total < 1_000_000
          ? (["µs", 1_000] as const)
          : (["ms", 1_000_000] as const);
    return sign + fraction(total, size) + unit;
  }
  const hours = Math.floor(total / (3600 * nanosecondsPerSecond));
  const minutes = Math.floor(total / (60 * nanosecondsPerSecond)) % 60;
  const rest = total % (60 * nanosecondsPerSecond);
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return sign + head + fraction(rest, nanosecondsPerSecond) + "s";
}

/** value / unit in decimals, without trailing zeros; both are whole numbers. */
function fraction(value: number, unit: number): string {
  const whole = Math.floor(value / unit);
  const digits =
    unit === 1
      ? ""
      : String(value % unit)
          .padStart(String(unit).length - 1, "0")
          .replace(/0+$/, "");
  return digits === "" ? String(whole) : `${whole}.${digits}`;
}
