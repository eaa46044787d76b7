/** Several images at once: when that is asked for, and the part of the command that does it. */

/** Do *args* name more than one Dockerfile? The part that builds several is loaded only then. */
export function mayBeProject(args: readonly string[]): boolean {
  const files = args.filter((word) => /^(?:-f|--file)/.test(word)).length;
  return files > 1 || args.some((word) => word === "--all" || /\.(?:ya?ml|hcl|json)$/i.test(word));
}

/** The part, loaded now. */
export function projectPart(): typeof import("./project") {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- require loads at once and only when asked
  return require("./project") as typeof import("./project");
}
