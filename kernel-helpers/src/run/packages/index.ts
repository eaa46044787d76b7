/** The programs of catalog images that are simulated from facts: package managers and interpreters, by name. */

import type { Program } from "../machine/exec";
import { node, python } from "./node";
import { entrypoint } from "./entrypoint";
import { npm } from "./npm";
import { apk, aptGet } from "./os-packages";
import { pip } from "./pip";
import { turbo } from "./turbo";

export const packagePrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ["apk", apk],
  ["apt", aptGet],
  ["apt-get", aptGet],
  ["docker-entrypoint.sh", entrypoint],
  ["docker-php-entrypoint", entrypoint],
  ["node", node],
  ["nodejs", node],
  ["npm", npm],
  ["pip", pip],
  ["pip3", pip],
  ["python", python],
  ["python3", python],
  ["turbo", turbo],
]);
