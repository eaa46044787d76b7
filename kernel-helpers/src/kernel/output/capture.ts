/** Turns what code writes to the process's standard streams into outputs of the cell that wrote it. */

import * as fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { StringDecoder } from "node:string_decoder";
import type { StreamName } from "./iopub";

/** Where written text goes. Called inside the async context of the writer. */
export type StreamSink = (name: StreamName, text: string) => void;

/**
 * Redirects `process.stdout`, `process.stderr` and `fs.writeSync(1 | 2, …)` to *sink*. A character split over two writes
 * arrives whole. Once per process.
 */
export function captureStreams(sink: StreamSink): void {
  const decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  const put = (name: StreamName, chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === "string") {
      const binary = typeof encoding === "string" && !/^(utf-?8|utf16le|ucs-?2)$/i.test(encoding);
      sink(name, binary ? decoders[name].write(Buffer.from(chunk, encoding as BufferEncoding)) : chunk);
    } else {
      const bytes = chunk as Uint8Array;
      sink(name, decoders[name].write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
    }
  };
  for (const name of ["stdout", "stderr"] as const) {
    const stream = process[name];
    stream.write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
      put(name, chunk, encoding);
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") process.nextTick(callback);
      return true;
    };
  }
  const realWriteSync = fs.writeSync as (...all: unknown[]) => number;
  // The module itself, not a copy of its names: what `import * as fs` compiles to may be one.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const patched = require("node:fs") as { writeSync: unknown };
  patched.writeSync = (descriptor: number, data: unknown, ...rest: unknown[]): number => {
    if (descriptor !== 1 && descriptor !== 2) {
      return realWriteSync(descriptor, data, ...rest);
    }
    const name = descriptor === 1 ? "stdout" : "stderr";
    if (typeof data === "string") {
      put(name, data, rest[1]);
      return Buffer.byteLength(data);
    }
    const view = data as Uint8Array;
    const options =
      typeof rest[0] === "object" && rest[0] !== null
        ? (rest[0] as { offset?: number; length?: number })
        : undefined;
    const offset = options?.offset ?? (typeof rest[0] === "number" ? rest[0] : 0);
    const length = options?.length ?? (typeof rest[1] === "number" ? rest[1] : view.byteLength - offset);
    put(name, new Uint8Array(view.buffer, view.byteOffset + offset, length), undefined);
    return length;
  };
  syncBuiltinESMExports();
}
