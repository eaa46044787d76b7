// Tells of every build in a notebook: those that its outputs hold when it is opened, and each new one as its output arrives.
import { BUILD_MIME } from "./record.js";

/** Output → its record, or null. JupyterLab copies the whole data each time that it is asked, and an output never changes its build. */
const records = new WeakMap();

function recordOf(output) {
  let record = records.get(output);
  if (record === undefined) {
    const found = output.data?.[BUILD_MIME];
    record = found && Array.isArray(found.steps) ? found : null;
    records.set(output, record);
  }
  return record;
}

/** The last output of a cell that holds a build, with its record; undefined for none. */
function lastBuild(cell) {
  const outputs = cell.model?.outputs;
  for (let index = (outputs?.length ?? 0) - 1; index >= 0; index--) {
    const output = outputs.get(index);
    const record = recordOf(output);
    if (record) return { output, record };
  }
  return undefined;
}

/** The record in a cell's outputs, or undefined. The last one counts. */
export const buildOf = (cell) => lastBuild(cell)?.record;

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
      const found = lastBuild(cell);
      // The number comes with the end of the cell, and may be the same one after a restart; the output is another in every run.
      const isNew =
        fresh &&
        found !== undefined &&
        cell.model.executionCount !== null &&
        found.output !== known.get(cell);
      if (found !== undefined && (isNew || !fresh)) known.set(cell, found.output);
      onChange(cell, found?.record, isNew);
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
