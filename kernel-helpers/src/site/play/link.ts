/** A project in a link: Dockerfile and files, deflated, as the fragment of an address. Nothing is sent: browsers keep fragments to themselves. */

import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";

import { type PlayFile, type PlayProblem, PROJECT_LIMITS, type Project, projectProblem } from "./project";

/** What a link may hold. A longer one is refused, read and made. */
export const LINK_LIMITS = {
  /** Characters of the fragment. */
  characters: 200_000,
  /** Bytes after inflating. */
  bytes: 4 * PROJECT_LIMITS.bytes,
} as const;

/** Longer links are cut by many messengers. */
export const LONG_LINK = 8_000;

/** Version of the format. A number that this page does not know is told, not guessed at. */
const VERSION = "p1";

/** The file as a link holds it: path, text or base64, 1 when executable. */
type LinkFile = readonly [path: string, text: string | { readonly base64: string }, executable?: 1];

interface LinkProject {
  readonly files: readonly LinkFile[];
  readonly flags?: string;
}

/** The fragment (without `#`) that holds *project*. */
export function encodeLink({ files, flags }: Project): string {
  const content: LinkProject = {
    files: files.map(({ path, data, executable }): LinkFile => {
      const text = typeof data === "string" ? data : { base64: toBase64(data) };
      return executable ? [path, text, 1] : [path, text];
    }),
    ...(flags === "" ? {} : { flags }),
  };
  const packed = deflateSync(strToU8(JSON.stringify(content)), { level: 9 });
  return `${VERSION}.${toBase64(packed).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** Why a link cannot be read. */
export type LinkProblem = PlayProblem | "link-broken" | "link-version" | "link-large";

/** The project that *fragment* (without `#`) holds, or why there is none. Never throws, whatever stands in it. */
export function decodeLink(fragment: string): Project | { readonly problem: LinkProblem } {
  if (fragment.length > LINK_LIMITS.characters) return { problem: "link-large" };
  const [version = "", body = ""] = fragment.split(".", 2);
  if (version !== VERSION)
    return { problem: /^p\d+$/.test(version) && body !== "" ? "link-version" : "link-broken" };
  if (!/^[\w-]+$/.test(body)) return { problem: "link-broken" };
  const bytes = fromBase64(body.replaceAll("-", "+").replaceAll("_", "/"));
  const inflated = bytes === undefined ? undefined : inflate(bytes);
  if (inflated === undefined) return { problem: "link-broken" };
  if (inflated === "large") return { problem: "link-large" };
  return readProject(inflated);
}

function readProject(bytes: Uint8Array): Project | { readonly problem: LinkProblem } {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { problem: "link-broken" };
  }
  if (typeof value !== "object" || value === null) return { problem: "link-broken" };
  const { files, flags = "" } = value as { files?: unknown; flags?: unknown };
  if (!Array.isArray(files) || typeof flags !== "string") return { problem: "link-broken" };
  if (files.length > PROJECT_LIMITS.files) return { problem: "many-files" };
  const read: PlayFile[] = [];
  for (const file of files as readonly unknown[]) {
    const one = readFile(file);
    if (one === undefined) return { problem: "link-broken" };
    read.push(one);
  }
  const project = { files: read, flags };
  const problem = projectProblem(project);
  return problem === undefined ? project : { problem };
}

function readFile(file: unknown): PlayFile | undefined {
  if (!Array.isArray(file) || file.length > 3) return undefined;
  const [path, content, executable] = file as readonly unknown[];
  if (typeof path !== "string" || (executable !== undefined && executable !== 1)) return undefined;
  const mark = executable === 1 ? { executable: true } : {};
  if (typeof content === "string") return { path, data: content, ...mark };
  const { base64 } = (content ?? {}) as { base64?: unknown };
  const data = typeof base64 === "string" ? fromBase64(base64) : undefined;
  return data && { path, data, ...mark };
}

/** Piece by piece, so that a bomb is stopped at the limit and not after it. */
function inflate(bytes: Uint8Array): Uint8Array | "large" | undefined {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  const stream = new Inflate((piece, final) => {
    length += piece.length;
    ended = final;
    if (length > LINK_LIMITS.bytes) throw new RangeError("large");
    pieces.push(piece);
  });
  try {
    for (let at = 0; at < bytes.length; at += CHUNK)
      stream.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
  } catch (error) {
    return error instanceof RangeError && error.message === "large" ? "large" : undefined;
  }
  if (!ended) return undefined;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const CHUNK = 1024;

/** A short name of *fragment*, to know it again (FNV-1a, twice). */
export function linkHash(fragment: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < fragment.length; i++) {
    a = Math.imul(a ^ fragment.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ fragment.charCodeAt(i), 0x85ebca6b);
  }
  return `${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}`;
}

/** Base64 of *bytes*. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(strFromU8(bytes, true));
}

/** The bytes that *text* is the base64 of; undefined when it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return strToU8(atob(text), true);
  } catch {
    return undefined;
  }
}

/** Was the page opened from a disk, or from a server that only this machine reaches? */
export function isLocal({
  protocol,
  hostname,
}: {
  readonly protocol: string;
  readonly hostname: string;
}): boolean {
  return protocol === "file:" || /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
