/** Names for what JupyterLab leaves without one: a screen reader says what the field is that holds the cursor. */

const NAMES: readonly (readonly [where: string, name: string])[] = [
  [".jp-CodeCell", "코드 셀"],
  [".jp-MarkdownCell", "글 셀"],
  [".jp-RawCell", "원본 셀"],
  [".jp-FileEditor", "파일 편집기"],
];

/** Names every editor of the page, those that scroll into view later too. */
export function nameEditors(): void {
  const name = (): void => {
    for (const editor of document.querySelectorAll(".cm-content:not([aria-label])")) {
      const found = NAMES.find(([where]) => editor.closest(where) !== null);
      editor.setAttribute("aria-label", found?.[1] ?? "편집기");
    }
  };
  let soon: ReturnType<typeof setTimeout> | undefined;
  new MutationObserver(() => (soon ??= setTimeout(() => ((soon = undefined), name()), 200))).observe(
    document.body,
    { childList: true, subtree: true },
  );
  name();
}
