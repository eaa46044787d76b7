/** A smaller copy of a TrueType font with the outlines of some characters only. Glyph numbers stay, so nothing else has to change. */

import { deflateSync } from "node:zlib";

import { glyphOf, type Sfnt } from "./sfnt";

/** What a browser needs to show text; hinting and layout features are left out. */
const KEPT = ["OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"];

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
  const glyphs = new Set([0, ...wanted.values()]);
  const head = Buffer.from(table(font, "head"));
  const { glyf, loca } = outlines(font, head.readInt16BE(50) === 1, glyphs);
  head.writeInt16BE(1, 50);
  const tables = new Map<string, Buffer>([
    ...KEPT.flatMap((tag) => {
      const data = font.tables.get(tag);
      return data ? [[tag, data] as const] : [];
    }),
    ["cmap", characterMap(wanted)],
    ["glyf", glyf],
    ["loca", loca],
    ["head", head],
    ["post", post(table(font, "post"))],
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

/** The kept outlines one after another; composite glyphs bring their parts. */
function outlines(font: Sfnt, long: boolean, glyphs: Set<number>): { glyf: Buffer; loca: Buffer } {
  const [glyf, loca] = [table(font, "glyf"), table(font, "loca")];
  const count = table(font, "maxp").readUInt16BE(4);
  const offset = (glyph: number): number =>
    long ? loca.readUInt32BE(4 * glyph) : 2 * loca.readUInt16BE(2 * glyph);
  const todo = [...glyphs];
  for (let glyph = todo.pop(); glyph !== undefined; glyph = todo.pop()) {
    for (const part of partsOf(glyf.subarray(offset(glyph), offset(glyph + 1)))) {
      if (glyphs.has(part)) continue;
      glyphs.add(part);
      todo.push(part);
    }
  }
  const pieces: Buffer[] = [];
  const newLoca = Buffer.alloc(4 * (count + 1));
  let length = 0;
  let next = 0;
  // Places of glyphs that are left out are the end of the last one kept: filled in runs.
  const mark = (until: number): void => {
    for (; next <= until; next++) newLoca.writeUInt32BE(length, 4 * next);
  };
  for (const glyph of [...glyphs].sort((a, b) => a - b)) {
    mark(glyph);
    const piece = glyf.subarray(offset(glyph), offset(glyph + 1));
    const padding = (4 - (piece.length % 4)) % 4;
    pieces.push(piece, Buffer.alloc(padding));
    length += piece.length + padding;
  }
  mark(count);
  return { glyf: Buffer.concat(pieces), loca: newLoca };
}

/** Glyph numbers that a composite outline is made of. */
function partsOf(outline: Buffer): number[] {
  if (outline.length < 10 || outline.readInt16BE(0) >= 0) return [];
  const parts: number[] = [];
  let at = 10;
  for (let more = true; more;) {
    const flags = outline.readUInt16BE(at);
    parts.push(outline.readUInt16BE(at + 2));
    at += 4 + (flags & 0x1 ? 4 : 2);
    at += flags & 0x8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0;
    more = (flags & 0x20) !== 0;
  }
  return parts;
}

/** Widths of the glyphs that are left; those of the others are zero, so that they compress to nothing. */
function metrics(font: Sfnt, glyphs: ReadonlySet<number>): Buffer {
  const old = table(font, "hmtx");
  const full = table(font, "hhea").readUInt16BE(34);
  const hmtx = Buffer.alloc(old.length);
  for (const glyph of [...glyphs, full - 1]) {
    if (glyph < full) old.copy(hmtx, 4 * glyph, 4 * glyph, 4 * glyph + 4);
    else
      old.copy(
        hmtx,
        4 * full + 2 * (glyph - full),
        4 * full + 2 * (glyph - full),
        4 * full + 2 * (glyph - full) + 2,
      );
  }
  return hmtx;
}

/** `post` without glyph names (version 3). */
function post(old: Buffer): Buffer {
  const short = Buffer.from(old.subarray(0, 32));
  short.writeUInt32BE(0x00030000, 0);
  return short;
}

/** A cmap with one table of format 12. */
function characterMap(wanted: ReadonlyMap<number, number>): Buffer {
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
    const deflated = deflateSync(data, { level: 6 });
    const packed = deflated.length < data.length ? deflated : data;
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
