/** Pages of a PDF as small grey pictures, compared with golden ones: a shift of a hair is nothing, a missing table is. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Dots per inch of the golden pictures: words are grey bars, headings, tables and boxes are themselves. */
const RESOLUTION = 24;
/** Mean difference of a page in grey levels (0 to 255) that browsers and their text rasterizers may make. */
const TOLERANCE = 6;

/** Is pdftoppm (poppler) there? */
export function canDrawPages(): boolean {
  return spawnSync("pdftoppm", ["-v"]).error === undefined;
}

/** Compares every page of *pdf* with `NAME-N.pgm` in *golden*; writes what differs beside it. Missing ones are written, but not under CI. */
export function checkPages(pdf: Buffer, golden: string, name: string): void {
  const folder = mkdtempSync(join(tmpdir(), "layerbook-pages-"));
  try {
    writeFileSync(join(folder, "in.pdf"), pdf);
    const args = ["-gray", "-r", String(RESOLUTION), join(folder, "in.pdf"), join(folder, "page")];
    const { status, stderr } = spawnSync("pdftoppm", args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const pages = readdirSync(folder)
      .filter((file) => file.endsWith(".pgm"))
      .sort()
      .map((file) => readFileSync(join(folder, file)));
    assert.ok(pages.length > 0);
    pages.forEach((page, i) => checkPage(page, join(golden, `${name}-${i + 1}.pgm`)));
    assert.equal(existsSync(join(golden, `${name}-${pages.length + 1}.pgm`)), false, "a page is missing");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkPage(page: Buffer, file: string): void {
  if (!existsSync(file)) {
    assert.ok(!process.env["CI"], `${file} is missing`);
    writeFileSync(file, page);
    return;
  }
  const changed = file.replace(/\.pgm$/, "-changed.pgm");
  const expected = readFileSync(file);
  const difference = expected.length === page.length ? meanDifference(expected, page) : Infinity;
  if (difference <= TOLERANCE) rmSync(changed, { force: true });
  else writeFileSync(changed, page);
  assert.ok(difference <= TOLERANCE, `differs from ${file} by ${difference.toFixed(1)}; see ${changed}`);
}

/** Both in the form of pdftoppm: the same short text, then a byte per dot. */
function meanDifference(a: Buffer, b: Buffer): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
  return sum / a.length;
}
