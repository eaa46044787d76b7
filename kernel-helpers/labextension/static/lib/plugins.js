// The plugins of this extension, made from JupyterLab's own modules.
import { followBuilds, buildOf } from "./builds.js";
import { CacheKeys } from "./cache-keys.js";
import { followNotebook } from "./cell-language.js";
import { addFonts } from "./fonts.js";
import { makeMarks } from "./marks.js";
import { makePanel } from "./panel.js";
import { addSkipButtons } from "./skip.js";

/** *shared* fetches a module of JupyterLab by name; *base* is the address of this extension's static folder. */
export async function plugins(shared, base) {
  const [notebook, codemirror, apputils, widgets, view, state] = await Promise.all(
    [
      "@jupyterlab/notebook",
      "@jupyterlab/codemirror",
      "@jupyterlab/apputils",
      "@lumino/widgets",
      "@codemirror/view",
      "@codemirror/state",
    ].map(shared),
  );
  const { INotebookTracker } = notebook;
  const { IEditorLanguageRegistry } = codemirror ?? {};
  const { ICommandPalette } = apputils ?? {};
  const each = (tracker, follow) => {
    tracker.forEach(follow);
    tracker.widgetAdded.connect((_, panel) => follow(panel));
  };

  return [
    {
      id: "layerbook:fonts",
      description: "Fonts in which 한글 is exactly two letters wide",
      autoStart: true,
      activate: () => addFonts(base),
    },
    {
      id: "layerbook:skip",
      description: "A button that skips the question for a prediction",
      autoStart: true,
      activate: () => addSkipButtons(),
    },
    {
      id: "layerbook:cell-language",
      description: "Colours of %%dockerfile, %%sh and %%writefile cells",
      autoStart: true,
      requires: [INotebookTracker],
      optional: IEditorLanguageRegistry ? [IEditorLanguageRegistry] : [],
      activate: (app, tracker, languages) => each(tracker, (panel) => followNotebook(panel, languages)),
    },
    {
      id: "layerbook:marks",
      description: "Marks beside the lines of a built Dockerfile cell",
      autoStart: true,
      requires: [INotebookTracker],
      activate: (app, tracker) => {
        const mark = makeMarks(view, state);
        each(tracker, (panel) => followBuilds(panel, mark));
      },
    },
    {
      id: "layerbook:panel",
      description: "The layer panel in the right sidebar",
      autoStart: true,
      requires: [INotebookTracker],
      optional: ICommandPalette ? [ICommandPalette] : [],
      activate: (app, tracker, palette) => activatePanel(app, tracker, palette, widgets.Widget),
    },
  ];
}

function activatePanel(app, tracker, palette, Widget) {
  const { widget, show } = makePanel(
    Widget,
    () => tracker.currentWidget && app.shell.activateById(tracker.currentWidget.id),
  );
  const keys = new WeakMap(); // notebook panel → its cache keys
  const last = new WeakMap(); // notebook panel → its last build
  app.shell.add(widget, "right", { rank: 900 });

  const refresh = () => {
    const panel = tracker.currentWidget;
    if (!panel) return show(undefined, []);
    const chosen = tracker.activeCell && buildOf(tracker.activeCell);
    show(chosen || last.get(panel), keys.get(panel)?.list() ?? []);
  };
  const follow = (panel) => {
    keys.set(panel, new CacheKeys());
    followBuilds(panel, (cell, record, fresh) => {
      if (record === undefined) return;
      if (fresh) keys.get(panel).add(record);
      if (fresh || !last.has(panel)) last.set(panel, record);
      if (panel === tracker.currentWidget) refresh();
    });
  };
  tracker.forEach(follow);
  tracker.widgetAdded.connect((_, panel) => follow(panel));
  tracker.currentChanged.connect(refresh);
  tracker.activeCellChanged.connect(refresh);

  const command = "layerbook:show-layers";
  app.commands.addCommand(command, {
    label: "레이어 패널 열기",
    execute: () => {
      app.shell.activateById(widget.id);
      // The palette that the command is chosen from closes after it, and would keep the focus.
      setTimeout(() => widget.activate(), 50);
    },
  });
  palette?.addItem({ command, category: "Layerbook" });
}
