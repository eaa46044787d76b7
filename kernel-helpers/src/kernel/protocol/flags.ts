/** The shared words through which the control thread reaches a main thread that is busy in a loop. */

/** Index of the word that loops in cells look at: 0 go on, else some of STOP, TICK and HUNT. */
export const FLAG = 0;
/** 1 while the main thread is inside a script that SIGINT can stop. */
export const IN_SCRIPT = 1;
/** 1 while a cell runs: the control thread sends TICK only then. */
export const RUNNING = 2;
/** 0 while the main thread waits for a line of input without leaving its loop, 1 when it has come. */
export const INPUT = 3;

/** 1 when the main thread has received the last interrupt: it is not stuck. */
export const NOTICED = 4;
/** Process id of the compiler, which an interrupt spares; 0 while there is none. */
export const COMPILER = 5;

/** Bit of FLAG: throw, the learner has interrupted. */
export const STOP = 1;
/** Bit of FLAG: some time has passed; look after output and memory. */
export const TICK = 2;
/** Bit of FLAG: some interrupted cell may still run in the background; throw if it is the one. */
export const HUNT = 4;

/** Milliseconds between two TICKs. */
export const TICK_MS = 50;

/** New shared words, all 0. */
export function createFlags(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(6 * Int32Array.BYTES_PER_ELEMENT));
}
