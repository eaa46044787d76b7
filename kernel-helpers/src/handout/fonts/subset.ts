/** A smaller copy of a TrueType font with the outlines of some characters only, numbered anew. */

import { deflateSync } from "node:zlib";

import { glyphOf, type Sfnt } from "./sfnt";

/** What a browser needs to show text; hinting and layout features are left out. */
const KEPT = ["OS/2", "head", "hhea", "maxp", "post"];

/** WOFF 1 bytes of *font* with the glyphs of *codePoints*. Same input, same bytes. */
export function subsetFont(font: Sfnt, codePoints: Iterable<number>): Buffer {
  const wanted = new Map(
    [...codePoints]
      .sort((a, b) => a - b)
      .flatMap((code) => {
        const glyph = glyphOf(font, code);
        return glyph === 0 ? [] : [[code, glyph] as const];
      }),
  );
  const glyphs = withParts(font, [0, ...wanted.values()]);
  const numbers = new Map(glyphs.map((glyph, number) => [glyph, number]));
  const { glyf, loca } = outlines(font, glyphs, numbers);
  const kept = Object.fromEntries(KEPT.map((tag) => [tag, Buffer.from(table(font, tag))])) as Record<
    "OS/2" | "head" | "hhea" | "maxp" | "post",
    Buffer
  >;
  kept.head.writeInt16BE(1, 50); // long offsets
  kept.hhea.writeUInt16BE(glyphs.length, 34); // a width for each
  kept.maxp.writeUInt16BE(glyphs.length, 4);
  const tables = new Map<string, Buffer>([
    ...Object.entries(kept),
    ["cmap", characterMap([...wanted].map(([code, glyph]) => [code, numbers.get(glyph) ?? 0]))],
    ["glyf", glyf],
    ["loca", loca],
    ["post", post(kept.post)],
    ["name", Buffer.from([0, 0, 0, 0, 0, 6])],
    ["hmtx", metrics(font, glyphs)],
  ]);
  return writeWoff(font.version, tables);
}

function table(font: Sfnt, tag: string): Buffer {
  const data = font.tables.get(tag);
  if (!data) throw new Error(`LB_FONT: the font has no table ${tag}`);
  return data;
}

/** Where an outline begins in `glyf`. */
function offsetOf(font: Sfnt, glyph: number): number {
  const loca = table(font, "loca");
  return table(font, "head").readInt16BE(50) === 1
    ? loca.readUInt32BE(4 * glyph)
    : 2 * loca.readUInt16BE(2 * glyph);
}

function outline(font: Sfnt, glyph: number): Buffer {
  return table(font, "glyf").subarray(offsetOf(font, glyph), offsetOf(font, glyph + 1));
}

/** *glyphs* and those that composite outlines among them are made of, in order. */
function withParts(font: Sfnt, glyphs: readonly number[]): number[] {
  const all = new Set(glyphs);
  // A set is walked to its end, what is added on the way included.
  for (const glyph of all) {
    const bytes = outline(font, glyph);
    for (const at of partsOf(bytes)) all.add(bytes.readUInt16BE(at));
  }
  return [...all].sort((a, b) => a - b);
}

/** The outlines one after another; composite ones name their parts by the new *numbers*. */
function outlines(
  font: Sfnt,
  glyphs: readonly number[],
  numbers: ReadonlyMap<number, number>,
): { glyf: Buffer; loca: Buffer } {
  const pieces: Buffer[] = [];
  const loca = Buffer.alloc(4 * (glyphs.length + 1));
  let length = 0;
  glyphs.forEach((glyph, number) => {
    const piece = Buffer.from(outline(font, glyph));
    for (const at of partsOf(piece)) piece.writeUInt16BE(numbers.get(piece.readUInt16BE(at)) ?? 0, at);
    loca.writeUInt32BE(length, 4 * number);
    const padding = (4 - (piece.length % 4)) % 4;
    pieces.push(piece, Buffer.alloc(padding));
    length += piece.length + padding;
  });
  loca.writeUInt32BE(length, 4 * glyphs.length);
  return { glyf: Buffer.concat(pieces), loca };
}

