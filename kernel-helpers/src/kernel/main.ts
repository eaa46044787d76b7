/** The kernel's own fast entry: `node dist/kernel/main.js CONNECTION_FILE`. */

import { readFileSync } from "node:fs";
import type { ConnectionInfo } from "./protocol/messages";

/** Serves the connection described in *file*. Resolves when its channels are closed. */
export async function startKernel(file: string): Promise<void> {
  const connection = JSON.parse(readFileSync(file, "utf8")) as ConnectionInfo;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a wrong call must fail before ZeroMQ is loaded
  const { Kernel } = require("./kernel") as typeof import("./kernel");
  await Kernel.start(connection);
}

if (require.main === module) {
  const file = process.argv[2];
  if (file === undefined) {
    process.stderr.write("사용법: node main.js CONNECTION_FILE (Jupyter가 커널을 시작할 때 넘기는 파일)\n");
    process.exitCode = 2;
  } else {
    const write = process.stderr.write.bind(process.stderr); // before the kernel turns it into an output of cells
    startKernel(file).catch((error: unknown) => {
      write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 1;
    });
  }
}
