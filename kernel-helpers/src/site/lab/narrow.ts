/** Narrow windows: the notebook gets the width, side areas fold away, margins shrink. */

import type { App } from "./jupyter";

/** JupyterLab's frame, as far as it is used. */
export interface LabShell {
  collapseLeft(): void;
  collapseRight(): void;
  expandLeft(): void;
  readonly leftCollapsed: boolean;
  readonly layoutModified: { connect(slot: () => void): unknown };
  readonly currentWidget: {
    readonly toolbar?: { processMessage(message: { type: "resize"; width: number; height: number }): void };
  } | null;
}

/** Below this width the file list would leave less than half to the notebook. */
const NARROW = "(max-width: 800px)";

const STYLE = `
@media (max-width: 800px) {
  body { --jp-cell-prompt-width: 40px; --jp-notebook-padding: 4px; --jp-private-sidebar-min-width: 180px; }
  .jp-Notebook .jp-Cell { padding-left: 2px; padding-right: 2px; }
  .jp-WindowedPanel-outer { padding-left: 2px; padding-right: 2px; }
  .jp-InputPrompt, .jp-OutputPrompt { font-size: 11px; padding-left: 0; padding-right: 3px; letter-spacing: 0; }
  .jp-RenderedHTMLCommon table { display: block; overflow-x: auto; }
  .jp-OutputArea-output { overflow-x: auto; }
  .jp-OutputArea-output td:last-child { min-width: 11em; }
}
@media (max-width: 480px) {
  ${[
    // A phone's width has room for what runs a cell; these are in the menus too.
    "cut",
    "copy",
    "paste",
    "cellType",
    "kernelName",
  ]
    .map((name) => `.jp-NotebookPanel-toolbar > [data-jp-item-name="${name}"]`)
    .join(", ")} { display: none; }
}`;

/** Keeps the page usable while its window is narrow. */
export function fitNarrow(app: App, shell: LabShell): void {
  const style = document.createElement("style");
  style.textContent = STYLE;
  document.head.append(style);
  const query = matchMedia(NARROW);
  let folded = false;
  const fit = (): void => {
    if (query.matches) {
      folded = !shell.leftCollapsed;
      shell.collapseLeft();
      shell.collapseRight();
    } else if (folded) {
      folded = false;
      shell.expandLeft();
    }
    const side = document.querySelector(".jp-SideBar.jp-mod-right");
    const isShown = side !== null && !side.classList.contains("lm-mod-hidden");
    if (isShown === query.matches)
      void app.commands.execute("application:toggle-side-tabbar", { side: "right" }).catch(() => undefined);
  };
  // Afterwards the layout of the last visit is in place.
  void app.restored.then(fit);
  // Opening the lesson of the address shows its folder too: what the reader has not asked for is folded again.
  let asked = false;
  for (const event of ["pointerdown", "keydown"])
    addEventListener(event, () => (asked = true), { capture: true, once: true });
  shell.layoutModified.connect(() => {
    if (!asked && query.matches && !shell.leftCollapsed) fit();
  });
  query.addEventListener("change", fit);
  // A toolbar folds by the width it had while the file list was still beside it, and measures at most twice a second.
  let soon: ReturnType<typeof setTimeout> | undefined;
  shell.layoutModified.connect(() => {
    clearTimeout(soon);
    if (query.matches) soon = setTimeout(() => unfoldToolbar(shell), 800);
  });
}

function unfoldToolbar({ currentWidget }: LabShell): void {
  currentWidget?.toolbar?.processMessage({ type: "resize", width: innerWidth, height: 0 });
}
