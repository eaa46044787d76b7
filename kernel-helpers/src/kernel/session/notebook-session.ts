/** The folders a notebook works in: its context, and the state beside it. Cells never write anywhere else. */

import type { BuildOutcome } from "../../build";
import type { DockerEngine } from "../../docker";
import type { Lab } from "../../lab";
import { listFiles } from "./context-files";
import { loadCore, loadDocker } from "./core";
import type { SessionHost, SessionPaths } from "./session-host";

/** Name of the context's folder beside the notebook, unless `%context` picks another. */
export const DEFAULT_CONTEXT = "app";
/** Name of the folder that keeps cache, images and containers over a restart. */
export const STATE_FOLDER = ".layerbook";

/** A path that a cell may not use. *code* is `LB_OUTSIDE_CONTEXT`. */
export class SessionPathError extends Error {
  override readonly name = "SessionPathError";
  readonly code = "LB_OUTSIDE_CONTEXT";
}

export class NotebookSession {
  private context: string;
  private opened: Promise<Lab> | undefined;
  private dockerEngine: DockerEngine | undefined;
  private readonly watchers: ((outcome: BuildOutcome) => void)[] = [];

  /** *directory* is the notebook's folder: Jupyter starts a kernel there. */
  constructor(
    readonly directory: string,
    readonly host: SessionHost,
  ) {
    this.context = host.paths.join(directory, DEFAULT_CONTEXT);
  }

  /** Absolute path of the build context; it may not exist yet. */
  get contextDirectory(): string {
    return this.context;
  }

  /** Absolute path of the folder for cache, images and containers. */
  get stateDirectory(): string {
    return this.host.paths.join(this.directory, STATE_FOLDER);
  }

  /** Picks another context, given relative to the notebook. Throws SessionPathError when it lies outside the notebook's folder. */
  async setContext(path: string): Promise<void> {
    const full = this.host.paths.resolve(this.directory, path);
    if (!this.isInside(this.directory, full)) {
      throw new SessionPathError(
        `컨텍스트 "${path}"는 노트북 폴더 밖에 있습니다. 노트북 폴더 안의 폴더 이름을 쓰세요. (The context must lie in the notebook's folder.)`,
      );
    }
    if (full !== this.context) await this.closeLab();
    this.context = full;
  }

  /** The notebook's Lab: its context is the context's folder, its cache the state's. Opened when it is first needed. */
  lab(): Promise<Lab> {
    const { files } = this.host;
    // Deleted meanwhile, in the file browser or a terminal: an empty context, as when the notebook was opened first.
    if (this.opened !== undefined && files.kind(this.context) === undefined) files.makeFolder(this.context);
    this.opened ??= this.openLab().catch((error: unknown) => {
      this.opened = undefined; // the next cell tries again
      throw error;
    });
    return this.opened;
  }

  private async openLab(): Promise<Lab> {
    const { host } = this;
    host.files.makeFolder(this.context);
    const bases = host.environment("LAYERBOOK_BASES"); // a class shares one store of base images, read only
    const lab = await loadCore().Lab.openOn(host.labMachine(), {
      contextDir: this.context,
      cacheDir: host.paths.join(this.stateDirectory, "cache"),
      ...(bases !== undefined && host.files.list(bases).length > 0 && { bases }),
    });
    // Builds that code of a cell asks for stop with the cell.
    const build = lab.build.bind(lab);
    lab.build = (options) => build({ signal: host.cellSignal(), ...options });
    lab.onBuild((outcome) => {
      for (const watch of this.watchers) watch(outcome);
    });
    // Before the first build: the engine learns of images by watching.
    this.dockerEngine = new (loadDocker().DockerEngine)(lab);
    return lab;
  }

  /** Lets go of the Lab; the next use opens it anew. */
  async closeLab(): Promise<void> {
    await this.opened;
    this.opened = undefined;
    this.dockerEngine = undefined;
  }

  /** The simulated Docker engine over the Lab: its images, containers and tags. */
  async engine(): Promise<DockerEngine> {
    await this.lab();
    return this.dockerEngine as DockerEngine;
  }

  /** Calls *watch* after every build of this notebook, whoever asked for it: a cell, `docker build`, code. */
  onBuild(watch: (outcome: BuildOutcome) => void): void {
    this.watchers.push(watch);
  }

  /** Files of the context, relative with `/`, for completion; at most some thousands. */
  contextFiles(): readonly string[] {
    return listFiles(this.context, this.host);
  }

  /** Names of base images that FROM can use without a network, for completion. */
  baseImages(): readonly string[] {
    return this.host.catalogNames();
  }

  /** The text of the notebook's file as it was saved last; undefined when it has none that can be read. */
  notebookText(): string | undefined {
    const { files, paths, notebookName } = this.host;
    const name = notebookName()?.split(/[\\/]/).at(-1);
    if (name === undefined || !name.endsWith(".ipynb")) return undefined;
    try {
      return files.readText(paths.join(this.directory, name));
    } catch {
      return undefined;
    }
  }

  /** The folder given as `--build-context NAME=PATH`. Throws SessionPathError when it lies outside the notebook's folder. */
  namedContext(path: string): string {
    const full = this.host.paths.resolve(this.context, path);
    if (this.isInside(this.directory, full)) return full;
    throw new SessionPathError(
      `"${path}"는 노트북 폴더 밖에 있어 빌드에 쓸 수 없습니다. (A named context must lie in the notebook's folder.)`,
    );
  }

  /** The text of a file given as `--secret src=`, in the notebook's folder; undefined when there is none. */
  readSecret(path: string): string | undefined {
    const { files, paths } = this.host;
    for (const root of [this.context, this.directory]) {
      const full = paths.resolve(root, path);
      if (this.isInside(this.directory, full) && files.kind(full) === "file") return files.readText(full);
    }
    return undefined;
  }

  /**
   * The absolute path of *path*, a file in the context. Throws SessionPathError when it lies outside, also by way of a
   * symbolic link.
   */
  contextPath(path: string): string {
    const { files, paths } = this.host;
    const full = paths.resolve(this.context, path);
    const refuse = (): never => {
      throw new SessionPathError(
        `"${path}"는 컨텍스트 폴더(${paths.relative(this.directory, this.context) || "."}) 밖에 있어 쓸 수 없습니다. ` +
          `컨텍스트 안의 상대 경로를 쓰세요. ("${path}" lies outside the build context.)`,
      );
    };
    if (path === "" || paths.isAbsolute(path) || full === this.context || !this.isInside(this.context, full))
      refuse();
    const existing = this.nearestExisting(full);
    if (existing !== undefined && files.kind(this.context) !== undefined) {
      const root = files.realPath(this.context);
      const real = this.realPathOrSelf(existing);
      // Above the context nothing has been created yet: the context itself is the nearest existing folder then.
      if (existing.startsWith(this.context) && !this.isInside(root, real)) refuse();
    }
    return full;
  }

  private isInside(root: string, path: string): boolean {
    return isInside(root, path, this.host.paths);
  }

  private nearestExisting(path: string): string | undefined {
    const { files, paths } = this.host;
    for (let at = path; ; at = paths.dirname(at)) {
      if (files.kind(at) !== undefined) return at;
      if (paths.dirname(at) === at) return undefined;
    }
  }

  private realPathOrSelf(path: string): string {
    try {
      return this.host.files.realPath(path);
    } catch {
      return path; // a dangling link: writing would create its target, so the link's own target is judged
    }
  }
}

function isInside(root: string, path: string, { relative, isAbsolute, sep }: SessionPaths): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(".." + sep) && !isAbsolute(way));
}
