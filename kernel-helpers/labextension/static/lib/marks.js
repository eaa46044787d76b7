// Marks beside the lines of a Dockerfile cell: how each instruction ended, and where a check warns. They go when the text is edited.
import { isBuildOf, reasonOf, verdictOf } from "./record.js";

/** Makes the function that marks a cell; *view* and *state* are JupyterLab's own @codemirror modules. */
export function makeMarks(view, state) {
  const { EditorView, GutterMarker, gutter } = view;
  const { RangeSet, StateEffect, StateField } = state;

  class Sign extends GutterMarker {
    constructor(kind, sign, text) {
      super();
      Object.assign(this, { kind, sign, text });
    }
    eq(other) {
      return other.kind === this.kind && other.text === this.text;
    }
    toDOM() {
      const element = document.createElement("span");
      element.className = `layerbook-mark layerbook-${this.kind}`;
      element.textContent = this.sign;
      element.title = this.text;
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", this.text);
      return element;
    }
  }

  const setMarks = StateEffect.define();
  const marks = StateField.define({
    create: () => RangeSet.empty,
    update: (value, transaction) => {
      const kept = transaction.docChanged ? RangeSet.empty : value;
      return transaction.effects.reduce(
        (found, effect) => (effect.is(setMarks) ? effect.value : found),
        kept,
      );
    },
  });
  const extension = [
    marks,
    gutter({ class: "layerbook-gutter", markers: (editor) => editor.state.field(marks) }),
    EditorView.editorAttributes.of({ class: "layerbook-marked" }),
  ];

  /** What stands beside each line of the cell (1-based, the magic's line counted). */
  function signsOf(record) {
    const signs = new Map();
    for (const row of record.rows ?? []) {
      const step = row.step === undefined ? undefined : record.steps[row.step];
      if (!step) continue;
      const { kind, sign, word } = verdictOf(step);
      signs.set(row.line + 1, new Sign(kind, sign, [word, reasonOf(step)].filter(Boolean).join(" – ")));
    }
    for (const { line, rule, ko, detail } of record.warnings ?? []) {
      const below = signs.get(line + 1);
      const text = `경고 ${rule}: ${ko ?? detail}`;
      signs.set(
        line + 1,
        new Sign("warning", `${below?.sign ?? ""}!`, below ? `${below.text}\n${text}` : text),
      );
    }
    return signs;
  }

  const prepared = new WeakSet();

  /** Shows the marks of *record* in the cell's editor, or none when the cell's text is no longer what was built. */
  return function mark(cell, record) {
    const editor = cell.editor;
    const codeMirror = editor?.editor;
    if (!codeMirror || typeof editor.injectExtension !== "function") return; // not on screen, or another editor
    const source = cell.model.sharedModel.getSource();
    const wanted = record && isBuildOf(source, record) ? signsOf(record) : new Map();
    if (!prepared.has(editor)) {
      if (wanted.size === 0) return;
      prepared.add(editor);
      editor.injectExtension(extension);
    }
    const { doc } = codeMirror.state;
    const ranges = [...wanted]
      .filter(([line]) => line <= doc.lines)
      .sort(([a], [b]) => a - b)
      .map(([line, sign]) => sign.range(doc.line(line).from));
    codeMirror.dispatch({ effects: setMarks.of(RangeSet.of(ranges)) });
  };
}
