/** The stages of a file while they are converted (BuildKit dockerfile2llb/convert.go dispatchState, dispatchStates). */

import type { Command, Stage } from "../dockerfile/command-types";
import { goQuote, toLower } from "../dockerfile/go-text";
import type { LineRange, SourceRange } from "../dockerfile/types";
import { blankImage, cloneImage, type ImageDraft } from "./image-config";
import type { LoadableContext } from "./frontend-options";
import { Refusal } from "./refusal";
import { scratch, type Node, type State } from "./state";
import type { PlatformSpec } from "./types";

/** The name of the empty base. */
export const scratchName = "scratch";

/** An instruction of a stage with the stages it takes files from, one per `--from` or `--mount`. */
export interface StageCommand {
  readonly command: Command;
  readonly sources: readonly DispatchState[];
  readonly isOnBuild: boolean;
}

/** Where a kind of instruction that should stand once was seen last. */
export interface Seen {
  lines: readonly LineRange[] | undefined;
}

/** An instruction that was converted: a row of the layer table. */
export interface DispatchedRow {
  readonly command: Command | Stage;
  readonly node?: Node;
}

const noRange: SourceRange = {
  start: { offset: 0, line: 1, column: 1 },
  end: { offset: 0, line: 1, column: 1 },
};

/** One stage, or an image that a COPY or a mount refers to (unregistered: it has no FROM). Mutable while converting. */
export class DispatchState {
  state: State = scratch;
  image: ImageDraft = blankImage();
  /** The base image as it was found, for the exporter. */
  baseImage: {
    readonly ref: string;
    readonly digest: string;
    readonly config: Readonly<Record<string, unknown>>;
  } | null = null;
  baseName: string;
  /** As shown in step names; the empty string when the file has one stage only. */
  stageName: string;
  platform: PlatformSpec | undefined;
  base: DispatchState | undefined;
  namedContext: LoadableContext | undefined;
  /** The base image's vertex. */
  fromNode: Node | undefined;
  dispatched = false;
  /** The base image has been looked up. */
  resolved = false;
  onBuildInit = false;
  readonly deps = new Map<DispatchState, Command>();
  buildArgs: { readonly key: string; readonly value?: string }[] = [];
  commands: StageCommand[] = [];
  /** Paths used of the build context. */
  readonly contextPaths = new Set<string>();
  /** Paths used of this stage's own files; shared with its base. */
  paths = new Set<string>();
  ignoreCache = false;
  commandIndex = 0;
  commandTotal = 0;
  commandIsOnBuild = false;
  workdirSet = false;
  readonly seen: Record<"cmd" | "entrypoint" | "healthcheck", Seen> = {
    cmd: { lines: undefined },
    entrypoint: { lines: undefined },
    healthcheck: { lines: undefined },
  };
  readonly rows: DispatchedRow[] = [];

  constructor(
    readonly stage: {
      readonly stageName: string;
      readonly baseName: string;
      readonly lines: readonly LineRange[];
      readonly range: SourceRange;
      readonly original: string;
      readonly commands: readonly Command[];
      readonly from?: Stage;
    },
    readonly unregistered: boolean,
    readonly prefixPlatform: boolean,
  ) {
    this.baseName = stage.baseName;
    this.stageName = stage.stageName;
  }

  /** A state for an image or context that is used without a FROM. *lines*: of the instruction that uses it. */
  static unregistered(baseName: string, lines: readonly LineRange[]): DispatchState {
    const stage = { stageName: "", baseName, lines, range: noRange, original: "", commands: [] };
    return new DispatchState(stage, true, false);
  }

  /** Takes over what the base stage has: image config, environment, ARGs. */
  inherit(): void {
    const { base } = this;
    if (base === undefined) return;
    this.state = base.state;
    this.platform = base.platform;
    this.image = cloneImage(base.image);
    // Triggers do not go on from a base stage; its ONBUILD instructions are read anew.
    this.image.onBuild = [];
    this.baseImage = base.baseImage;
    // One set for both, so that what this stage uses counts as used of the base's files.
    this.paths = base.paths;
    this.workdirSet = base.workdirSet;
    this.buildArgs.push(...base.buildArgs);
  }

  /** This state and all that it needs: bases and sources, transitively. */
  reachable(): Set<DispatchState> {
    const found = new Set<DispatchState>([this]);
    for (const state of found) {
      if (state.base !== undefined) found.add(state.base);
      for (const dependency of state.deps.keys()) found.add(dependency);
    }
    return found;
  }
}

/** All states in file order, unregistered ones behind. */
export class DispatchStates {
  readonly states: DispatchState[] = [];
  private readonly byName = new Map<string, DispatchState>();

  /** Adds *state*; a base that is the name of an earlier stage becomes that stage. */
  add(state: DispatchState): void {
    this.states.push(state);
    const base = this.byName.get(state.baseName);
    if (base !== undefined) state.base = base;
    if (state.stage.stageName !== "") this.byName.set(toLower(state.stage.stageName), state);
  }

  findByName(name: string): DispatchState | undefined {
    return this.byName.get(toLower(name));
  }

  /** By position; unregistered states count. Throws Refusal. */
  findByIndex(index: number): DispatchState {
    const state = this.states[index];
    if (state === undefined) throw new Refusal(`invalid stage index ${index}`, "LB_STAGE_INDEX");
    return state;
  }

  /** Names for suggestions. */
  names(): string[] {
    return this.states.map((state) => state.stageName).filter((name) => name !== "");
  }

  get last(): DispatchState {
    return this.states[this.states.length - 1] as DispatchState;
  }
}

/** The refusal of a COPY from a stage that comes later. */
export function copyTooEarly(from: string, stage: string): Refusal {
  return new Refusal(
    `cannot copy from stage ${goQuote(from)}, it needs to be defined before current stage ${goQuote(stage)}`,
    "LB_COPY_FROM_LATER_STAGE",
  );
}
