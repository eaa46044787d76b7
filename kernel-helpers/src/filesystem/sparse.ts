/** Files with holes in a tar, as GNU tar writes them into PAX records (Go archive/tar reader.go readGNUSparsePAXHeaders). */

/** A file of which only some pieces are stored. */
export interface SparseFile {
  /** The name it really has; absent: that of the entry. */
  readonly name?: string;
  readonly size: number;
  /** Pieces in their order, each behind the end of the one before. */
  readonly pieces: readonly { readonly at: number; readonly length: number }[];
  /** Bytes of the body that hold the list of pieces. */
  readonly mapBytes: number;
}

const KEY = "GNU.sparse.";

/** Formats 0.0, 0.1 and 1.0. *record*: the text of an extended record. Undefined: no such file. Throws RangeError for a broken list. */
export function sparseFile(
  record: (key: string) => string | undefined,
  size: number,
  body: () => Uint8Array,
): SparseFile | undefined {
  const version = `${record(KEY + "major") ?? ""}.${record(KEY + "minor") ?? ""}`;
  const map = record(KEY + "map");
  if (version !== "1.0" && version !== "0.0" && version !== "0.1" && !(version === "." && map))
    return undefined;
  const name = record(KEY + "name");
  const real = record(KEY + "size") ?? record(KEY + "realsize");
  const { numbers, mapBytes } =
    version === "1.0" ? numbersInBody(body()) : { numbers: (map ?? "").split(",").map(count), mapBytes: 0 };
  if (version !== "1.0" && numbers.length !== 2 * count(record(KEY + "numblocks") ?? ""))
    throw new RangeError("a list of another length than announced");
  const full = real === undefined ? size : count(real);
  const pieces = [];
  for (let i = 0, end = 0; i < numbers.length; i += 2) {
    const [at = 0, length = 0] = numbers.slice(i, i + 2);
    if (at < end || at + length > full) throw new RangeError("pieces that overlap, or lie behind the end");
    end = at + length;
    pieces.push({ at, length });
  }
  return { ...(name && { name }), size: full, pieces, mapBytes };
}

/** The whole file, of what is stored of it behind the list. Throws RangeError when that is too short. */
export function filled({ size, pieces }: SparseFile, stored: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(size);
  let from = 0;
  for (const { at, length } of pieces) {
    if (from + length > stored.length) throw new RangeError("less is stored than the list says");
    bytes.set(stored.subarray(from, from + length), at);
    from += length;
  }
  return bytes;
}

/** Format 1.0: the count and the numbers stand before the data, one a line, up to the end of a block. */
function numbersInBody(body: Uint8Array): { numbers: number[]; mapBytes: number } {
  let at = 0;
  const line = (): number => {
    const end = body.indexOf(10, at);
    if (end < 0) throw new RangeError("a list without an end");
    const text = String.fromCharCode(...body.subarray(at, end));
    at = end + 1;
    return count(text);
  };
  const pieces = line();
  if (pieces > body.length) throw new RangeError("a list longer than the file");
  const numbers = Array.from({ length: 2 * pieces }, line);
  return { numbers, mapBytes: Math.ceil(at / 512) * 512 };
}

function count(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new RangeError(`no number: ${text.slice(0, 40)}`);
  return Number(text);
}
