/** A submitted notebook with code cells of these sources; *change* puts other values into every cell. */
export const submittedNotebook = (sources: readonly string[], change: object = {}): string =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "layerbook", display_name: "Layerbook" } },
    cells: sources.map((source, index) => ({
      id: `c${index}`,
      cell_type: "code",
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
      ...change,
    })),
  });
