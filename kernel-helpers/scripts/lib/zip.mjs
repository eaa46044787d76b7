// Writes ZIP archives: the same files give the same bytes. Times are fixed, names are UTF-8.
import fs from "node:fs";
import { crc32 as crcOf, deflateRawSync } from "node:zlib";

/** 1980-01-01 00:00, the earliest time of the format: an archive says nothing about when it was made. */
const DATE = (1 << 5) | 1;
const UTF8 = 0x0800;
/** Archives without the 64-bit extension: fewer than 65,536 files and 4 GiB. */
const MOST_FILES = 0xffff;

const table = new Int32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32; Node has had its own since 22.2. */
function crc32(bytes) {
  if (crcOf !== undefined) return crcOf(bytes);
  let crc = -1;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

/** Writes *entries* (`{ name, bytes, executable? }`, names with `/`) to *file*, whole or not at all. */
export function writeZip(file, entries) {
  if (entries.length > MOST_FILES) throw new Error(`${entries.length} files are too many for this archive`);
  const part = `${file}.part`;
  const out = fs.openSync(part, "w");
  let offset = 0;
  const put = (bytes) => {
    fs.writeSync(out, bytes);
    offset += bytes.length;
  };
  const directory = [];
  for (const { name, bytes, executable = false } of entries) {
    const nameBytes = Buffer.from(name);
    const packed = deflateRawSync(bytes, { level: 6 });
    const method = packed.length < bytes.length ? 8 : 0;
    const data = method === 8 ? packed : bytes;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(UTF8, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(0, 6);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const mode = (0o100000 | (executable ? 0o755 : 0o644)) << 16;
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const versionMadeBy = Buffer.from([20, 3]); // 3: the attributes are those of Unix
    directory.push(
      Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), versionMadeBy, common, tail, nameBytes]),
    );
    put(Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, nameBytes]));
    put(data);
  }
  const start = offset;
  for (const record of directory) put(record);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset - start, 12);
  end.writeUInt32LE(start, 16);
  put(end);
  fs.closeSync(out);
  fs.renameSync(part, file);
}
