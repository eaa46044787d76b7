/** What a kernel costs: its start in time and memory, and cells from request to idle. Each case is one kernel's whole life or one cell of a running one. */

import { TestKernel } from "../kernel/client";
import type { BenchCase } from "./dockerfile";

const DOCKERFILE = `%%dockerfile -t memo
FROM node:22-slim
WORKDIR /app
COPY package.json .
RUN npm install
COPY . .
CMD ["node", "server.js"]
`;

let running: Promise<TestKernel> | undefined;

/** One kernel for all cell cases, with the files of the build written. */
function shared(): Promise<TestKernel> {
  running ??= (async () => {
    const kernel = await TestKernel.start();
    process.once("exit", () => kernel.process.kill("SIGKILL"));
    await kernel.execute('%%writefile package.json\n{ "name": "memo", "version": "1.0.0" }');
    await kernel.execute("%%writefile server.js\nconsole.log('hi')");
    return kernel;
  })();
  return running;
}

/** Runs a cell of the shared kernel; throws when it fails, so that nothing else is measured by mistake. */
async function cell(code: string): Promise<void> {
  const { reply } = await (await shared()).execute(code);
  const { status, evalue } = reply.content as { status: string; evalue?: string };
  if (status !== "ok") throw new Error(`${code}: ${evalue ?? status}`);
}

let made = 0;

export const cases: readonly BenchCase[] = [
  {
    name: "start to the first answer, and end",
    fn: async () => {
      await (await TestKernel.start()).stop();
    },
  },
  { name: "cell: a cached %%dockerfile again", fn: () => cell(DOCKERFILE) },
  { name: "cell: %%writefile", fn: () => cell("%%writefile note.txt\n한 줄") },
  { name: "cell: !ls", fn: () => cell("!ls") },
  { name: "cell: 1 + 1", fn: () => cell("1 + 1") },
  {
    name: "cell: a variable and a line of output",
    fn: () => cell(`const v${++made % 50} = ${made}; console.log(v${made % 50})`),
  },
  { name: "cell: 10,000 lines of output", fn: () => cell("for (let i = 0; i < 10_000; i++) console.log(i)") },
];
