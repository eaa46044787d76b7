/** What converting one platform's target shares (BuildKit dockerfile2llb/convert.go dispatchContext, dispatchOpt). */

import type { Linter } from "../dockerfile/checks/linter";
import type { PatternMatcher } from "../context";
import type { ConvertInput } from "./conversion";
import type { EnvList } from "./env-list";
import type { FrontendOptions } from "./frontend-options";
import type { RequestLog } from "./requests";
import type { DispatchStates } from "./stages";
import type { State } from "./state";
import type { PlatformSpec } from "./types";

export interface ConvertContext {
  readonly input: ConvertInput;
  readonly options: FrontendOptions;
  /** With SOURCE_DATE_EPOCH in its numeric form. */
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Escape character of the file. */
  readonly escape: string;
  readonly targetPlatform: PlatformSpec;
  /** No platform was asked for: a base image may decide. */
  readonly implicitTarget: boolean;
  readonly globalArgs: EnvList;
  /** Names of the ARGs before the first FROM. */
  readonly metaArgNames: ReadonlySet<string>;
  /** Seconds since 1970. */
  readonly epoch: number | undefined;
  readonly lint: Linter;
  readonly states: DispatchStates;
  readonly requests: RequestLog;
  readonly proxyEnv: Readonly<Record<string, string>>;
  /** Check every stage, also those that the target does not need. */
  readonly allStages: boolean;
  /** The context sent by the client; what is asked of it is known after the last stage. */
  readonly buildContext: State;
  /** Of .dockerignore; set before the stages are dispatched. */
  ignoreMatcher: PatternMatcher | undefined;
  ignorePatterns: readonly string[];
}
