// The two fonts that come with the course: text tables with Korean align in the one, and Korean text reads alike everywhere in the other.

const CODE = '"D2Coding", "D2 coding", ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
const TEXT = '"Noto Sans KR Variable", system-ui, -apple-system, "Segoe UI", sans-serif';

/**
 * Adds both, and this extension's own style, to the page; a file is fetched only when a letter of it is shown. `html:root` goes before the theme's own `:root`,
 * whichever is loaded last, and behind a font that the user chose in the settings (which JupyterLab writes inline).
 */
export function addFonts(base) {
  const style = document.createElement("style");
  const faces = [
    ["D2Coding.woff2", 400],
    ["D2CodingBold.woff2", 700],
  ]
    .map(
      ([file, weight]) =>
        `@font-face { font-family: "D2Coding"; font-weight: ${weight}; font-display: swap; src: local("D2Coding"), url("${base}fonts/${file}") format("woff2"); }`,
    )
    .join("\n");
  style.textContent = `${faces}
html:root {
  --jp-code-font-family: ${CODE};
  --jp-code-font-family-default: ${CODE};
  --jp-content-font-family: ${TEXT};
  --jp-ui-font-family: ${TEXT};
}`;
  document.head.append(style);
  for (const sheet of ["fonts/noto-sans-kr.css", "style.css"]) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `${base}${sheet}`;
    document.head.append(link);
  }
}
