/** The page's memory in the browser's own storage: every work that was begun, and the choices of language and theme. */

import { packWork, unpackWork, type Work } from "./work-format";

const PREFIX = "layerbook-play-";
const WORK = `${PREFIX}work-`;
const HELD = `${PREFIX}held-`;
/** Which work this tab shows: kept for this tab, so that a reload brings back what was in it and not what another tab edits. */
const SHOWN = `${PREFIX}shown`;

/** What became of keeping something: `full` has no room for it, `refused` is a browser that stores nothing. */
export type Kept = "kept" | "full" | "refused";

/** A value that was kept; undefined for none and where the browser refuses. */
function read(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, value: string): Kept {
  try {
    localStorage.setItem(name, value);
    return "kept";
  } catch (error) {
    return (error as Partial<DOMException>).name === "QuotaExceededError" && hasStorage()
      ? "full"
      : "refused";
  }
}

function hasStorage(): boolean {
  try {
    return localStorage.length > 0;
  } catch {
    return false;
  }
}

function remove(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing is kept where nothing can be removed.
  }
}

/** A name that no other work has. */
export function newId(): string {
  return `${Date.now().toString(36)}${Math.floor(Math.random() * 2 ** 40).toString(36)}`;
}

/** Keeps *work*; where there is no room for its builds too, without them. */
export function keepWork(work: Work): Kept {
  const kept = write(WORK + work.id, packWork(work));
  // A value that does not fit leaves the one before it in place.
  return kept === "full" ? write(WORK + work.id, packWork({ ...work, built: [] })) : kept;
}

const works = new Map<string, { readonly text: string; readonly work: Work | undefined }>();

/** The work *id*; undefined when there is none that can be read. */
export function keptWork(id: string): Work | undefined {
  const text = read(WORK + id);
  if (text === undefined) return undefined;
  const known = works.get(id);
  if (known?.text === text) return known.work;
  const work = unpackWork(id, text);
  works.set(id, { text, work });
  return work;
}

/** All works, the last changed first. */
export function keptWorks(): Work[] {
  let ids: string[];
  try {
    ids = Object.keys(localStorage)
      .filter((name) => name.startsWith(WORK))
      .map((name) => name.slice(WORK.length));
  } catch {
    return [];
  }
  return ids
    .map(keptWork)
    .filter((work) => work !== undefined)
    .sort((a, b) => b.at - a.at);
}

/** Removes the work *id* for good. */
export const removeWork = (id: string): void => remove(WORK + id);

/** The work that this tab showed before it was reloaded. */
export function shownHere(): string | undefined {
  try {
    return sessionStorage.getItem(SHOWN) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Notes that this tab shows the work *id*, so that no other tab writes to it. */
export function hold(id: string): void {
  write(HELD + id, String(Date.now()));
  try {
    sessionStorage.setItem(SHOWN, id);
  } catch {
    // The next visit opens the work that was changed last.
  }
}

/** Does another tab show the work *id*? A tab that ended without a word counts for a day. */
export function isHeld(id: string): boolean {
  const since = Number(read(HELD + id) ?? 0);
  return Date.now() - since < 86_400_000;
}

/** Lets go of the work *id*: its tab is closed or reloaded. */
export const letGo = (id: string): void => remove(HELD + id);

/** A choice of the reader. */
export const keptChoice = (name: "language" | "theme"): string | undefined => read(PREFIX + name);

/** Keeps a choice, if the browser lets it. */
export const keepChoice = (name: "language" | "theme", value: string): void =>
  void write(PREFIX + name, value);
