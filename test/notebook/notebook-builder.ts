/** Small notebooks for tests. */

/** A Python notebook (nbformat 4.5) of code cells: the source, or the source with tags. */
export function pythonNotebook(...sources: (string | { source: string; tags: string[] })[]): string {
  const cells = sources.map((cell, i) => ({
    cell_type: "code",
    id: `c${i + 1}`,
    metadata: typeof cell === "string" ? {} : { tags: cell.tags },
    source: typeof cell === "string" ? cell : cell.source,
    outputs: [],
    execution_count: null,
  }));
  const kernelspec = { name: "python3", display_name: "Python 3", language: "python" };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells });
}
