import { main } from "../../kernel-helpers/src/cli/dispatch";
import type { CommandIo } from "../../kernel-helpers/src/cli/io";

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `layerbook *args*` in this process. */
export async function layerbook(
  args: readonly string[],
  change: Partial<CommandIo> = {},
): Promise<CommandResult> {
  let out = "";
  let err = "";
  const code = await main(args, {
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
