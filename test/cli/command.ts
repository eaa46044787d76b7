import { main } from "../../kernel-helpers/src/cli/dispatch";
import type { CommandIo } from "../../kernel-helpers/src/cli/io";
import { compiled } from "../kernel/package-under-test";

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `layerbook *args*` in this process. */
export function layerbook(args: readonly string[], change: Partial<CommandIo> = {}): Promise<CommandResult> {
  return runWith(main, args, change);
}

/** The same in the compiled package: processes that the command starts need not compile themselves. */
export function compiledLayerbook(
  args: readonly string[],
  change: Partial<CommandIo> = {},
): Promise<CommandResult> {
  return runWith(compiled<{ main: typeof main }>("cli/dispatch").main, args, change);
}

async function runWith(
  run: typeof main,
  args: readonly string[],
  change: Partial<CommandIo>,
): Promise<CommandResult> {
  let out = "";
  let err = "";
  const code = await run(args, {
    locale: "ko",
    cwd: process.cwd(),
    env: process.env,
    out: (text) => (out += text),
    err: (text) => (err += text),
    signal: new AbortController().signal,
    stdin: () => Promise.resolve(""),
    ...change,
  });
  return { code, out, err };
}
