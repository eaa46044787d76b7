// A button beside the line that asks for a prediction: skipping is seen, and reached by Tab.
import { element } from "./dom.js";

/** Adds the button whenever JupyterLab puts the cursor into a question that can be skipped. */
export function addSkipButtons(root = document) {
  root.addEventListener("focusin", ({ target }) => {
    if (!target.matches?.("input.jp-Stdin-input")) return;
    const line = target.closest(".jp-Stdin");
    const prompt = line?.querySelector(".jp-Stdin-prompt")?.textContent ?? "";
    if (!prompt.startsWith("예측 (건너뛰기") || line.querySelector(".layerbook-skip")) return;
    target.setAttribute("aria-label", prompt.trim());
    const skip = () => {
      target.value = "";
      target.dispatchEvent(new window.KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true }));
    };
    line.append(
      element(
        "button",
        {
          type: "button",
          class: "layerbook-skip",
          onclick: skip,
          onkeydown: (event) => event.stopPropagation(),
        },
        "건너뛰기",
      ),
    );
  });
}
