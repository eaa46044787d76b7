/** Tar headers byte for byte as Go's archive/tar writes them (writer.go, strconv.go of Go 1.26). */

import { utf8Length } from "../platform/paths";

const encoder = new TextEncoder();

/** A header as Go's `tar.Header`. */
export interface GoTarHeader {
  /** One character: `0` file, `1` hard link, `2` symbolic link, `3` char, `4` block, `5` directory, `6` fifo. */
  readonly typeflag: string;
  readonly name: string;
  readonly linkname: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  readonly devmajor: number;
  readonly devminor: number;
  /** Extended records beside those that the fields need, as bytes by key (`SCHILY.xattr.…`). */
  readonly records?: Readonly<Record<string, Uint8Array>>;
  /** Use the PAX format even where the older one would do. */
  readonly pax?: boolean;
}

/** A field that no format can hold. */
export class TarFieldError extends Error {
  override readonly name = "TarFieldError";
  readonly code = "LB_TAR_FIELD";
}

/** Would Go choose PAX for this header (USTAR where it can)? */
export function needsPax(header: GoTarHeader): boolean {
  return paxOf(header).pax;
}

/** The blocks of a header: 512 bytes, with the extended header in front where one is needed. */
export function encodeHeader(header: GoTarHeader): Uint8Array {
  if (isPlain(header)) return mainBlock(header, "", (text) => text);
  const { pax, records } = paxOf(header);
  if (!pax && records.size === 0) return mainBlock(header, "", (text) => text);
  if (!pax) {
    const [prefix, name] = splitPath(header.name) ?? ["", header.name];
    return mainBlock({ ...header, name }, prefix, (text) => text);
  }
  const main = mainBlock(header, "", toAscii);
  if (records.size === 0) return main;
  const extended = extendedHeader(header.name, records);
  const bytes = new Uint8Array(extended.length + main.length);
  bytes.set(extended);
  bytes.set(main, extended.length);
  return bytes;
}

/** Does every field fit as it is? */
function isPlain(header: GoTarHeader): boolean {
  const { name, linkname, mode, uid, gid, size, devmajor, devminor, mtime } = header;
  return (
    !header.pax &&
    header.records === undefined &&
    name.length <= 100 &&
    linkname.length <= 100 &&
    isAscii(name) &&
    isAscii(linkname) &&
    [mode, uid, gid, devmajor, devminor].every((value) => fitsOctal(8, value)) &&
    fitsOctal(12, size) &&
    fitsOctal(12, mtime)
  );
}

function paxOf(header: GoTarHeader): { pax: boolean; records: Map<string, Uint8Array> } {
  const records = new Map<string, Uint8Array>();
  let pax = header.pax ?? false;
  const text = (value: string, size: number, key: string, splittable: boolean): void => {
    if (value.includes("\0"))
      throw new TarFieldError(`tar cannot hold NUL in ${key}: ${JSON.stringify(value)}`);
    if (isAscii(value) && value.length <= size) return;
    if (!splittable || splitPath(value) === undefined) pax = true;
    records.set(key, encoder.encode(value));
  };
  const number = (value: number, size: number, key: string | undefined): void => {
    if (fitsOctal(size, value)) return;
    if (key === undefined) throw new TarFieldError(`tar cannot hold the number ${value}`);
    pax = true;
    records.set(key, encoder.encode(String(value)));
  };
  text(header.name, 100, "path", true);
  text(header.linkname, 100, "linkpath", false);
  number(header.mode, 8, undefined);
  number(header.uid, 8, "uid");
  number(header.gid, 8, "gid");
  number(header.size, 12, "size");
  number(header.devmajor, 8, undefined);
  number(header.devminor, 8, undefined);
  number(header.mtime, 12, "mtime");
  for (const [key, value] of header.records ? Object.entries(header.records) : []) {
    pax = true;
    if (!records.has(key)) records.set(key, value);
  }
  return { pax, records };
}

function mainBlock(header: GoTarHeader, prefix: string, ascii: (text: string) => string): Uint8Array {
  const block = new Uint8Array(512);
  putText(block, 0, 100, ascii(header.name));
  putOctal(block, 100, 8, header.mode);
  putOctal(block, 108, 8, header.uid);
  putOctal(block, 116, 8, header.gid);
  putOctal(block, 124, 12, header.size);
  putOctal(block, 136, 12, header.mtime);
  block[156] = header.typeflag.charCodeAt(0);
  putText(block, 157, 100, ascii(header.linkname));
  putOctal(block, 329, 8, header.devmajor);
  putOctal(block, 337, 8, header.devminor);
  putText(block, 345, 155, prefix);
  return finish(block);
}

