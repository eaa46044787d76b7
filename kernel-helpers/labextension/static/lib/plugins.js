// The plugins of this extension, made from JupyterLab's own modules.
import { addFonts } from "./fonts.js";
import { followNotebook } from "./cell-language.js";

/** *shared* fetches a module of JupyterLab by name; *base* is the address of this extension's static folder. */
export async function plugins(shared, base) {
  const { INotebookTracker } = await shared("@jupyterlab/notebook");
  const { IEditorLanguageRegistry } = (await shared("@jupyterlab/codemirror")) ?? {};

  return [
    {
      id: "layerbook:fonts",
      description: "Fonts in which 한글 is exactly two letters wide",
      autoStart: true,
      activate: () => addFonts(base),
    },
    {
      id: "layerbook:cell-language",
      description: "Colours of %%dockerfile, %%sh and %%writefile cells",
      autoStart: true,
      requires: [INotebookTracker],
      optional: IEditorLanguageRegistry ? [IEditorLanguageRegistry] : [],
      activate: (app, tracker, languages) => {
        tracker.forEach((panel) => followNotebook(panel, languages));
        tracker.widgetAdded.connect((_, panel) => followNotebook(panel, languages));
      },
    },
  ];
}
