/** The programs of catalog images that are simulated from facts: package managers and interpreters, by name. */

import type { Program } from "../machine/exec";
import { node, python } from "./node";
import { entrypoint } from "./entrypoint";
import { go } from "./go";
import { npm } from "./npm";
import { apk } from "./apk";
import { aptGet } from "./os-packages";
import { pip } from "./pip";
import { corepack, pnpm } from "./pnpm";
import { turbo } from "./turbo";
import { yarn } from "./yarn";

export const packagePrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ["apk", apk],
  ["apt", aptGet],
  ["apt-get", aptGet],
  ["docker-entrypoint.sh", entrypoint],
  ["docker-php-entrypoint", entrypoint],
  ["go", go],
  [
    "gofmt",
    function* () {
      return 0;
    },
  ],
  ["node", node],
  ["nodejs", node],
  ["npm", npm],
  ["corepack", corepack],
  ["pnpm", pnpm],
  ["yarn", yarn],
  ["yarnpkg", yarn],
  ["pip", pip],
  ["pip3", pip],
  ["python", python],
  ["python3", python],
  ["turbo", turbo],
]);
