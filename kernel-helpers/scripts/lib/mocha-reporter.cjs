// A mocha reporter for `npm test`: dots while running, failures in full, and a file of counts from which the closing line is summed.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { reporters } = require("mocha");

class Counting extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const file = options.reporterOptions.output;
    const skipped = [];
    const slow = [];
    runner.on("pending", (test) =>
      skipped.push({ title: test.fullTitle(), file: path.relative(process.cwd(), test.file ?? "") }),
    );
    runner.on("test end", (test) => {
      if (test.duration > 3000) slow.push({ title: test.fullTitle(), ms: test.duration });
    });
    runner.on("fail", (test, error) =>
      process.stdout.write(`  ✗ ${test.fullTitle()}: ${error.message?.split("\n")[0]}\n`),
    );
    runner.once("end", () => {
      if (this.stats.failures) this.epilogue();
      const { passes, failures, pending, duration } = this.stats;
      fs.writeFileSync(file, JSON.stringify({ passes, failures, pending, duration, skipped, slow }));
    });
  }
}
module.exports = Counting;
