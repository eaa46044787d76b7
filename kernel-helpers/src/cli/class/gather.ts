/** Finds the learners' progress files below a folder: homes, a hub's homes, learn/ folders, nbgrader's and Moodle's layouts. */

import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { mergeProgress, parseProgress, type Progress } from "../../lesson";
import type { Sentence } from "../cli-error";
import { findStudent } from "./layouts";

/** One learner, with everything recorded in all their lessons. */
export interface Learner {
  readonly name: string;
  readonly progress: Progress;
  /** The files it came from, absolute, sorted. */
  readonly files: readonly string[];
}

/** A file or folder that could not be used, and why. */
export interface Refused {
  readonly path: string;
  readonly reason: Sentence;
}

export interface Gathered {
  /** By name. */
  readonly learners: readonly Learner[];
  readonly refused: readonly Refused[];
}

/** homes/NAME/learn/02-…/.layerbook is four folders deep; a course kept in a subfolder is a little more. */
const MOST_DEPTH = 8;
const MOST_BYTES = 4 * 1024 * 1024;
/** Never looked into: large, not lessons, or versions that a reset put aside (they would count twice). */
const PASSED_OVER = new Set([
  "node_modules",
  "kept",
  "app",
  "cache",
  "__MACOSX",
  ".ipynb_checkpoints",
  ".git",
  ".cache",
  ".local",
  ".npm",
  "autograded",
  "feedback",
]);

/** Reads every progress file below *folders* (absolute). Links are not followed; what cannot be read is named, not fatal. */
export function gatherLearners(folders: readonly string[]): Gathered {
  const refused: Refused[] = [];
  const found = new Map<string, { name: string; root: string; files: string[]; all: Progress[] }>();
  for (const folder of new Set(folders.map((path) => resolve(path)))) {
    for (const { file, parts } of progressFiles(folder, refused)) {
      const progress = readProgress(file, refused);
      if (progress === undefined) continue;
      const name = findStudent(parts)?.name ?? basename(folder);
      const key = `${folder}\0${name}`;
      const learner = found.get(key) ?? { name, root: folder, files: [], all: [] };
      learner.files.push(file);
      learner.all.push(progress);
      found.set(key, learner);
    }
  }
  const entries = [...found.values()];
  const learners = entries.map(({ name, root, files, all }): Learner => ({
    // Two folders may each have a learner of one name: the folder then tells them apart.
    name: entries.filter((other) => other.name === name).length > 1 ? `${basename(root)}/${name}` : name,
    progress: mergeProgress(all),
    files: files.sort(),
  }));
  return {
    learners: learners.sort((a, b) => a.name.localeCompare(b.name, "ko")),
    refused: refused.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

interface Found {
  readonly file: string;
  /** Folders between the one that was asked for and `.layerbook`. */
  readonly parts: readonly string[];
}

function progressFiles(folder: string, refused: Refused[]): Found[] {
  const found: Found[] = [];
  const visit = (path: string, parts: readonly string[]): void => {
    let entries;
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch (error) {
      refused.push({ path, reason: unreadable(error) });
      return;
    }
    for (const entry of entries) {
      if (!entry.isDirectory() || PASSED_OVER.has(entry.name)) continue;
      const inner = join(path, entry.name);
      if (entry.name === ".layerbook") {
        const file = join(inner, "progress.json");
        if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) found.push({ file, parts });
      } else if (parts.length < MOST_DEPTH) visit(inner, [...parts, entry.name]);
    }
  };
  visit(folder, []);
  return found;
}

function readProgress(file: string, refused: Refused[]): Progress | undefined {
  const refuse = (reason: Sentence): undefined => void refused.push({ path: file, reason });
  try {
    const stat = lstatSync(file);
    if (!stat.isFile())
      return refuse({
        ko: "파일이 아닙니다(링크는 따라가지 않습니다)",
        en: "not a file (links are not followed)",
      });
    if (stat.size > MOST_BYTES)
      return refuse({ ko: `너무 큽니다(${stat.size}바이트)`, en: `too large (${stat.size} bytes)` });
    const progress = parseProgress(readFileSync(file, "utf8"));
    if (progress !== undefined) return progress;
    return refuse({ ko: "진도 파일이 아니거나 깨졌습니다", en: "not a progress file, or a broken one" });
  } catch (error) {
    return refuse(unreadable(error));
  }
}

function unreadable(error: unknown): Sentence {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return { ko: `읽을 수 없습니다(${code})`, en: `cannot be read (${code})` };
}