function extendedHeader(name: string, records: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const lines = [...records.keys()].sort().map((key) => paxRecord(key, records.get(key) as Uint8Array));
  const size = lines.reduce((sum, line) => sum + line.length, 0);
  const bytes = new Uint8Array(512 + size + padding(size));
  const slash = name.lastIndexOf("/") + 1;
  const place = toAscii(joined(name.slice(0, slash), name.slice(slash)));
  const block = new Uint8Array(512);
  putText(block, 0, 100, place.slice(0, 100).replace(/\/+$/, ""));
  for (const [at, length] of [
    [100, 8],
    [108, 8],
    [116, 8],
    [136, 12],
  ] as const)
    putOctal(block, at, length, 0);
  putOctal(block, 124, 12, size);
  block[156] = "x".charCodeAt(0);
  bytes.set(finish(block));
  let at = 512;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length;
  }
  return bytes;
}

/** Go's path.Join(dir, "PaxHeaders.0", file). */
function joined(dir: string, file: string): string {
  const parts: string[] = [];
  for (const part of [...dir.split("/"), "PaxHeaders.0", ...file.split("/")]) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts[parts.length - 1] !== "..") parts.pop();
    else parts.push(part);
  }
  return (dir.startsWith("/") ? "/" : "") + parts.join("/");
}

/** `<length> key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: Uint8Array): Uint8Array {
  const rest = utf8Length(key) + value.length + 3;
  let size = rest + String(rest).length;
  if (String(size).length + rest !== size) size = rest + String(size).length;
  const head = encoder.encode(`${size} ${key}=`);
  const line = new Uint8Array(size);
  line.set(head);
  line.set(value, head.length);
  line[size - 1] = 10;
  return line;
}

function finish(block: Uint8Array): Uint8Array {
  putText(block, 257, 8, "ustar\x0000");
  block.fill(32, 148, 156);
  let sum = 0;
  for (let i = 0; i < 512; i++) sum += block[i] as number;
  putText(block, 148, 8, sum.toString(8).padStart(6, "0") + "\0 ");
  return block;
}

function putText(block: Uint8Array, at: number, size: number, text: string): void {
  if (text.length <= size) {
    let i = 0;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) break;
      block[at + i] = code;
    }
    if (i === text.length) return;
  }
  const bytes = encoder.encode(text);
  block.set(bytes.subarray(0, size), at);
  // A cut-off name must not look like a directory's.
  if (bytes.length > size && block[at + size - 1] === 47) {
    let end = size - 1;
    while (end > 0 && block[at + end - 1] === 47) end--;
    block[at + end] = 0;
  }
}

function putOctal(block: Uint8Array, at: number, size: number, value: number): void {
  let rest = fitsOctal(size, value) ? value : 0;
  for (let i = size - 2; i >= 0; i--) {
    block[at + i] = 48 + (rest % 8);
    rest = Math.floor(rest / 8);
  }
}

function fitsOctal(size: number, value: number): boolean {
  return value >= 0 && value < 2 ** (3 * size - 3);
}

/** USTAR's two fields for a long path: up to 155 bytes of directory, up to 100 of the rest. */
function splitPath(name: string): readonly [prefix: string, rest: string] | undefined {
  let length = name.length;
  if (length <= 100 || !isAscii(name)) return undefined;
  if (length > 156) length = 156;
  else if (name.charCodeAt(length - 1) === 47) length--;
  const slash = name.slice(0, length).lastIndexOf("/");
  const rest = name.length - slash - 1;
  if (slash <= 0 || rest > 100 || rest === 0 || slash > 155) return undefined;
  return [name.slice(0, slash), name.slice(slash + 1)];
}

/** How many bytes fill *size* up to a whole block. */
export function padding(size: number): number {
  return (512 - (size % 512)) % 512;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80 || code === 0) return false;
  }
  return true;
}

function toAscii(text: string): string {
  if (isAscii(text)) return text;
  return [...text].filter((c) => c < "\x80" && c !== "\0").join("");
}
