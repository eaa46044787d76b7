// Tells of every build in a notebook: those that its outputs hold when it is opened, and each new one as its output arrives.
import { BUILD_MIME } from "./record.js";

/** The record in a cell's outputs, or undefined. The last one counts. */
export function buildOf(cell) {
  const outputs = cell.model?.outputs;
  for (let index = (outputs?.length ?? 0) - 1; index >= 0; index--) {
    const record = outputs.get(index).data?.[BUILD_MIME];
    if (record && Array.isArray(record.steps)) return record;
  }
  return undefined;
}

/**
 * Calls `onChange(cell, record | undefined, fresh)` for every code cell of `panel` at once and whenever its build or its text
 * changes; *fresh* when the build came while the notebook was open.
 */
export function followBuilds(panel, onChange) {
  const seen = new WeakSet();
  const known = new WeakMap();

  const watch = (cell) => {
    if (seen.has(cell) || cell.model?.type !== "code") return;
    seen.add(cell);
    let waiting = false;
    const tell = (fresh) => {
      const record = buildOf(cell);
      const count = cell.model.executionCount;
      // The number comes with the end of the cell: one run is one build, however often its output was drawn.
      const isNew = fresh && record !== undefined && count !== null && count !== known.get(cell);
      if (count !== null && (isNew || !fresh)) known.set(cell, count);
      onChange(cell, record, isNew);
    };
    // Outputs change many times while a cell runs; once a picture is enough.
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        if (!cell.isDisposed) tell(true);
      });
    };
    tell(false);
    cell.model.outputs.changed.connect(soon);
    cell.model.outputs.stateChanged?.connect(soon);
    cell.model.contentChanged.connect(soon);
    cell.model.stateChanged.connect(soon);
    cell.inViewportChanged?.connect(soon);
  };

  const all = () => panel.content.widgets.forEach(watch);
  void panel.context.ready.then(() => {
    all();
    panel.content.model?.cells.changed.connect(() => requestAnimationFrame(all));
  });
}
