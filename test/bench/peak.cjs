// Loaded before a program: tells on standard error how much memory it took at most (KiB).
process.on("exit", () => process.stderr.write(`\nPEAK ${process.resourceUsage().maxRSS}\n`));
