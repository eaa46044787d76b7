/** Program: `node make-snapshots.js PACKAGE_DIRECTORY` makes the start-up snapshots that are missing, and ends. */

import { makeSnapshots } from "./snapshot";

void makeSnapshots(process.argv[2] ?? process.cwd());
