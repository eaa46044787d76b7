/** Reads the tables of a font file: WOFF 1 (zlib), WOFF 2 (brotli, untransformed tables only), bare TrueType. */

import { brotliDecompressSync, inflateSync } from "node:zlib";

/** The tables of a font by tag, and the sfnt version (`0x00010000` for TrueType outlines). */
export interface Sfnt {
  readonly version: number;
  readonly tables: ReadonlyMap<string, Buffer>;
}

const WOFF = 0x774f4646;
const WOFF2 = 0x774f4632;

/** Tags that WOFF 2 abbreviates, by index (W3C WOFF2, section 4.1). */
const KNOWN_TAGS =
  "cmap head hhea hmtx maxp name OS/2 post cvt  fpgm glyf loca prep CFF  VORG EBDT EBLC gasp hdmx kern LTSH PCLT VDMX vhea vmtx BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL SVG  sbix acnt avar bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty just lcar mort morx opbd prop trak Zapf Silf Glat Gloc Feat Sill"
    .match(/.{4} ?/g)
    ?.map((tag) => tag.slice(0, 4)) ?? [];

/** The font in *data*. Of WOFF 2 the transformed tables (glyf, loca, hmtx) are left out: they are not needed for the character map. */
export function readSfnt(data: Buffer): Sfnt {
  const signature = data.readUInt32BE(0);
  if (signature === WOFF) return readWoff(data);
  if (signature === WOFF2) return readWoff2(data);
  const tables = new Map<string, Buffer>();
  for (let i = 0; i < data.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    const offset = data.readUInt32BE(at + 8);
    tables.set(
      data.toString("latin1", at, at + 4),
      data.subarray(offset, offset + data.readUInt32BE(at + 12)),
    );
  }
  return { version: signature, tables };
}

function readWoff(data: Buffer): Sfnt {
  const tables = new Map<string, Buffer>();
  for (let i = 0; i < data.readUInt16BE(12); i++) {
    const at = 44 + 20 * i;
    const offset = data.readUInt32BE(at + 4);
    const packed = data.subarray(offset, offset + data.readUInt32BE(at + 8));
    const length = data.readUInt32BE(at + 12);
    tables.set(data.toString("latin1", at, at + 4), packed.length < length ? inflateSync(packed) : packed);
  }
  return { version: data.readUInt32BE(4), tables };
}

function readWoff2(data: Buffer): Sfnt {
  let at = 48;
  const base128 = (): number => {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      const byte = data.readUInt8(at++);
      value = value * 128 + (byte & 0x7f);
      if ((byte & 0x80) === 0) break;
    }
    return value;
  };
  const entries: { tag: string; length: number; transformed: boolean }[] = [];
  for (let i = 0; i < data.readUInt16BE(12); i++) {
    const flags = data.readUInt8(at++);
    const known = KNOWN_TAGS[flags & 0x3f];
    const tag = (flags & 0x3f) === 0x3f ? data.toString("latin1", at, (at += 4)) : (known ?? "");
    const length = base128();
    // glyf and loca are transformed unless the version says 3, all others only when it is not 0.
    const version = flags >> 6;
    const transformed = tag === "glyf" || tag === "loca" ? version !== 3 : version !== 0;
    entries.push({ tag, length: transformed ? base128() : length, transformed });
  }
  const bytes = brotliDecompressSync(data.subarray(at, at + data.readUInt32BE(20)));
  const tables = new Map<string, Buffer>();
  let offset = 0;
  for (const { tag, length, transformed } of entries) {
    if (!transformed) tables.set(tag, bytes.subarray(offset, offset + length));
    offset += length;
  }
  return { version: data.readUInt32BE(4), tables };
}

