/** How long a step takes when it runs again: the simulated time, and for commands that are not simulated a declared one (추정). */

import type { Step } from "../../build/types";

/** Declared seconds of commands that are not simulated, on an ordinary laptop and network. The first that fits counts. */
const SECONDS: readonly (readonly [RegExp, number])[] = [
  [/\b(mvn|mvnw)\b.*dependency:(go-offline|resolve)/, 40],
  [/\b(mvn|mvnw)\b/, 75],
  [/\b(gradle|gradlew)\b.*\bdependencies\b/, 30],
  [/\b(gradle|gradlew)\b/, 70],
  [/\bcargo (fetch|chef)\b/, 15],
  [/\bcargo\b/, 120],
  [/\bgo mod (download|vendor)\b/, 12],
  [/\bgo (build|install|test)\b/, 25],
  [/\b(npm|yarn|pnpm|bun)\b.*\b(run|build|test)\b/, 25],
  [/\b(npm|yarn|pnpm|bun)\b/, 25],
  [/\bdotnet (restore)\b/, 15],
  [/\bdotnet\b/, 30],
  [/\bcomposer\b/, 15],
  [/\bbundle\b/, 40],
  [/\b(poetry|uv|pipenv|pdm)\b/, 20],
  [/\bpip3?\b/, 15],
  [/\b(apt-get|apt|apk|yum|dnf|microdnf)\b/, 10],
  [/\b(make|cmake|gcc|g\+\+|cc|ninja|bazel)\b/, 30],
];
const OTHER = 2;
/** Part of the declared time that is left when the packages lie in a cache mount. */
const WARM = 0.4;
/** Part that is left when an earlier step of the same image has fetched the packages. */
const FETCHED = 0.5;

/** Milliseconds of *step*; *measured*: what its second run took. *fetched*: what earlier steps of its stage have run. */
export function workOf(step: Step, measured: number, fetched: readonly string[] = []): number {
  if (!step.assumed || step.instruction !== "RUN") return measured;
  const commands = step.name.split(/&&|;/);
  let seconds = 0;
  for (const command of commands) seconds += secondsOf(command, fetched);
  return measured + 1000 * seconds * (/--mount=type=cache/.test(step.name) ? WARM : 1);
}

function secondsOf(command: string, fetched: readonly string[]): number {
  const bare = command.trim().replace(/^(\[[^\]]*\] )?RUN (--\S+ )*/, "");
  if (/^(mkdir|cp|mv|rm|ln|echo|cd|set|chmod|chown|touch|cat|export|true|:)\b/.test(bare)) return 0;
  if (/\bcache (clean|purge|clear)\b/.test(bare)) return 0;
  const found = SECONDS.find(([pattern]) => pattern.test(bare));
  if (!found) return OTHER;
  return found[1] * (fetched.some((earlier) => isFetchFor(earlier, command)) ? FETCHED : 1);
}

/** Steps that only fetch what a later command of the same tool needs. */
const FETCHES: readonly (readonly [RegExp, RegExp])[] = [
  [/dependency:(go-offline|resolve)/, /\b(mvn|mvnw)\b(?!.*dependency:)/],
  [/\b(gradle|gradlew)\b.*\bdependencies\b/, /\b(gradle|gradlew)\b(?!.*\bdependencies\b)/],
  [/\bcargo fetch\b/, /\bcargo (build|install)\b/],
  [/\bgo mod download\b/, /\bgo (build|install|test)\b/],
  [/--no-root\b/, /\bpoetry install\b(?!.*--no-root)/],
  [/--no-install-project\b/, /\buv sync\b(?!.*--no-install-project)/],
  [/--no-scripts\b/, /\bcomposer install\b(?!.*--no-scripts)/],
  [/\bdotnet restore\b/, /\bdotnet (build|publish)\b/],
];

function isFetchFor(earlier: string, command: string): boolean {
  return FETCHES.some(([fetch, use]) => fetch.test(earlier) && use.test(command));
}
