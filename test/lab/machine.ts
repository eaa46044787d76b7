/** What of this machine the tests need beyond Node: a Python with JupyterLab, and a Chromium. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Context } from "mocha";

/** The project's top folder. */
export const ROOT = path.resolve(__dirname, "../..");

/** Where `npm test` installs JupyterLab for the tests. */
const TEST_VENV = path.join(ROOT, ".layerbook-env/test-venv");

const venvBin = (venv: string) => path.join(venv, process.platform === "win32" ? "Scripts" : "bin");

/** A Python that has JupyterLab, jupyter_kernel_test, nbclient and nbconvert, or undefined. */
export function testPython(): string | undefined {
  const given = process.env["LAYERBOOK_TEST_PYTHON"];
  if (given !== undefined) return given === "" ? undefined : given;
  const installed = path.join(venvBin(TEST_VENV), process.platform === "win32" ? "python.exe" : "python");
  return fs.existsSync(installed) ? installed : undefined;
}

/** A Chromium, or undefined. */
export function testChromium(): string | undefined {
  const given = process.env["LAYERBOOK_TEST_CHROMIUM"];
  if (given !== undefined) return given === "" ? undefined : given;
  for (const name of ["chromium", "chromium-browser", "google-chrome"])
    try {
      return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      // the next name
    }
  return undefined;
}

const strict = Boolean(process.env["CI"]) && process.env["CI"] !== "false";

/** Skips the running test or suite, saying why; under CI nothing may be skipped, so there it fails. */
export function skipOrFail(context: Context, reason: string): never {
  if (strict) throw new Error(`${reason}; under CI this must not be skipped`);
  process.stdout.write(`  - ${reason}\n`);
  return context.skip();
}

/** The Python with JupyterLab; without one the running test is skipped (under CI it fails). */
export function needPython(context: Context): string {
  return testPython() ?? skipOrFail(context, "no Python with JupyterLab (run `npm test`, which installs it)");
}

/** The Chromium; without one the running test is skipped (under CI it fails). */
export function needChromium(context: Context): string {
  return testChromium() ?? skipOrFail(context, "no Chromium on this machine");
}

/** The environment in which programs find that Python's JupyterLab first on PATH. */
export function pythonEnvironment(python: string): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${path.dirname(python)}${path.delimiter}${process.env["PATH"] ?? ""}` };
}
