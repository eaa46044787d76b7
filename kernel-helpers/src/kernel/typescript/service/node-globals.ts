/**
 * The globals of Node that cells use most, in a few kilobytes. With them a cell is checked without Node's own declarations, which
 * take half a second and 60 MB. A cell that imports a package or in which anything is found wrong is judged again with the real ones:
 * what stands here may say too little, never too much.
 */

/** A global declaration file. */
export const NODE_GLOBALS = `
interface LayerbookStream { write(chunk: string | Uint8Array, ...rest: any[]): boolean; readonly isTTY?: boolean; readonly columns?: number }
interface Process {
  readonly argv: string[]; readonly env: { [name: string]: string | undefined }; readonly version: string; readonly pid: number;
  readonly platform: string; readonly arch: string; readonly versions: { [name: string]: string };
  readonly stdout: LayerbookStream; readonly stderr: LayerbookStream;
  cwd(): string; uptime(): number; nextTick(callback: (...args: any[]) => void, ...args: any[]): void;
  hrtime: { (time?: [number, number]): [number, number]; bigint(): bigint };
  memoryUsage(): { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number };
  exit(code?: number | string | null): never;
}
declare var process: Process;
interface Console {
  /** Prints to stdout. */
  log(message?: any, ...rest: any[]): void;
  /** Prints to stderr. */
  error(message?: any, ...rest: any[]): void;
  warn(message?: any, ...rest: any[]): void;
  info(message?: any, ...rest: any[]): void;
  debug(message?: any, ...rest: any[]): void;
  table(data: any, columns?: readonly string[]): void;
  dir(value: any, options?: object): void;
  group(...label: any[]): void; groupEnd(): void;
  time(label?: string): void; timeEnd(label?: string): void; timeLog(label?: string, ...data: any[]): void;
  assert(value: any, message?: string, ...rest: any[]): void;
  count(label?: string): void; countReset(label?: string): void; trace(message?: any, ...rest: any[]): void;
}
declare var console: Console;
interface LayerbookTimer { unref(): this; ref(): this; hasRef(): boolean; [Symbol.toPrimitive](): number }
declare function setTimeout<T extends any[]>(callback: (...args: T) => void, ms?: number, ...args: T): LayerbookTimer;
declare function setInterval<T extends any[]>(callback: (...args: T) => void, ms?: number, ...args: T): LayerbookTimer;
declare function setImmediate<T extends any[]>(callback: (...args: T) => void, ...args: T): object;
declare function clearTimeout(timer: LayerbookTimer | string | number | undefined): void;
declare function clearInterval(timer: LayerbookTimer | string | number | undefined): void;
declare function clearImmediate(immediate: object | undefined): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T, options?: object): T;
declare var performance: { now(): number; readonly timeOrigin: number };
interface AbortSignal { readonly aborted: boolean; readonly reason: any; throwIfAborted(): void }
declare var AbortController: { new (): { readonly signal: AbortSignal; abort(reason?: any): void } };
declare var TextEncoder: { new (): { encode(text?: string): Uint8Array } };
declare var TextDecoder: { new (label?: string): { decode(bytes?: Uint8Array): string } };
declare namespace NodeJS {
  interface Require { (id: string): any; resolve(id: string, options?: object): string; cache: any }
  interface Module { exports: any }
  interface ProcessEnv { [name: string]: string | undefined }
}
declare var require: NodeJS.Require;
declare var module: NodeJS.Module;
declare var exports: any;
declare var __filename: string;
declare var __dirname: string;
declare var global: typeof globalThis;
`;

/** Names declared above and what belongs to them: a question about one of them is for the real declarations. */
export const NODE_NAMES: ReadonlySet<string> = new Set(
  [...NODE_GLOBALS.matchAll(/^declare (?:var|function|namespace) (\w+)/gm)].map(([, name]) => name as string),
);
