/** Building the session's project: the build itself, the checks while it is typed, predictions, and the way back to earlier builds. */

import type { Locale } from "../../report/locale";
import { BuilderClient } from "./builder-client";
import { element } from "./dom";
import { showHints } from "./hints-view";
import type { Project } from "./project";
import type { Hint, Pictures } from "./protocol";
import { showNamed, showPictures } from "./result-view";
import type { Session } from "./session";
import { milliseconds, seeStatus, setStatus } from "./status";
import { text, type TextName } from "./texts";
import { workerProgram } from "./worker-program";

/** Milliseconds without a key until the checks are asked. */
const PAUSE = 400;

/** What building needs of the page. */
export interface WorkbenchPage {
  session(): Session;
  locale(): Locale;
  openFile(path: string): void;
  /** The list of files is a little behind while somebody types. */
  listFiles(): void;
  /** What to try next depends on how many builds there were. */
  guide(): void;
  undo(): void;
}

/** The page's builder and what it brought. */
export class Workbench {
  private readonly client: BuilderClient;
  private pictures: Pictures | undefined;
  private hints: readonly Hint[] = [];
  private building = false;
  private checking: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly page: WorkbenchPage) {
    this.client = new BuilderClient(workerProgram(), () => page.locale());
  }

  /** The builds of this work, oldest first. */
  get built(): readonly Project[] {
    return this.client.built;
  }

  /** How many builds of this work are shown or were. */
  get buildCount(): number {
    if (this.pictures === undefined) return 0;
    const { first, count } = this.pictures.builds;
    return first + count - 1;
  }

  /** Builds the project. Does nothing while a build is going on. */
  async build(): Promise<void> {
    const { client, page } = this;
    if (this.building) return;
    this.building = true;
    setStatus(this.say("building"));
    element("stop").hidden = false;
    element<HTMLButtonElement>("build").disabled = true;
    const answer = await client.build(page.session().project, (progress) => {
      element("log-part").hidden = false;
      element("log").textContent = progress;
    });
    this.building = false;
    element("stop").hidden = true;
    element<HTMLButtonElement>("build").disabled = false;
    if (answer.kind === "built") {
      this.show(answer.pictures);
      page.session().noteBuild();
      const { failed, summary, warnings } = answer.pictures;
      const remarks = warnings === 0 ? "" : ` ⚠ ${this.say("warnings")} ${warnings}`;
      const how = failed ? `✕ ${this.say("failed")}` : `● ${this.say("done")}`;
      setStatus(`${how} (${milliseconds(answer.ms)}): ${summary}${remarks}`);
    } else if (answer.kind === "failed" && answer.message !== "") setStatus(answer.message);
    seeStatus();
  }

  /** Ends the build that is going on; the cache stays. */
  stop(): void {
    this.client.end(this.say("stopped"));
    this.checkSoon();
  }

  /** Begins with a builder that has built *built* and nothing else. */
  async renew(built: readonly Project[]): Promise<void> {
    this.hints = [];
    this.show(undefined);
    const done = this.client.begin(built, "");
    this.checkSoon();
    const before = await done;
    if (before !== undefined && this.pictures === undefined && !this.building) this.show(before);
  }

  /** Empties the cache and the matrix. */
  async prune(): Promise<void> {
    await this.renew([]);
    this.page.session().noteBuild();
    setStatus(this.say("pruned"));
  }

  /** The files of the chosen earlier build again. */
  goBack(): void {
    const i = Number(element<HTMLSelectElement>("past").value);
    const project = this.built[i];
    if (project === undefined || this.pictures === undefined) return;
    const session = this.page.session();
    session.change(project, session.open);
    setStatus(`${this.say("backDone")} ${this.pictures.builds.first + i}`, {
      name: this.say("undo"),
      does: () => this.page.undo(),
    });
  }

  /** What edits would do. */
  async whatIf(): Promise<void> {
    if (this.building) return;
    const answer = await this.client.whatIf(this.page.session().project);
    if (answer.kind === "drawn" && answer.whatIf !== undefined) {
      showNamed("edits", answer.whatIf, `${this.say("whatIf")}, ${this.say("scrollable")}`);
      element("edits-note").textContent = this.say("predicted");
    } else if (answer.kind === "failed" && answer.message !== "") setStatus(answer.message);
  }

  /** Asks the checks once nothing was typed for a moment. */
  checkSoon(): void {
    clearTimeout(this.checking);
    this.checking = setTimeout(() => void this.check(), PAUSE);
  }

  /** Shows the checks' remarks and, as long as the files are those that were built, where the build failed. */
  remark(): void {
    const { session, locale, openFile } = this.page;
    const failure = this.built.at(-1) === session().project ? this.pictures?.error : undefined;
    showHints(this.hints, failure, session().open, locale(), openFile);
  }

  /** Everything again in the language that was chosen. */
  async translate(): Promise<void> {
    this.checkSoon();
    if (this.pictures === undefined || this.building) return;
    const answer = await this.client.draw();
    this.show((answer.kind === "drawn" ? answer.pictures : undefined) ?? this.pictures);
  }

  private async check(): Promise<void> {
    this.page.listFiles();
    const { project } = this.page.session();
    const answer = await this.client.check(project);
    // An ended builder knows nothing of the project; who ended it asks again.
    if (project !== this.page.session().project || (answer.kind === "failed" && answer.ended)) return;
    if (answer.kind === "checked") this.hints = answer.hints;
    else if (answer.kind === "failed") this.hints = [{ kind: "error", file: "", text: answer.message }];
    this.remark();
  }

  private show(pictures: Pictures | undefined): void {
    this.pictures = pictures;
    showPictures(pictures, this.page.locale(), (path) => this.page.openFile(path));
    this.page.guide();
    this.remark();
  }

  private say(name: TextName): string {
    return text(name, this.page.locale());
  }
}
