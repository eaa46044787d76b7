/** Keeps the process alive and talking whatever code of cells does to it. */

import type { StreamName } from "../output/iopub";

/** What to do with an error that nobody caught. */
export interface GuardHandlers {
  /** *late*: thrown in a timer or callback; otherwise a promise that was rejected and never looked at. */
  uncaught(error: unknown, kind: "exception" | "rejection"): void;
  interrupt(): void;
  stream(name: StreamName, text: string): void;
}

const hidden = process as unknown as { reallyExit: (code: number) => never };
const reallyExit = hidden.reallyExit.bind(process);

/** Ends the process for good; what `process.exit` was, without its handlers. */
export function exitProcess(code: number): never {
  return reallyExit(code);
}

/** Installs the guards. Once per process. */
export function installGuards(handlers: GuardHandlers): void {
  const refuse = (name: string): never => {
    throw Object.assign(
      new Error(
        `${name}은 노트북에서 쓸 수 없습니다: 커널이 꺼지고 변수가 모두 사라집니다. 셀을 끝내려면 throw나 return을 쓰세요. (The kernel keeps running.)`,
      ),
      { name: "ProcessExit", code: "LB_PROCESS_EXIT" },
    );
  };
  process.exit = (code?: string | number | null) => refuse(`process.exit(${code ?? ""})`);
  hidden.reallyExit = () => refuse("process.reallyExit()"); // its undocumented other name
  process.abort = () => refuse("process.abort()");
  lockGlobals();
  renew = () => {
    process.removeAllListeners("warning"); // warnings of Node are for its operator, not for a learner
    process.on("SIGINT", () => handlers.interrupt());
    process.on("uncaughtException", (error) => handlers.uncaught(error, "exception"));
    process.on("unhandledRejection", (reason) => handlers.uncaught(reason, "rejection"));
    process.on("warning", (warning) => {
      if (warning.name !== "ExperimentalWarning" && warning.name !== "DeprecationWarning") {
        handlers.stream("stderr", `${warning.name}: ${warning.message}\n`);
      }
    });
  };
  renew();
}

let renew = (): void => undefined;

/** Puts the listeners back when code of a cell has removed them: an error in a timer would end the process. */
export function renewGuards(): void {
  if (process.listenerCount("uncaughtException") === 0) renew();
}

/** Globals that the kernel itself works with cannot be replaced by a cell. Timers and the clock can: tests fake them. */
function lockGlobals(): void {
  for (const name of [
    "Promise",
    "Object",
    "Array",
    "Map",
    "Set",
    "JSON",
    "Atomics",
    "Symbol",
    "Buffer",
    "Error",
    "String",
    "RegExp",
  ]) {
    const value = (globalThis as Readonly<Record<string, unknown>>)[name];
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
  }
}
