// Measures the cases ({ name, fn, setup?, teardown? }, or { name, once } that measures itself and answers its figures) of one file of test/bench/ with tinybench, one JSON line for each. Started by bench.mjs, with tsx loaded.
"use strict";
const path = require("node:path");

/** Rounded to what is meant: three digits. */
const digits = (value) => Number(value.toPrecision(3));

async function main(file) {
  const { Bench } = require("tinybench");
  const { cases, open, close } = require(file);
  await open?.();
  try {
    for (const { name, fn, once, setup, teardown, ...about } of cases) {
      if (once) {
        const { ms, ...figures } = await once();
        const line = { bench: path.basename(file, ".ts"), name, median_ms: digits(ms), ...figures };
        process.stdout.write(`${JSON.stringify(line)}\n`);
        continue;
      }
      await setup?.();
      const bench = new Bench({ time: 500, warmupTime: 100, iterations: 5, throws: true });
      bench.add(name, fn);
      await bench.run();
      await teardown?.();
      const { latency } = bench.tasks[0].result;
      const line = {
        bench: path.basename(file, ".ts"),
        name,
        median_ms: digits(latency.p50),
        p99_ms: digits(latency.p99),
        samples: latency.samplesCount ?? latency.samples?.length,
        ...(about.instructions ? { per_second: Math.round(about.instructions / (latency.p50 / 1000)) } : {}),
        rss_mb: Math.round(process.memoryUsage().rss / 1e6),
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  } finally {
    await close?.();
  }
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
