/**
 * Finished HTML handouts of earlier runs, by everything that they are made of: the notebook's bytes, the programs, fonts, theme and
 * course of this installation, the edition, and what lies beside the notebook. Anything else is made anew.
 */

import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { makeFolder } from "../platform/node/make-folder";
import { CONTENT } from "../platform/node/places";
import { stillAnswers, type Beside } from "./beside";
import type { Problem } from "./make";

/** Kept pages take no more than this; the oldest go first. */
const MOST_BYTES = 200_000_000;

const DAY = 86_400_000;

/** What of `content/` a page, or the check that it gives no solution away, is made of. */
const COURSE = ["theme", "lessons", "exercises", "apps", "quiz.json", "glossary.json"];

const FONTS = ["@fontsource-variable/noto-sans-kr", "@fontsource/noto-sans-symbols-2", "@kfonts/d2coding"];

/** A page that need not be made. */
export interface KeptPage {
  /** Named losses, as they were told when it was made. */
  readonly losses: readonly Problem[];
  readonly html: Buffer;
}

interface Entry {
  readonly bytes: number;
  readonly asked: Beside["asked"];
  readonly losses: readonly Problem[];
}

/** The pages in one folder, for one installation and one way of making them. */
export class KeptPages {
  private print: string | undefined;

  /**
   * *code*: the file that all of the program is in. *options*: what else the pages depend on, such as the edition. Nothing is read
   * before it is asked for.
   */
  constructor(
    private readonly folder: string,
    private readonly code: string,
    private readonly options: string,
  ) {}

  /** The name of the page that a notebook of these bytes becomes. */
  key(file: string, notebook: Buffer): string {
    this.print ??= hashOf([installation(this.code), this.options]);
    return hashOf([this.print, basename(file), notebook]);
  }

  /** The page kept as *key*, if all that it is made of is still the same. */
  find(key: string, file: string): KeptPage | undefined {
    const page = join(this.folder, `${key}.html`);
    try {
      const entry = JSON.parse(readFileSync(join(this.folder, `${key}.json`), "utf8")) as Entry;
      const html = readFileSync(page);
      if (html.length !== entry.bytes || !stillAnswers(file, entry.asked)) return undefined;
      if (Date.now() - statSync(page).mtimeMs > DAY) utimesSync(page, new Date(), new Date());
      return { losses: entry.losses.map((loss) => ({ ...loss, file })), html };
    } catch {
      return undefined;
    }
  }

  /** Keeps a page without errors. A folder that cannot be written to is only slower. */
  keep(key: string, html: Buffer, asked: Beside["asked"], losses: readonly Problem[]): void {
    const entry: Entry = { bytes: html.length, asked, losses };
    try {
      makeFolder(this.folder);
      this.write(`${key}.html`, html);
      this.write(`${key}.json`, JSON.stringify(entry));
    } catch {
      // Nothing is lost.
    }
  }

  /** Removes what has not been used for longest when there is too much. */
  prune(most = MOST_BYTES): void {
    try {
      const pages = readdirSync(this.folder)
        .map((name) => ({ name, ...sizeAndTime(join(this.folder, name)) }))
        .sort((a, b) => b.time - a.time);
      let sum = 0;
      for (const { name, size } of pages) {
        sum += size;
        if (sum > most) rmSync(join(this.folder, name), { force: true });
      }
    } catch {
      // Another program removes them, or there are none.
    }
  }

  private write(name: string, data: string | Buffer): void {
    const temporary = join(this.folder, `.${randomBytes(6).toString("hex")}`);
    writeFileSync(temporary, data);
    renameSync(temporary, join(this.folder, name));
  }
}

function sizeAndTime(file: string): { size: number; time: number } {
  const { size, mtimeMs } = statSync(file);
  return { size, time: mtimeMs };
}

/** The programs, fonts and course that are installed: by what is in their files, for the times of files can lie. */
function installation(code: string): string {
  const files = [
    code,
    ...FONTS.map((name) => require.resolve(`${name}/package.json`)),
    ...COURSE.flatMap((name) => filesBelow(join(CONTENT, name))),
  ];
  return hashOf(files.flatMap((file) => [basename(dirname(file)), basename(file), readFileSync(file)]));
}

function filesBelow(path: string): string[] {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOTDIR" ? [path] : [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
    );
}

/** SHA-256 of *parts*, each with its length: no two lists have the same text. */
function hashOf(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
}
