/** A learner's work as one zip, which both editions write and read: notebooks, contexts and progress, with permissions and links. Caches are made anew. */

import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from "fflate";

import { joinProgress } from "./course-progress";
import { parseProgress } from "./progress";

/** A file, folder or link of the work. */
export interface WorkEntry {
  /** Relative to the working folder, with `/`. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  /** Bytes of a file. */
  readonly data?: Uint8Array;
  /** Target of a link, as written. */
  readonly target?: string;
  /** Permission bits. */
  readonly mode: number;
}

/** A zip that is not read; nothing of it is used. `code`: `LB_WORK_ZIP` (unreadable, or no work in it), `LB_WORK_ZIP_PATH`, `LB_WORK_ZIP_SIZE`. */
export class WorkZipError extends Error {
  override readonly name = "WorkZipError";

  constructor(
    readonly code: "LB_WORK_ZIP" | "LB_WORK_ZIP_PATH" | "LB_WORK_ZIP_SIZE",
    readonly ko: string,
    readonly en: string,
  ) {
    super(`${ko} (${en})`);
  }
}

/** What a zip may hold. */
const LIMITS = { entries: 20_000, bytes: 500_000_000, path: 1024 } as const;

const MODE_SHIFT = 16;
const TYPE_MASK = 0o170000;
const FILE = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;
const UNIX = 3;

/** Where versions go that a zip's take the place of. */
const COPIES = "kept";
/** Never work: made by programs beside it, or kept from it. */
const NOT_WORK =
  /^kept(\/|$)|(^|\/)(\.ipynb_checkpoints|node_modules|\.git|__MACOSX|\.DS_Store|Thumbs\.db)(\/|$)|^\.layerbook-lessons\.json$/;
/** Of the state beside a notebook: what the learner did, not what building left. */
const STATE = /(^|\/)\.layerbook(\/(progress\.json|predictions\.json|kept(\/.*)?))?$/;

/** Does *path* (relative, with `/`) belong to the learner's work? */
export function isWork(path: string): boolean {
  return !NOT_WORK.test(path) && (!/(^|\/)\.layerbook(\/|$)/.test(path) || STATE.test(path));
}

/** *entries* as a zip that any unzip makes a working folder of; *modified*: milliseconds since 1970, written for all. */
export function packWork(entries: Iterable<WorkEntry>, modified: number): Uint8Array<ArrayBuffer> {
  const files: Zippable = {};
  // A zip knows no times before 1980.
  const mtime = Math.max(modified, Date.UTC(1980, 0, 2));
  for (const { path, kind, data, target, mode } of entries) {
    if (!isWork(path)) continue;
    const type = kind === "folder" ? FOLDER : kind === "link" ? LINK : FILE;
    const bytes = kind === "link" ? strToU8(target ?? "") : (data ?? new Uint8Array());
    const attrs = ((type | mode) << MODE_SHIFT) >>> 0;
    files[kind === "folder" ? `${path}/` : path] = [bytes, { os: UNIX, attrs, mtime }];
  }
  return zipSync(files);
}

/**
 * The work in *zip*, folders before what is in them. One folder around everything, as unzipping and zipping again leaves it, is
 * taken off. Throws WorkZipError.
 */
