/** How the TypeScript process is started: from a start-up snapshot when one fits this machine, else from its sources. */

/** Arguments for node, and the environment. */
export interface ServiceCommand {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The command of the service whose entry is *entry*. */
export function serviceCommand(entry: string, packageDirectory: string): ServiceCommand {
  const env = { ...process.env };
  delete env.NODE_OPTIONS; // options of the learner's own programs are not the compiler's
  return { args: [...(entry.endsWith(".ts") ? process.execArgv : []), entry, packageDirectory], env };
}
