/** Reading tars: USTAR, PAX and GNU long names, with every number and length distrusted. */

import { type ByteSource, sourceContent, toSource } from "../platform/bytes";
import type { Content } from "../platform/files";
import { type LayerEntry, WHITEOUT_PREFIX } from "./layer-entry";
import { padding } from "./go-tar";
import { toContent } from "./content";
import { filled, sparseFile, type SparseFile } from "./sparse";

/**
 * A tar that is broken or hostile. *code*: `LB_TAR_TRUNCATED`, `LB_TAR_HEADER` (checksum or number), `LB_TAR_NAME` (empty, too long,
 * NUL), `LB_TAR_TYPE`, `LB_TAR_ESCAPE` (a name or link that leaves the root), `LB_TAR_LINK` (a hard link to nothing), `LB_TAR_LIMIT`.
 * *offset*: byte at which the header starts, -1 when unknown.
 */
export class TarError extends Error {
  override readonly name = "TarError";
  constructor(
    readonly code: string,
    readonly entry: string,
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** Bounds of what is read. */
export interface TarLimits {
  /** Most entries; default 1,000,000. */
  readonly entries?: number;
  /** Most bytes of file contents; default 8 GiB. */
  readonly bytes?: number;
}

const MAX_EXTENDED = 1 << 20;
const MAX_PATH = 4096;
const MAX_NAME = 255;

const TYPES: Readonly<Record<string, LayerEntry["type"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "char",
  "4": "block",
  "5": "dir",
  "6": "fifo",
};

/**
 * The entries of an uncompressed tar in their order. Contents are views of *tar*, read when they are asked for. Names keep what they say (`./`, a
 * leading slash and `..` too): what extracts them must bound them, as `applyLayer` does. Ends at two zero blocks or at the end.
 */
export function* readTar(tar: Uint8Array | ByteSource, limits: TarLimits = {}): Generator<LayerEntry> {
  const source = toSource(tar);
  const maxEntries = limits.entries ?? 1_000_000;
  let bytesLeft = limits.bytes ?? 2 ** 33;
  let entries = 0;
  let local: Records = new Map();
  let at = 0;
  while (at < source.size) {
    const block = source.read(at, 512);
    if (block.length < 512)
      throw new TarError("LB_TAR_TRUNCATED", "", at, `the tar ends inside a header at byte ${at}`);
    if (isZero(block)) {
      // Go reads on after a single zero block and ends at the second.
      if (at + 1024 > source.size || isZero(source.read(at + 512, 512))) return;
      throw new TarError("LB_TAR_HEADER", "", at, `a lone zero block at byte ${at}`);
    }
    const raw = readHeader(block, at);
    const records = local;
    const size = isExtended(raw.typeflag) ? raw.size : (numberRecord(records, "size", at) ?? raw.size);
    const hasBody = !"12345".includes(raw.typeflag) && raw.typeflag !== "6";
    const length = hasBody ? size : 0;
    const start = at + 512;
    if (length > source.size - start) {
      throw new TarError(
        "LB_TAR_TRUNCATED",
        raw.name,
        at,
        `${raw.name}: ${length} bytes announced, ${source.size - start} there`,
      );
    }
    const header = at;
    at = start + length + padding(length);
    if (isExtended(raw.typeflag)) {
      if (length > MAX_EXTENDED)
        throw new TarError("LB_TAR_LIMIT", raw.name, header, `an extended header of ${length} bytes`);
      const body = source.read(start, length);
      // Go reads a global header and goes on as if it were not there.
      if (raw.typeflag === "g") parseRecords(body, header);
      else if (raw.typeflag === "x") local = parseRecords(body, header);
      else local.set(raw.typeflag === "L" ? "path" : "linkpath", untilNul(body));
      continue;
    }
    local = new Map();
    if (++entries > maxEntries)
      throw new TarError("LB_TAR_LIMIT", raw.name, header, `more than ${maxEntries} entries`);
    const body = { source, start, length };
    const sparse = raw.typeflag === "0" ? sparseOf(records, body, raw.name, header) : undefined;
    bytesLeft -= sparse?.size ?? length;
    if (bytesLeft < 0)
      throw new TarError(
        "LB_TAR_LIMIT",
        raw.name,
        header,
        `more than ${limits.bytes ?? 2 ** 33} bytes of files`,
      );
    yield toEntry(raw, records, body, header, sparse);
  }
}

type Records = Map<string, Uint8Array>;

interface RawHeader {
  readonly name: string;
  readonly typeflag: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly linkname: string;
  readonly devmajor: number;
  readonly devminor: number;
}

/** Where the contents of an entry lie. */
interface Body {
  readonly source: ByteSource;
  readonly start: number;
  readonly length: number;
}

/** The file with holes that the records tell of. */
function sparseOf(records: Records, body: Body, name: string, at: number): SparseFile | undefined {
  try {
    return sparseFile(
      (key) => textRecord(records, key),
      body.length,
      () => body.source.read(body.start, body.length),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TarError("LB_TAR_HEADER", name, at, `${name}: a broken list of pieces: ${error.message}`);
  }
}

function contentOf({ source, start, length }: Body, sparse: SparseFile | undefined): Content {
  if (!sparse) return sourceContent(source, start, length);
  return toContent(filled(sparse, source.read(start + sparse.mapBytes, length - sparse.mapBytes)));
}

function toEntry(
  raw: RawHeader,
  records: Records,
  body: Body,
  at: number,
  sparse: SparseFile | undefined,
): LayerEntry {
  const name = sparse?.name ?? textRecord(records, "path") ?? raw.name;
  checkName(name, at);
  const known = TYPES[raw.typeflag];
  if (known === undefined) {
    throw new TarError(
      "LB_TAR_TYPE",
      name,
      at,
      `${name}: entries of type ${JSON.stringify(raw.typeflag)} are not supported`,
    );
  }
  // Old tars mark a directory only by the slash.
  const type = raw.typeflag === "\0" && name.endsWith("/") ? "dir" : known;
  const linkname = textRecord(records, "linkpath") ?? raw.linkname;
  if (linkname.length > MAX_PATH)
    throw new TarError("LB_TAR_NAME", name, at, `${name}: its link is longer than ${MAX_PATH}`);
  const xattrs = xattrsOf(records);
  const base = name.replace(/\/+$/, "");
  return {
    name,
    type,
    mode: raw.mode & 0o7777,
    uid: numberRecord(records, "uid", at) ?? raw.uid,
    gid: numberRecord(records, "gid", at) ?? raw.gid,
    size: type === "file" ? (sparse?.size ?? body.length) : 0,
    mtime: Math.floor(timeRecord(records, at) ?? raw.mtime),
    ...((type === "symlink" || type === "hardlink") && { linkname }),
    ...((type === "char" || type === "block") && { devmajor: raw.devmajor, devminor: raw.devminor }),
    ...(xattrs && { xattrs }),
    ...(type === "file" && { content: contentOf(body, sparse) }),
    ...(base.slice(base.lastIndexOf("/") + 1).startsWith(WHITEOUT_PREFIX) && { whiteout: true }),
  };
}

function checkName(name: string, at: number): void {
  if (name === "" || name.includes("\0"))
    throw new TarError("LB_TAR_NAME", name, at, `an empty name, or one with NUL, at byte ${at}`);
  if (name.length > MAX_PATH || name.split("/").some((part) => part.length > MAX_NAME)) {
    throw new TarError(
      "LB_TAR_NAME",
      name,
      at,
      `${name.slice(0, 60)}…: a name longer than a file system allows`,
    );
  }
}

function readHeader(block: Uint8Array, at: number): RawHeader {
  let sum = 0;
  let signed = 0;
  for (let i = 0; i < 512; i++) {
    const byte = i >= 148 && i < 156 ? 32 : (block[i] as number);
    sum += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const checksum = number(block, 148, 8, at);
  if (checksum !== sum && checksum !== signed) {
    throw new TarError("LB_TAR_HEADER", "", at, `no tar header at byte ${at}: the checksum is wrong`);
  }
  const magic = text(block, 257, 6);
  const typeflag = String.fromCharCode(block[156] as number);
  const ustar = magic === "ustar" && text(block, 263, 2) === "00";
  const prefix = ustar ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  const device = typeflag === "3" || typeflag === "4";
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    typeflag,
    mode: number(block, 100, 8, at),
    uid: number(block, 108, 8, at),
    gid: number(block, 116, 8, at),
    size: positive(number(block, 124, 12, at), at),
    mtime: number(block, 136, 12, at),
    linkname: text(block, 157, 100),
    devmajor: device ? number(block, 329, 8, at) : 0,
    devminor: device ? number(block, 337, 8, at) : 0,
  };
}

function isExtended(typeflag: string): boolean {
  return typeflag === "x" || typeflag === "g" || typeflag === "L" || typeflag === "K";
}

const decoder = new TextDecoder();

function text(block: Uint8Array, at: number, size: number): string {
  return decoder.decode(untilNul(block.subarray(at, at + size)));
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Octal, or GNU's base 256 when the first bit is set. */
function number(block: Uint8Array, at: number, size: number, header: number): number {
  const field = block.subarray(at, at + size);
  const first = field[0] as number;
  if (first & 0x80) {
    const negative = (first & 0x40) !== 0;
    let value = 0;
    for (let i = 0; i < size; i++) {
      let byte = field[i] as number;
      if (negative) byte ^= 0xff;
      if (i === 0) byte &= 0x7f;
      value = value * 256 + byte;
    }
    if (!Number.isSafeInteger(value))
      throw new TarError("LB_TAR_HEADER", "", header, `a number too large at byte ${header}`);
    return negative ? -value - 1 : value;
  }
  const digits = text(field, 0, size).replace(/^[ \0]+|[ \0]+$/g, "");
  if (digits === "") return 0;
  if (!/^[0-7]+$/.test(digits)) {
    throw new TarError("LB_TAR_HEADER", "", header, `no octal number in the header at byte ${header}`);
  }
  return parseInt(digits, 8);
}

function positive(value: number, at: number): number {
  if (value < 0) throw new TarError("LB_TAR_HEADER", "", at, `a negative size at byte ${at}`);
  return value;
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

const PIECE_KEYS = ["GNU.sparse.offset", "GNU.sparse.numbytes"];

function parseRecords(body: Uint8Array, at: number): Records {
  const records: Records = new Map();
  // The oldest format of files with holes writes the same two keys once for each piece.
  const pieces: string[] = [];
  let from = 0;
  while (from < body.length) {
    const space = body.indexOf(32, from);
    const length = space < 0 ? NaN : Number(decoder.decode(body.subarray(from, space)));
    const end = from + length;
    const equals = body.indexOf(61, space);
    if (
      !Number.isInteger(length) ||
      length < 5 ||
      end > body.length ||
      body[end - 1] !== 10 ||
      equals < 0 ||
      equals >= end
    ) {
      throw new TarError("LB_TAR_HEADER", "", at, `a broken extended record at byte ${at}`);
    }
    const key = decoder.decode(body.subarray(space + 1, equals));
    const value = body.subarray(equals + 1, end - 1);
    const kind = PIECE_KEYS.indexOf(key);
    if (kind >= 0) {
      const number = decoder.decode(value);
      if (kind !== pieces.length % 2 || number.includes(","))
        throw new TarError("LB_TAR_HEADER", "", at, `a broken list of pieces at byte ${at}`);
      pieces.push(number);
    }
    // An empty value takes a record back.
    else if (value.length === 0) records.delete(key);
    else records.set(key, value);
    from = end;
  }
  if (pieces.length > 0) records.set("GNU.sparse.map", new TextEncoder().encode(pieces.join()));
  return records;
}

function textRecord(records: Records, key: string): string | undefined {
  const value = records.get(key);
  return value && decoder.decode(value);
}

function numberRecord(records: Records, key: string, at: number): number | undefined {
  const value = textRecord(records, key);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(Number(value))) {
    throw new TarError(
      "LB_TAR_HEADER",
      "",
      at,
      `the extended record ${key} is no number: ${JSON.stringify(value.slice(0, 40))}`,
    );
  }
  return Number(value);
}

function timeRecord(records: Records, at: number): number | undefined {
  const value = textRecord(records, "mtime");
  if (value === undefined) return undefined;
  if (!/^-?\d+(\.\d*)?$/.test(value))
    throw new TarError("LB_TAR_HEADER", "", at, `the extended record mtime is no time`);
  return Number(value);
}

function xattrsOf(records: Records): Record<string, Uint8Array> | undefined {
  let xattrs: Record<string, Uint8Array> | undefined;
  for (const [key, value] of records) {
    if (!key.startsWith("SCHILY.xattr.")) continue;
    xattrs ??= Object.create(null) as Record<string, Uint8Array>;
    xattrs[key.slice("SCHILY.xattr.".length)] = value.slice();
  }
  return xattrs;
}
