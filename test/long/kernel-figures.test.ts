/**
 * What kernels cost: memory and processor time, which do not depend on what else the machine does, are judged; times are told with the load
 * average beside them, and against ipykernel in the same run.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kernelSpec } from "../../kernel-helpers/src/kernel";
import { TestKernel } from "../kernel/client";
import { packageUnderTest } from "../kernel/package-under-test";
import { testPython } from "../lab/machine";

const CLASS = 20;
const DOCKERFILE =
  "%%dockerfile -t memo\nFROM node:22-slim\nWORKDIR /app\nCOPY package.json .\nRUN npm install\nCOPY . .\n";

const load = (): string => readFileSync("/proc/loadavg", "utf8").split(" ")[0] ?? "";
const tell = (text: string): boolean => process.stdout.write(`  ${text} (load ${load()})\n`);
const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** The kernel and the processes below it. */
function processes(kernel: TestKernel): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (root: number): number[] => [
    root,
    ...rows.filter(([, parent]) => parent === root).flatMap(([pid]) => below(pid)),
  ];
  return below(kernel.process.pid as number);
}

/** Resident MB, shared pages counted for each process. */
function resident(kernel: TestKernel): number {
  return processes(kernel).reduce((sum, pid) => {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return sum + Number(kb ?? 0) / 1024;
  }, 0);
}

/** MB that go away with the kernel: what it shares with others (the node program, 45 MB) counts for each its part only. */
function proportional(kernel: TestKernel): number {
  return processes(kernel).reduce((sum, pid) => {
    const kb = /Pss:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return sum + Number(kb ?? 0) / 1024;
  }, 0);
}

/** Seconds of processor time. */
function seconds(kernel: TestKernel): number {
  return processes(kernel).reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

describe("kernel: what it costs", function () {
  this.timeout(600_000);
  if (process.platform !== "linux") return;
  const spec = kernelSpec(process.execPath, join(packageUnderTest(), "dist/kernel/main.js"));
  const own = { argv: spec.argv, env: spec.env };
  const python = testPython();

  it("starts in 75 MB and 0.43 CPU s; the first TypeScript cell costs 0.5 CPU s more, 170 MB together; 400 more cells 40 MB", async () => {
    const kernel = await TestKernel.start(own);
    const [ready, cpu] = [resident(kernel), seconds(kernel)];
    await kernel.execute("const a = 1; a + 1");
    const [first, firstCpu] = [resident(kernel), seconds(kernel) - cpu];
    for (let i = 0; i < 400; i++) await kernel.execute(`const v${i % 50} = ${i}; console.log(v${i % 50})`);
    const growth = resident(kernel) - first;
    await kernel.stop();
    tell(
      `ready ${ready.toFixed(0)} MB, ${cpu.toFixed(2)} CPU s; first TypeScript cell ${first.toFixed(0)} MB, ${firstCpu.toFixed(2)} CPU s; 400 cells ${growth.toFixed(0)} MB`,
    );
    const costs = {
      ready: ready <= 75,
      cpu: cpu <= 0.43,
      first: first < 170,
      firstCpu: firstCpu <= 0.5,
      growth: growth < 40,
    };
    assert.deepEqual(costs, { ready: true, cpu: true, first: true, firstCpu: true, growth: true });
  });

  it(`${CLASS} at once: 10 CPU s and 1.6 GB when all are ready`, async () => {
    const measure = async (
      name: string,
      options: Parameters<typeof TestKernel.start>[0],
      cells: readonly string[],
    ) => {
      const began = performance.now();
      const kernels = await Promise.all(Array.from({ length: CLASS }, () => TestKernel.start(options)));
      const ready = (performance.now() - began) / 1000;
      const sum = (of: (kernel: TestKernel) => number): number =>
        kernels.reduce((all, kernel) => all + of(kernel), 0);
      const [cpu, mb] = [sum(seconds), sum(resident)];
      const times: number[] = [];
      // As people do: a cell of each twice a second, not all in the same moment.
      await Promise.all(
        kernels.map(async (kernel, index) => {
          await new Promise((resolve) => setTimeout(resolve, index * 25));
          for (let turn = 0; turn < 12; turn++) {
            const since = performance.now();
            await kernel.execute(cells[turn % cells.length] ?? "");
            if (turn >= cells.length) times.push(performance.now() - since);
            await new Promise((resolve) => setTimeout(resolve, 500));
          }
        }),
      );
      const [worked, own] = [sum(resident), sum(proportional)];
      await Promise.all(kernels.map((kernel) => kernel.stop()));
      tell(
        `${CLASS} ${name}: all ready in ${ready.toFixed(1)} s, ${cpu.toFixed(1)} CPU s, ${mb.toFixed(0)} MB; after the cells ${worked.toFixed(0)} MB (${own.toFixed(0)} MB with what they share counted once); cells median ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms`,
      );
      return { ready, cpu, mb, own };
    };
    const ours = await measure("kernels", own, ["%%writefile package.json\n{}", DOCKERFILE, "!ls"]);
    assert.ok(ours.cpu < 10, `${ours.cpu} CPU s`);
    assert.ok(ours.mb < 1600, `${ours.mb} MB`);
    // Every one of them has built an image then.
    assert.ok(ours.own < 1200, `${ours.own} MB with a build each`);
    if (python === undefined) return;
    const argv = [
      python,
      "-W",
      "ignore",
      "-m",
      "ipykernel_launcher",
      "-f",
      "{connection_file}",
      "--log-level=50",
    ];
    const theirs = await measure("of ipykernel", { argv }, ["1 + 1", "x = 1", "print(1)"]);
    assert.ok(ours.ready < theirs.ready * 1.5, `${ours.ready} s against ${theirs.ready} s`);
  });
});
