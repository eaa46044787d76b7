/** What was edited, step by step, so that every change can be taken back; typing in one file is one step until there is a pause. */

import type { Project } from "./project";

/** Steps that can be taken back. Projects share the texts that did not change, so that a step costs what it changed. */
const STEPS = 200;
/** A pause in typing of so many milliseconds begins a new step. */
const PAUSE = 1500;

/** The project as it was, and the file that was open. */
export interface Moment {
  readonly project: Project;
  readonly open: string | undefined;
}

/** Past and future of one page. */
export class Undo {
  private past: Moment[] = [];
  private future: Moment[] = [];
  private typing: { readonly path: string; readonly at: number } | undefined;

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /**
   * Notes that *before* is about to change. *typed*: the file that is typed in and the time in milliseconds; typing on in the same file
   * belongs to the same step.
   */
  note(before: Moment, typed?: { readonly path: string; readonly at: number }): void {
    const { typing } = this;
    const goesOn =
      typed !== undefined &&
      typing !== undefined &&
      typing.path === typed.path &&
      typed.at - typing.at < PAUSE &&
      this.future.length === 0;
    this.typing = typed;
    if (goesOn) return;
    this.past = [...this.past, before].slice(-STEPS);
    this.future = [];
  }

  /** What was before the last step; *now* can be had again with `redo`. */
  undo(now: Moment): Moment | undefined {
    this.typing = undefined;
    const moment = this.past.pop();
    if (moment !== undefined) this.future.push(now);
    return moment;
  }

  /** What was taken back last. */
  redo(now: Moment): Moment | undefined {
    this.typing = undefined;
    const moment = this.future.pop();
    if (moment !== undefined) this.past.push(now);
    return moment;
  }
}
