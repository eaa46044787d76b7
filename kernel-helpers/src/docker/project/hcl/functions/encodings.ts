/** Functions that encode, decode and digest texts. */

import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import type { HclValue } from "../types";
import { type Apply, text } from "./arguments";
import { entriesOf, isList, isObject } from "../operations";

const utf8 = (value: HclValue | undefined): Uint8Array => new TextEncoder().encode(text(value));

function fromBase64(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(atob(value), (char) => char.charCodeAt(0)),
    );
  } catch {
    throw new RangeError("this is no base64 of a text");
  }
}

/** As Go writes JSON: keys sorted, `<`, `>` and `&` escaped. */
function json(value: HclValue): string {
  const sorted = (one: HclValue): unknown =>
    isList(one)
      ? one.map(sorted)
      : isObject(one)
        ? Object.fromEntries(entriesOf(one).map(([key, item]) => [key as string, sorted(item)]))
        : one;
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function fromJson(value: string): HclValue {
  try {
    return JSON.parse(value) as HclValue;
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : String(error));
  }
}

/** One record of a CSV line; undefined for quotes that are not closed. */
export function csvRecords(value: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  const end = (): void => {
    row.push(field);
    field = "";
  };
  for (let i = 0; i < value.length; i++) {
    const char = value[i]!;
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (value[i + 1] === '"') {
        field += '"';
        i++;
      } else isQuoted = false;
    } else if (char === '"' && field === "") isQuoted = true;
    else if (char === ",") end();
    else if (char === "\n") {
      end();
      if (row.length > 1 || row[0] !== "") rows.push(row);
      row = [];
    } else if (char !== "\r") field += char;
  }
  if (isQuoted) throw new RangeError("a quote of the CSV is not closed");
  end();
  if (row.length > 1 || row[0] !== "") rows.push(row);
  return rows;
}

function csvDecoded(value: string): HclValue {
  const [head, ...rows] = csvRecords(value);
  if (!head) throw new RangeError("the CSV has no head");
  return rows.map((row) => {
    if (row.length !== head.length) throw new RangeError("a row of the CSV has another number of fields");
    return Object.fromEntries(head.map((name, i) => [name, row[i]!]));
  });
}

const NAMESPACES: Readonly<Record<string, string>> = {
  dns: "6ba7b8109dad11d180b400c04fd430c8",
  url: "6ba7b8119dad11d180b400c04fd430c8",
  oid: "6ba7b8129dad11d180b400c04fd430c8",
  x500: "6ba7b8149dad11d180b400c04fd430c8",
};

/** A UUID made of a name (RFC 9562, version 5). */
function uuid5(namespace: string, name: string): string {
  const hex = NAMESPACES[namespace] ?? namespace.replaceAll("-", "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) throw new RangeError("the namespace is no UUID");
  const head = Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16));
  const digest = sha1(Uint8Array.from([...head, ...new TextEncoder().encode(name)])).slice(0, 16);
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return bytesToHex(digest).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export const ENCODINGS: Readonly<Record<string, Apply>> = {
  base64decode: (value) => fromBase64(text(value)),
  base64encode: (value) => btoa(String.fromCharCode(...utf8(value))),
  csvdecode: (value) => csvDecoded(text(value)),
  jsondecode: (value) => fromJson(text(value)),
  jsonencode: (value) => json(value ?? null),
  md5: (value) => bytesToHex(md5(utf8(value))),
  sha1: (value) => bytesToHex(sha1(utf8(value))),
  sha256: (value) => bytesToHex(sha256(utf8(value))),
  sha512: (value) => bytesToHex(sha512(utf8(value))),
  urlencode: (value) =>
    encodeURIComponent(text(value))
      .replace(/%20/g, "+")
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  uuidv5: (namespace, name) => uuid5(text(namespace), text(name)),
};