/** Where a composite outline has the numbers of the glyphs that it is made of. */
function partsOf(bytes: Buffer): number[] {
  if (bytes.length < 10 || bytes.readInt16BE(0) >= 0) return [];
  const parts: number[] = [];
  let at = 10;
  for (let more = true; more;) {
    const flags = bytes.readUInt16BE(at);
    parts.push(at + 2);
    at += 4 + (flags & 0x1 ? 4 : 2);
    at += flags & 0x8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0;
    more = (flags & 0x20) !== 0;
  }
  return parts;
}

/** Width and left side of each glyph; the last ones of a font share the width of the one before. */
function metrics(font: Sfnt, glyphs: readonly number[]): Buffer {
  const old = table(font, "hmtx");
  const full = table(font, "hhea").readUInt16BE(34);
  const hmtx = Buffer.alloc(4 * glyphs.length);
  glyphs.forEach((glyph, number) => {
    old.copy(hmtx, 4 * number, 4 * Math.min(glyph, full - 1), 4 * Math.min(glyph, full - 1) + 4);
    if (glyph >= full)
      old.copy(hmtx, 4 * number + 2, 4 * full + 2 * (glyph - full), 4 * full + 2 * (glyph - full) + 2);
  });
  return hmtx;
}

/** `post` without glyph names (version 3). */
function post(old: Buffer): Buffer {
  const short = Buffer.from(old.subarray(0, 32));
  short.writeUInt32BE(0x00030000, 0);
  return short;
}

/** A cmap with one table of format 12. */
function characterMap(wanted: readonly (readonly [code: number, glyph: number])[]): Buffer {
  const groups: [start: number, end: number, glyph: number][] = [];
  for (const [code, glyph] of wanted) {
    const last = groups.at(-1);
    if (last && last[1] + 1 === code && last[2] + code - last[0] === glyph) last[1] = code;
    else groups.push([code, code, glyph]);
  }
  const out = Buffer.alloc(4 + 16 + 16 + 12 * groups.length);
  out.writeUInt16BE(2, 2);
  out.writeUInt16BE(0, 4);
  out.writeUInt16BE(4, 6);
  out.writeUInt32BE(20, 8);
  out.writeUInt16BE(3, 12);
  out.writeUInt16BE(10, 14);
  out.writeUInt32BE(20, 16);
  out.writeUInt16BE(12, 20);
  out.writeUInt32BE(16 + 12 * groups.length, 24);
  out.writeUInt32BE(groups.length, 32);
  groups.forEach((group, i) => group.forEach((value, n) => out.writeUInt32BE(value, 36 + 12 * i + 4 * n)));
  return out;
}

/** *data* compressed, when that is worth it. */
function smaller(data: Buffer): Buffer {
  if (data.length < 1000) return data;
  const deflated = deflateSync(data, { level: 6 });
  return deflated.length < data.length ? deflated : data;
}

function checksum(data: Buffer): number {
  const whole = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
  let sum = 0;
  for (let i = 0; i < whole.length; i += 4) sum = (sum + whole.readUInt32BE(i)) >>> 0;
  return sum;
}

function writeWoff(version: number, tables: ReadonlyMap<string, Buffer>): Buffer {
  const entries = [...tables].sort(([a], [b]) => (a < b ? -1 : 1));
  const directory = Buffer.alloc(44 + 20 * entries.length);
  const pieces: Buffer[] = [directory];
  let offset = directory.length;
  let total = 12 + 16 * entries.length;
  entries.forEach(([tag, data], i) => {
    const packed = smaller(data);
    const at = 44 + 20 * i;
    directory.write(tag, at, "latin1");
    directory.writeUInt32BE(offset, at + 4);
    directory.writeUInt32BE(packed.length, at + 8);
    directory.writeUInt32BE(data.length, at + 12);
    directory.writeUInt32BE(checksum(data), at + 16);
    const padding = (4 - (packed.length % 4)) % 4;
    pieces.push(packed, Buffer.alloc(padding));
    offset += packed.length + padding;
    total += data.length + ((4 - (data.length % 4)) % 4);
  });
  directory.writeUInt32BE(0x774f4646, 0);
  directory.writeUInt32BE(version, 4);
  directory.writeUInt32BE(offset, 8);
  directory.writeUInt16BE(entries.length, 12);
  directory.writeUInt32BE(total, 16);
  directory.writeUInt16BE(1, 20);
  return Buffer.concat(pieces);
}
