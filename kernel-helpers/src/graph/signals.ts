/** STOPSIGNAL's values (moby/sys/signal). */

import { Refusal } from "./refusal";

const names = new Set(
  (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU " +
    "URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
  ).split(" "),
);
for (let i = 1; i <= 15; i++) names.add(`RTMIN+${i}`);
for (let i = 1; i <= 14; i++) names.add(`RTMAX-${i}`);

/** Throws Refusal `invalid signal: X` unless *text* is a number other than 0 or a signal's name, with or without `SIG`. */
export function checkSignal(text: string): void {
  const numeric = /^[+-]?\d+$/.test(text);
  if (numeric ? Number(text) !== 0 : names.has(text.toUpperCase().replace(/^SIG/, ""))) return;
  throw new Refusal("invalid signal: " + text, "LB_STOPSIGNAL");
}
