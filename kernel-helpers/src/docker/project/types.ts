/** What a project file (compose, bake) says about its builds: the same for both. */

/** The same text in Korean and English. */
export interface Sentence {
  readonly ko: string;
  readonly en: string;
}

/** One image to build. Paths are as written: *context* relative to the project file, *dockerfile* relative to the context. */
export interface ProjectTarget {
  readonly name: string;
  /** A folder, or an address (which is not built here). */
  readonly context: string;
  /** Default: `Dockerfile`. */
  readonly dockerfile?: string;
  /** The Dockerfile itself, when the project file has it. */
  readonly inline?: string;
  readonly target?: string;
  /** An argument without a value (null) takes it from the environment. */
  readonly args: Readonly<Record<string, string | null>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
  /** By name: a folder, `docker-image://…`, or `target:NAME` of another target. */
  readonly contexts: Readonly<Record<string, string>>;
  /** As `--secret` takes them: `id=npm,src=.npmrc`. */
  readonly secrets: readonly string[];
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly network?: string;
  readonly addHosts: readonly string[];
  readonly shmSize?: string;
}

/** All that a project file builds. */
export interface Project {
  readonly kind: "compose" | "bake" | "dockerfiles";
  /** In the order of the file. */
  readonly targets: readonly ProjectTarget[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** What was read and changes nothing here, or cannot be followed. */
  readonly notes: readonly Sentence[];
}

/** A project file that cannot be read. *line*: 1-based, when it is known. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
  constructor(
    readonly code: "LB_COMPOSE" | "LB_BAKE" | "LB_NO_TARGET",
    readonly sentence: Sentence,
    readonly line?: number,
  ) {
    super(`${code}: ${sentence.en}${line === undefined ? "" : ` (line ${line})`}`);
  }
}

/** Reads a variable of the environment. */
export type ReadVariable = (name: string) => string | undefined;

/** A target with nothing set. */
export const PLAIN_TARGET: Omit<ProjectTarget, "name"> = {
  context: ".",
  args: {},
  labels: {},
  tags: [],
  platforms: [],
  contexts: {},
  secrets: [],
  noCache: false,
  pull: false,
  addHosts: [],
};

/**
 * The targets that *names* ask for (targets, groups, patterns with `*`), those that others take files from first. Without names: the group or
 * target `default`, else all. Throws ProjectError `LB_NO_TARGET` for a name that is none, and for targets that need one another in a circle.
 */
export function chosenTargets({ targets, groups }: Project, names: readonly string[]): ProjectTarget[] {
  const byName = new Map(targets.map((one) => [one.name, one]));
  const chosen: ProjectTarget[] = [];
  const open = new Set<string>();
  const add = (name: string): void => {
    const target = byName.get(name);
    if (!target) {
      const group = groups[name];
      if (group && !open.has(`group ${name}`)) {
        open.add(`group ${name}`);
        group.forEach(add);
        open.delete(`group ${name}`);
        return;
      }
      throw noTarget(name, [...byName.keys(), ...Object.keys(groups)]);
    }
    if (chosen.includes(target)) return;
    if (open.has(name)) {
      throw new ProjectError("LB_NO_TARGET", {
        ko: `타깃이 서로를 필요로 합니다: ${[...open, name].join(" → ")}`,
        en: `targets need one another: ${[...open, name].join(" → ")}`,
      });
    }
    open.add(name);
    for (const source of Object.values(target.contexts)) {
      if (source.startsWith("target:")) add(source.slice("target:".length));
    }
    open.delete(name);
    chosen.push(target);
  };
  const wanted =
    names.length > 0 ? names : groups["default"] || byName.has("default") ? ["default"] : [...byName.keys()];
  for (const name of wanted) {
    if (!name.includes("*")) add(name);
    else {
      const pattern = new RegExp(`^${name.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
      const fits = [...byName.keys()].filter((one) => pattern.test(one));
      if (fits.length === 0) throw noTarget(name, [...byName.keys()]);
      fits.forEach(add);
    }
  }
  return chosen;
}

function noTarget(name: string, known: readonly string[]): ProjectError {
  return new ProjectError("LB_NO_TARGET", {
    ko: `그런 타깃이 없습니다: ${name} (있는 것: ${known.join(", ")})`,
    en: `there is no target ${name} (there are: ${known.join(", ")})`,
  });
}
