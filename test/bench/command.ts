/** What the command costs beside an empty Node program: a cached build of a real directory, the two measured in turns. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const MAIN = join(__dirname, "../../kernel-helpers/dist/cli/main.js");
const TURNS = 25;

const FILES = {
  Dockerfile: "FROM node:22-slim\nWORKDIR /app\nCOPY package.json .\nRUN npm install\nCOPY . .\n",
  "package.json": '{ "name": "memo", "version": "1.0.0" }\n',
  "server.js": "console.log('hi')\n",
  ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`src/part${i}.js`, `// ${i}\n`])),
};

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

const round = (ms: number): number => Number(ms.toPrecision(3));

interface Cost {
  /** From start to end. */
  readonly ms: number;
  /** Of the processor, its own and the system's: what other programs take hardly shows in it. */
  readonly cpu: number;
}

function run(meter: string, ...args: string[]): Cost {
  const start = performance.now();
  const stdio = ["ignore", "ignore", "pipe", "pipe"] as const;
  const { status, stderr, output } = spawnSync(process.execPath, ["--require", meter, ...args], {
    stdio: [...stdio],
  });
  if (status !== 0) throw new Error(String(stderr));
  return { ms: performance.now() - start, cpu: Number(String(output[3])) };
}

/** Medians over the turns: what a busy machine adds, it adds to both. */
function cachedBuild(): Record<string, number> & { ms: number } {
  const directory = mkdtempSync(join(tmpdir(), "lb-bench-"));
  try {
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(directory, "app", path)), { recursive: true });
      writeFileSync(join(directory, "app", path), text);
    }
    const empty = join(directory, "empty.js");
    writeFileSync(empty, "");
    const meter = join(directory, "meter.js");
    writeFileSync(
      meter,
      `process.once("exit", () => {
        const { user, system } = process.cpuUsage();
        require("fs").writeSync(3, String((user + system) / 1000));
      });`,
    );
    const build = [MAIN, "build", join(directory, "app"), "--cache-dir", join(directory, "cache")];
    // Not measured: the first build, and the run that keeps the compiled code.
    for (let i = 0; i < 2; i++) run(meter, ...build);
    const pairs = Array.from({ length: TURNS }, () => [run(meter, empty), run(meter, ...build)] as const);
    const over = (part: keyof Cost): number => round(median(pairs.map(([a, b]) => b[part] - a[part])));
    return {
      ms: median(pairs.map(([, { ms }]) => ms)),
      reference_ms: round(median(pairs.map(([{ ms }]) => ms))),
      over_ms: over("ms"),
      over_cpu_ms: over("cpu"),
      most_over_ms: 60,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export const cases = [
  {
    name: "cached build of a directory (60 ms over an empty program at most)",
    once: () => Promise.resolve(cachedBuild()),
  },
];
