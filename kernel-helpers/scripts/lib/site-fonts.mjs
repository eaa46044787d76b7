// The code font of the browser edition in pieces: a page fetches the few that hold letters it shows, not 1.5 MB at once.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { DIST } from "./paths.mjs";

const require = createRequire(import.meta.url);

/** Writes `code/N.woff` and `d2coding.css` beside the body font in *fonts*, cut where `noto-sans-kr.css` cuts that one. */
export function cutCodeFont(fonts) {
  const { readSfnt, readCharacterMap } = require(path.join(DIST, "handout/fonts/sfnt.js"));
  const { subsetFont } = require(path.join(DIST, "handout/fonts/subset.js"));
  const { parseRanges } = require(path.join(DIST, "handout/fonts/fonts.js"));
  const source = path.join(path.dirname(require.resolve("@kfonts/d2coding/package.json")), "D2Coding.woff");
  const font = readSfnt(fs.readFileSync(source));
  const left = new Set(readCharacterMap(font).keys());
  fs.mkdirSync(path.join(fonts, "code"), { recursive: true });
  const rules = [];
  const write = (points) => {
    if (points.length === 0) return;
    const name = `code/${rules.length}.woff`;
    fs.writeFileSync(path.join(fonts, name), subsetFont(font, points));
    for (const point of points) left.delete(point);
    rules.push(
      `@font-face{font-family:D2Coding;font-weight:400;font-display:swap;src:local("D2Coding"),url(${name}) format("woff");unicode-range:${shortRange(points)}}`,
    );
  };
  // The body font's pieces hold letters that are used together; its last piece is Latin.
  const noto = fs.readFileSync(path.join(fonts, "noto-sans-kr.css"), "utf8");
  for (const [, range] of noto.matchAll(/unicode-range:\s*([^;}]+)/g)) {
    const pairs = parseRanges(range);
    write([...left].filter((point) => pairs.some(([from, to]) => from <= point && point <= to)));
  }
  // Lines of tables, blocks, arrows: seldom more than one of them in a page, and small.
  write([...left].filter((point) => point < 0x3000));
  write([...left]);
  fs.writeFileSync(path.join(fonts, "d2coding.css"), `${rules.join("\n")}\n`);
}

/** Code points as CSS has them: `U+20-7e,U+2500`. */
function shortRange(points) {
  const runs = [];
  for (const point of [...points].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] + 1 === point) last[1] = point;
    else runs.push([point, point]);
  }
  return runs
    .map(([from, to]) => `U+${from.toString(16)}${from === to ? "" : `-${to.toString(16)}`}`)
    .join(",");
}
