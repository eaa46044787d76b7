/** The work that the page shows: its project, what can be taken back, and its place in the browser's storage. Nothing is ever overwritten. */

import type { Project } from "./project";
import {
  hold,
  isHeld,
  type Kept,
  keepWork,
  keptWork,
  keptWorks,
  letGo,
  newId,
  removeWork,
  shownHere,
} from "./store";
import { Undo } from "./undo";
import type { Work } from "./work-format";

/** Milliseconds after the last change until it is kept. */
const PAUSE = 400;

/** What the page does with a session. */
export interface SessionHooks {
  /** The project changed by more than typing. */
  shown(): void;
  /** It was kept, or not. */
  kept(how: Kept): void;
  /** The builds of this work, oldest first. */
  built(): readonly Project[];
}

/** One page's session. */
export class Session {
  project: Project = { files: [], flags: "" };
  /** Path of the file in the editor. */
  open: string | undefined;
  undo = new Undo();
  /** Is there a change that storage does not have? */
  unsaved = false;
  private id: string | undefined;
  private from = "blank";
  private pristine = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Works that the browser would not keep: there as long as the page is. */
  private readonly homeless: Work[] = [];

  constructor(private readonly hooks: SessionHooks) {
    // What is kept is kept before the page goes, however it goes.
    addEventListener("pagehide", () => {
      this.flush();
      if (this.id !== undefined) letGo(this.id);
    });
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted && this.id !== undefined) hold(this.id);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush();
    });
    addEventListener("beforeunload", (event) => {
      this.flush();
      if (this.unsaved || this.homeless.length > 0) event.preventDefault();
    });
    addEventListener("storage", ({ key, newValue }) => {
      // Another tab writes to this work after all: from now on this one goes its own way.
      if (this.id !== undefined && newValue !== null && key?.endsWith(`-work-${this.id}`))
        this.id = undefined;
    });
  }

  /** Where the work came from. */
  get origin(): string {
    return this.from;
  }

  /** Shows *project* instead; *typed*: the file that was typed in, for which the page is not drawn again. */
  change(project: Project, open: string | undefined, typed?: string): void {
    const { project: before, open: opened } = this;
    this.undo.note(
      { project: before, open: opened },
      typed === undefined ? undefined : { path: typed, at: Date.now() },
    );
    this.set(project, open);
    if (typed === undefined) this.hooks.shown();
  }

  /** Takes the last change back, or does it again. Answers whether there was one. */
  move(how: "undo" | "redo"): boolean {
    const { project, open } = this;
    const moment = this.undo[how]({ project, open });
    if (moment === undefined) return false;
    this.set(moment.project, moment.open);
    this.hooks.shown();
    return true;
  }

  /** What `begin` left, when anything was changed in it. */
  left: Work | undefined;

  /** Begins a work with *project*; the one before stays among the works when anything was changed in it. */
  begin(project: Project, origin: string, open: string | undefined): void {
    this.leave();
    this.undo = new Undo();
    this.project = project;
    this.open = open;
    this.from = origin;
    this.pristine = true;
    this.flush(true);
    this.hooks.shown();
  }

  /** Goes on with *work*. */
  resume(work: Work, open: string | undefined): void {
    this.leave();
    this.undo = new Undo();
    this.project = work.project;
    this.open = open;
    this.from = work.origin;
    this.pristine = work.pristine;
    this.unsaved = false;
    this.id = undefined;
    // A work that another tab shows is left to it: the first change here begins a copy.
    if (!isHeld(work.id)) {
      this.id = work.id;
      hold(this.id);
    }
    this.hooks.shown();
  }

  /** The work to go on with: what this tab showed before, else what was changed last. *here*: only the former. */
  last(here = false): Work | undefined {
    const shown = shownHere();
    const own = shown === undefined ? undefined : keptWork(shown);
    if (own !== undefined || here) return own;
    const works = keptWorks();
    // What was only looked at in a tab that is gone is had again from where it came.
    for (const { id, pristine } of works) if (pristine && !isHeld(id)) removeWork(id);
    return works.find(({ pristine }) => !pristine);
  }

  /** All works but the one that is shown, the last changed first. */
  others(): Work[] {
    const others = keptWorks().filter(({ id, pristine }) => id !== this.id && !pristine);
    return [...this.homeless.toReversed(), ...others];
  }

  /** Throws *work* away. */
  remove(work: Work): void {
    const at = this.homeless.indexOf(work);
    if (at >= 0) this.homeless.splice(at, 1);
    else removeWork(work.id);
  }

  /** Undoes `remove`. */
  putBack(work: Work): void {
    if (keepWork(work) !== "kept") this.homeless.push(work);
  }

  /** A build was done: it belongs to the work. */
  noteBuild(): void {
    this.later();
  }

  /** Keeps what is not kept yet. *always*: also when nothing changed. */
  flush(always = false): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.unsaved && !always) return;
    const before = this.id;
    this.id ??= newId();
    const { id, from: origin, pristine, project } = this;
    const how = keepWork({ id, at: Date.now(), origin, pristine, project, built: this.hooks.built() });
    this.unsaved = how !== "kept" && !pristine;
    if (before === undefined) hold(id);
    this.hooks.kept(how);
  }

  private set(project: Project, open: string | undefined): void {
    this.project = project;
    this.open = open;
    this.pristine = false;
    this.later();
  }

  private later(): void {
    this.unsaved = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  private leave(): void {
    this.flush();
    const { id, pristine, project, from: origin } = this;
    const work = { id: id ?? newId(), at: Date.now(), origin, pristine, project, built: this.hooks.built() };
    this.left = pristine ? undefined : work;
    if (this.unsaved) this.homeless.push(work);
    this.id = undefined;
    this.unsaved = false;
    if (id === undefined) return;
    if (pristine) removeWork(id);
    letGo(id);
  }
}