export function readWork(zip: Uint8Array): WorkEntry[] {
  const modes = modesOf(zip);
  const all = Object.entries(unpacked(zip)).map(([name, data]): WorkEntry => {
    const attributes = modes.get(name) ?? 0;
    const mode = attributes & 0o777;
    const path = name.replace(/\/$/, "");
    if (name.endsWith("/")) return { path, kind: "folder", mode: mode || 0o755 };
    return (attributes & TYPE_MASK) === LINK
      ? { path, kind: "link", target: strFromU8(data), mode: 0o777 }
      : { path, kind: "file", data, mode: mode || 0o644 };
  });
  const wrapper = wrapperOf(all);
  const entries = all
    .filter(({ path }) => path !== wrapper && !NOT_WORK.test(path))
    .map((entry) =>
      wrapper === undefined ? entry : { ...entry, path: entry.path.slice(wrapper.length + 1) },
    )
    .filter(({ path }) => isWork(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (!entries.some(({ path }) => path.endsWith(".ipynb") || /(^|\/)(app|\.layerbook)\//.test(path)))
    throw new WorkZipError(
      "LB_WORK_ZIP",
      "노트북도 app/ 폴더도 없는 zip이라 풀지 않았습니다. ‘내 작업 내려받기’나 layerbook lesson export가 만든 파일을 고르세요.",
      "no notebook and no app/ folder in the zip; choose one that the browser edition or `layerbook lesson export` made",
    );
  for (const entry of entries) check(entry, entries);
  return entries;
}

function unpacked(zip: Uint8Array): Record<string, Uint8Array> {
  let count = 0;
  let bytes = 0;
  try {
    return unzipSync(zip, {
      filter: ({ originalSize }) => {
        bytes += originalSize;
        if (++count > LIMITS.entries || bytes > LIMITS.bytes)
          throw new WorkZipError(
            "LB_WORK_ZIP_SIZE",
            "파일이 2만 개 또는 500MB를 넘는 zip이라 풀지 않았습니다.",
            "more than 20,000 files or 500 MB in the zip; nothing was taken",
          );
        return true;
      },
    });
  } catch (error) {
    if (error instanceof WorkZipError) throw error;
    throw new WorkZipError(
      "LB_WORK_ZIP",
      "온전한 zip 파일이 아니라 풀지 않았습니다. 다시 내려받아 보세요.",
      "the zip cannot be read; download it again",
    );
  }
}

/** The one folder that everything is in, if it is none of the lessons. */
function wrapperOf(entries: readonly WorkEntry[]): string | undefined {
  const shown = entries.map(({ path }) => path).filter((path) => !NOT_WORK.test(path));
  const tops = new Set(shown.map((path) => path.split("/")[0]));
  const [top] = tops;
  if (tops.size !== 1 || top === undefined || /^\d\d-/.test(top)) return undefined;
  return shown.some((path) => path.split("/").length > 2) &&
    !shown.some((path) => path.startsWith(`${top}/app/`))
    ? top
    : undefined;
}

/** Throws for a name or link that leads elsewhere than into the working folder. */
function check({ path, kind, target }: WorkEntry, all: readonly WorkEntry[]): void {
  const refuse = (why: string, en: string): never => {
    throw new WorkZipError(
      "LB_WORK_ZIP_PATH",
      `zip 안의 ‘${shown(path)}’ ${why} 아무것도 풀지 않았습니다.`,
      `${shown(path)} ${en}; nothing was taken`,
    );
  };
  const isGood =
    path.length <= LIMITS.path &&
    !/[\u0000-\u001f\u007f\\]|^[A-Za-z]:/.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isGood) refuse("은(는) 쓸 수 없는 이름입니다.", "is no name that can be used");
  if (kind !== "link") return;
  if (all.some((other) => other.path.startsWith(`${path}/`)))
    refuse("은(는) 링크인데 그 아래에 파일이 있습니다.", "is a link with files below it");
  let depth = path.split("/").length - 1;
  for (const part of (target ?? "").split("/"))
    depth += part === ".." ? -1 : part === "" || part === "." ? 0 : 1;
  const leaves =
    (target ?? "").startsWith("/") || /(^|\/)\.\.(\/|$)/.test((target ?? "").replace(/^(\.\.\/)+/, ""));
  if (leaves || depth < 1) refuse("은(는) 작업 폴더 밖을 가리키는 링크입니다.", "is a link that leads out");
}

const shown = (path: string): string => path.replace(/[\u0000-\u001f\u007f]/g, "�").slice(0, 200);

/** Permission bits by name, from the central directory (APPNOTE 4.3.12): the library does not give them. */
function modesOf(zip: Uint8Array): Map<string, number> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const modes = new Map<string, number>();
  let end = zip.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return modes;
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= end && view.getUint32(at, true) === 0x02014b50) {
    const length = view.getUint16(at + 28, true);
    const isUtf8 = (view.getUint16(at + 8, true) & 0x0800) !== 0;
    const name = strFromU8(zip.subarray(at + 46, at + 46 + length), !isUtf8);
    if (zip[at + 5] === UNIX) modes.set(name, view.getUint32(at + 38, true) >>> MODE_SHIFT);
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return modes;
}

/** A working folder that a zip is to be put over. */
export interface WorkFolder {
  /** Bytes of the file at *path*; undefined when there is none. */
  bytes(path: string): Uint8Array | undefined;
  /** Is *data* what was handed out as *path*, nothing of it changed by the learner? */
  isUntouched(path: string, data: Uint8Array): boolean;
}

/** What taking a zip in means for a working folder. */
export interface WorkPlan {
  /** To be written, in this order. */
  readonly writes: readonly WorkEntry[];
  /** Files of the learner that are replaced: where each is now, and where it goes first. */
  readonly kept: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Plans to put *entries* over *folder*. The learner's own version of a file that differs is moved to `kept/import-N` (*copies*: N)
 * first; a handed-out file never takes the place of an edited one; progress is joined. A second import changes nothing.
 */
export function planWork(entries: readonly WorkEntry[], folder: WorkFolder, copies: number): WorkPlan {
  const writes: WorkEntry[] = [];
  const kept: { from: string; to: string }[] = [];
  for (const entry of entries) {
    const { path, kind, target } = entry;
    const data = kind === "link" ? strToU8(target ?? "") : entry.data;
    const there = entry.kind === "folder" ? undefined : folder.bytes(path);
    if (there === undefined) writes.push(entry);
    else if (/(^|\/)\.layerbook\/progress\.json$/.test(path)) {
      const both = joined(entry, there);
      if (!equal(both.data ?? new Uint8Array(), there)) writes.push(both);
    } else if (data !== undefined && (equal(data, there) || folder.isUntouched(path, data))) continue;
    else {
      if (!folder.isUntouched(path, there))
        kept.push({ from: path, to: `${COPIES}/import-${copies}/${path}` });
      writes.push(entry);
    }
  }
  return { writes, kept };
}

/** Progress of both; one that cannot be read gives way. */
function joined(entry: WorkEntry, there: Uint8Array): WorkEntry {
  const [old, imported] = [there, entry.data ?? new Uint8Array()].map((bytes) =>
    parseProgress(strFromU8(bytes)),
  );
  if (imported === undefined) return { ...entry, data: there };
  if (old === undefined) return entry;
  const both = joinProgress(old, imported);
  if (JSON.stringify(both) === JSON.stringify(old)) return { ...entry, data: there };
  return { ...entry, data: strToU8(`${JSON.stringify(both, null, 1)}\n`) };
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
