// The two fonts that come with the course: text tables with Korean align in the one, and Korean text reads alike everywhere in the other.

/** Adds both to the page; a file is fetched only when a letter of it is shown. The settings name them in their font lists. */
export function addFonts(base) {
  const style = document.createElement("style");
  style.textContent = [
    ["D2Coding.woff2", 400],
    ["D2CodingBold.woff2", 700],
  ]
    .map(
      ([file, weight]) =>
        `@font-face { font-family: "D2Coding"; font-weight: ${weight}; font-display: swap; src: local("D2Coding"), url("${base}fonts/${file}") format("woff2"); }`,
    )
    .join("\n");
  document.head.append(style);
  const korean = document.createElement("link");
  korean.rel = "stylesheet";
  korean.href = `${base}fonts/noto-sans-kr.css`;
  document.head.append(korean);
}