/** Glyph numbers by code point, of the font's Unicode map (cmap formats 4 and 12). */
export function readCharacterMap(font: Sfnt): Map<number, number> {
  const cmap = font.tables.get("cmap");
  const map = new Map<number, number>();
  if (!cmap) return map;
  const offsets = new Set<number>();
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const [platform, encoding] = [cmap.readUInt16BE(4 + 8 * i), cmap.readUInt16BE(6 + 8 * i)];
    if (platform === 0 || (platform === 3 && (encoding === 1 || encoding === 10)))
      offsets.add(cmap.readUInt32BE(8 + 8 * i));
  }
  for (const offset of offsets) {
    const table = cmap.subarray(offset);
    const format = table.readUInt16BE(0);
    if (format === 12) {
      for (let i = 0; i < table.readUInt32BE(12); i++) {
        const at = 16 + 12 * i;
        const [start, end, glyph] = [
          table.readUInt32BE(at),
          table.readUInt32BE(at + 4),
          table.readUInt32BE(at + 8),
        ];
        for (let code = start; code <= end; code++) map.set(code, glyph + code - start);
      }
    } else if (format === 4) readFormat4(table, map);
  }
  return map;
}

function readFormat4(table: Buffer, map: Map<number, number>): void {
  const size = table.readUInt16BE(6);
  const ends = 14;
  const starts = ends + size + 2;
  const deltas = starts + size;
  const ranges = deltas + size;
  for (let i = 0; i < size; i += 2) {
    const [start, end] = [table.readUInt16BE(starts + i), table.readUInt16BE(ends + i)];
    const delta = table.readUInt16BE(deltas + i);
    const range = table.readUInt16BE(ranges + i);
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const raw = range === 0 ? code : table.readUInt16BE(ranges + i + range + 2 * (code - start));
      const glyph = range !== 0 && raw === 0 ? 0 : (raw + delta) & 0xffff;
      if (glyph !== 0 && !map.has(code)) map.set(code, glyph);
    }
  }
}

/** The glyph number of *code* in *font*, 0 when it has none: the map is searched, not read as a whole. */
export function glyphOf(font: Sfnt, code: number): number {
  const cmap = font.tables.get("cmap");
  if (!cmap) return 0;
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const [platform, encoding] = [cmap.readUInt16BE(4 + 8 * i), cmap.readUInt16BE(6 + 8 * i)];
    if (platform !== 0 && !(platform === 3 && (encoding === 1 || encoding === 10))) continue;
    const table = cmap.subarray(cmap.readUInt32BE(8 + 8 * i));
    const format = table.readUInt16BE(0);
    const glyph =
      format === 12 ? glyphOfFormat12(table, code) : format === 4 ? glyphOfFormat4(table, code) : 0;
    if (glyph !== 0) return glyph;
  }
  return 0;
}

function glyphOfFormat12(table: Buffer, code: number): number {
  let [low, high] = [0, table.readUInt32BE(12) - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = 16 + 12 * middle;
    if (code < table.readUInt32BE(at)) high = middle - 1;
    else if (code > table.readUInt32BE(at + 4)) low = middle + 1;
    else return table.readUInt32BE(at + 8) + code - table.readUInt32BE(at);
  }
  return 0;
}

function glyphOfFormat4(table: Buffer, code: number): number {
  if (code > 0xfffe) return 0;
  const size = table.readUInt16BE(6);
  const [ends, starts] = [14, 14 + size + 2];
  let [low, high] = [0, size / 2 - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table.readUInt16BE(ends + 2 * middle) < code) low = middle + 1;
    else high = middle;
  }
  const start = table.readUInt16BE(starts + 2 * low);
  if (code < start || code > table.readUInt16BE(ends + 2 * low)) return 0;
  const delta = table.readUInt16BE(starts + size + 2 * low);
  const place = starts + 2 * size + 2 * low;
  const range = table.readUInt16BE(place);
  const raw = range === 0 ? code : table.readUInt16BE(place + range + 2 * (code - start));
  return range !== 0 && raw === 0 ? 0 : (raw + delta) & 0xffff;
}
