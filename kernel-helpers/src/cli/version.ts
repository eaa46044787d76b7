/** The version of this package. */

/** `0.1.0`. */
export function packageVersion(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- read at run time: dist/ and src/ are equally deep
  return (require("../../package.json") as { version: string }).version;
}
