/** What a handout takes from the folder of its notebook: pictures, and whether linked files are there. Remembers what it was asked for. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, isAbsolute, relative, resolve } from "node:path";

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
  ".avif": "image/avif",
};

/** An answer of the folder: `there`, `none`, or the SHA-256 of a picture's bytes. */
export type Answer = string;

/** The folder of one notebook. */
export class Beside {
  private readonly answers = new Map<string, Answer>();

  /** *file*: the notebook's absolute path. */
  constructor(private readonly file: string) {}

  /** Is there what a link to *path* leads to? */
  has(path: string): boolean {
    const answer = answerOf(this.file, `link ${path}`);
    this.answers.set(`link ${path}`, answer);
    return answer !== "none";
  }

  /** A picture in the notebook's folder or below as a data address; nothing else of the machine. */
  image(path: string): string | undefined {
    const picture = pictureOf(this.file, path);
    this.answers.set(`picture ${path}`, digest(picture?.bytes));
    return picture && `data:${picture.type};base64,${picture.bytes.toString("base64")}`;
  }

  /** All questions with their answers: a page made of them is the same as long as `stillAnswers`. */
  get asked(): readonly (readonly [question: string, answer: Answer])[] {
    return [...this.answers];
  }
}

/** Does the folder of *file* answer as it did? */
export function stillAnswers(file: string, asked: Beside["asked"]): boolean {
  return asked.every(([question, answer]) => answerOf(file, question) === answer);
}

function answerOf(file: string, question: string): Answer {
  const path = question.slice(question.indexOf(" ") + 1);
  if (question.startsWith("picture ")) return digest(pictureOf(file, path)?.bytes);
  return existsSync(resolve(dirname(file), decodePath(path))) ? "there" : "none";
}

function digest(bytes: Buffer | undefined): Answer {
  return bytes ? createHash("sha256").update(bytes).digest("hex") : "none";
}

function pictureOf(file: string, path: string): { type: string; bytes: Buffer } | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return undefined;
  const folder = dirname(file);
  const target = resolve(folder, decodePath(path));
  const inside = relative(folder, target);
  const type = IMAGE_TYPES[extname(target).toLowerCase()];
  if (type === undefined || inside.startsWith("..") || isAbsolute(inside) || !existsSync(target))
    return undefined;
  return { type, bytes: readFileSync(target) };
}

function decodePath(link: string): string {
  const path = link.replace(/[?#].*$/, "").replaceAll("&amp;", "&");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
