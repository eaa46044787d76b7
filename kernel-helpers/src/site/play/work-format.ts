/** A work as the text that storage holds: each file's content once, however many builds of the work have it. */

import { fromBase64, toBase64 } from "./link";
import { type PlayFile, type Project, projectProblem } from "./project";

/** One piece of work: what it grew from, what became of it, and what was built on the way. */
export interface Work {
  readonly id: string;
  /** Milliseconds since 1970 of the last change. */
  readonly at: number;
  /** `example:note` or `link:<hash>`. */
  readonly origin: string;
  /** Nothing was changed since it was opened: it can be had again from where it came. */
  readonly pristine: boolean;
  readonly project: Project;
  /** The last builds, oldest first: rebuilt at the next visit, so that its cache is there again. */
  readonly built: readonly Project[];
}

/** A work that another version wrote is not read. */
const VERSION = 1;

/** A file: path, index of its content, 1 when executable. */
type PackedFile = readonly [path: string, content: number, executable?: 1];
interface PackedProject {
  readonly files: readonly PackedFile[];
  readonly flags: string;
}

const encoded = new WeakMap<Uint8Array, { readonly base64: string }>();

/** The text of *work*. It is made after every pause in typing, so that bytes are encoded once. */
export function packWork({ at, origin, pristine, project, built }: Work): string {
  const contents: (string | { readonly base64: string })[] = [];
  const places = new Map<string | Uint8Array, number>();
  const pack = ({ files, flags }: Project): PackedProject => ({
    files: files.map(({ path, data, executable }): PackedFile => {
      const place = places.get(data) ?? contents.length;
      if (place === contents.length) {
        contents.push(typeof data === "string" ? data : encodedOf(data));
        places.set(data, place);
      }
      return executable ? [path, place, 1] : [path, place];
    }),
    flags,
  });
  const packed = { project: pack(project), built: built.map(pack) };
  return JSON.stringify({ version: VERSION, at, origin, pristine, ...packed, contents });
}

function encodedOf(data: Uint8Array): { readonly base64: string } {
  const known = encoded.get(data);
  if (known !== undefined) return known;
  const made = { base64: toBase64(data) };
  encoded.set(data, made);
  return made;
}

/** The work in *text*; undefined when it is none that can be read. Never throws. */
export function unpackWork(id: string, text: string): Work | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const { version, at, origin, pristine, contents } = value;
    if (version !== VERSION || typeof at !== "number" || typeof origin !== "string") return undefined;
    const data = (contents as readonly unknown[]).map(contentOf);
    const project = unpack(value["project"], data);
    if (project === undefined) return undefined;
    const built = (value["built"] as readonly unknown[])
      .map((one) => unpack(one, data))
      .filter((one) => one !== undefined);
    return { id, at, origin, pristine: pristine === true, project, built };
  } catch {
    return undefined;
  }
}

function contentOf(content: unknown): string | Uint8Array | undefined {
  if (typeof content === "string") return content;
  const { base64 } = content as { readonly base64?: unknown };
  return typeof base64 === "string" ? fromBase64(base64) : undefined;
}

function unpack(value: unknown, data: readonly (string | Uint8Array | undefined)[]): Project | undefined {
  const { files, flags } = value as PackedProject;
  const read = files.map(([path, content, executable]): PlayFile | undefined => {
    const found = data[content];
    if (typeof path !== "string" || found === undefined) return undefined;
    return { path, data: found, ...(executable === 1 ? { executable: true } : {}) };
  });
  if (typeof flags !== "string" || read.includes(undefined)) return undefined;
  const project = { files: read.filter((file) => file !== undefined), flags };
  return projectProblem(project) === undefined ? project : undefined;
}
