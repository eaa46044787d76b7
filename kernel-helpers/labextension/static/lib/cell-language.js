// Which language a cell is coloured as, from its first line; JupyterLab loads the mode itself.
const DOCKERFILE = "text/x-dockerfile";
const SHELL = "text/x-sh";
const PLAIN = "text/plain";

/** The MIME type for a cell that begins with `source`, or undefined for a cell of the notebook's own language. */
export function cellMimeType(source, languages) {
  const line = source.slice(0, 300).split("\n", 1)[0].trim();
  if (line.startsWith("!")) return SHELL;
  const [, magic, rest] = /^%%(\w+)\s*(.*)$/.exec(line) ?? [];
  switch (magic) {
    case "dockerfile":
      return DOCKERFILE;
    case "sh":
      return SHELL;
    case "writefile":
      return fileMimeType(rest.split(/\s+/).at(-1) ?? "", languages);
    case "predict":
    case "check":
    case "hint":
      return PLAIN;
    default:
      return undefined;
  }
}

function fileMimeType(path, languages) {
  const name = path.split("/").at(-1);
  if (/^(Dockerfile|Containerfile)(\.|$)|\.dockerfile$/i.test(name)) return DOCKERFILE;
  const found = languages?.findByFileName(name)?.mime;
  return (Array.isArray(found) ? found[0] : found) ?? PLAIN;
}

/** Keeps every code cell of a notebook coloured by its first line, through edits, new cells and kernel restarts. */
export function followNotebook(panel, languages) {
  const watched = new WeakSet();
  const ours = new WeakMap(); // cell model → the type that was set here

  /** The type that the cell should have now. */
  const wantedType = (model) => {
    const wanted = cellMimeType(model.sharedModel.getSource(), languages);
    const before = ours.get(model);
    if (wanted) return wanted;
    // A cell whose magic was removed goes back to the notebook's language; one that never had any is not ours to set.
    return before && model.mimeType === before ? panel.content.codeMimetype : model.mimeType;
  };

  const settle = async (cell) => {
    const { model } = cell;
    if (model?.type !== "code" || wantedType(model) === model.mimeType) return;
    if (languages) {
      // The editor loads modes on demand and shows the one that comes last: let the notebook's own come first.
      const types = [model.mimeType, wantedType(model)];
      await Promise.all(types.map((type) => languages.getLanguage(type).catch(() => null)));
      await new Promise((resolve) => setTimeout(resolve));
      if (cell.isDisposed) return;
    }
    const type = wantedType(model);
    if (cellMimeType(model.sharedModel.getSource(), languages)) ours.set(model, type);
    else ours.delete(model);
    if (model.mimeType !== type) model.mimeType = type;
  };
  const watch = (cell) => {
    if (watched.has(cell)) return;
    watched.add(cell);
    cell.model.contentChanged.connect(() => void settle(cell));
    // The notebook sets the type of every cell when the kernel says what language it speaks.
    cell.model.mimeTypeChanged?.connect(() => void settle(cell));
    void settle(cell);
  };
  const all = () => panel.content.widgets.forEach(watch);

  void panel.context.ready.then(() => {
    all();
    panel.content.model?.cells.changed.connect(() => requestAnimationFrame(all));
    panel.sessionContext.kernelChanged.connect(() =>
      setTimeout(() => panel.content.widgets.forEach((cell) => void settle(cell)), 300),
    );
  });
}
