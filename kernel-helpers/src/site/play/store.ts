/** The page's memory: the project that is being edited, and the choices of language and theme, in the browser's own storage. */

import { decodeLink, encodeLink } from "./link";
import type { Project } from "./project";

const PREFIX = "layerbook-play-";

/** A value that was kept; undefined for none and where the browser refuses. */
function read(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value. Answers whether the browser took it. */
function write(name: string, value: string): boolean {
  try {
    localStorage.setItem(PREFIX + name, value);
    return true;
  } catch {
    return false;
  }
}

/** The project that was edited last; undefined when there is none that can be read. */
export function keptProject(): Project | undefined {
  const link = read("project");
  const project = link === undefined ? undefined : decodeLink(link);
  return project === undefined || "problem" in project ? undefined : project;
}

/** Keeps *project*. Answers whether it is kept. */
export function keepProject(project: Project): boolean {
  return write("project", encodeLink(project));
}

/** A choice of the reader. */
export const keptChoice = (name: "language" | "theme"): string | undefined => read(name);

/** Keeps a choice, if the browser lets it. */
export const keepChoice = (name: "language" | "theme", value: string): void => void write(name, value);
