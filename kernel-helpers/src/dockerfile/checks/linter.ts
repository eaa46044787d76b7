/** Collects what the checks find, minus what is skipped (BuildKit frontend/dockerfile/linter/linter.go). */

import { compareBytes } from "../go-text";
import type { LineRange, LintWarning } from "../types";
import { configFromComments, defaultCheckConfig, type CheckConfig } from "./config";
import type { Rule } from "./rule";

/** Runs checks under a configuration. All linters made from one of them write into the same list. */
export class Linter {
  /** What was found, in the order in which it was. */
  readonly warnings: LintWarning[];
  private readonly skip: ReadonlySet<string>;
  private readonly experimental: ReadonlySet<string>;

  constructor(
    readonly config: CheckConfig = defaultCheckConfig,
    warnings: LintWarning[] = [],
  ) {
    this.warnings = warnings;
    this.skip = new Set(config.skip);
    this.experimental = new Set(config.experimental);
  }

  /** Would a finding of *rule* be kept? */
  isEnabled(rule: Pick<Rule, "name" | "experimental">): boolean {
    const { config } = this;
    if (rule.experimental) return config.experimentalAll || this.experimental.has(rule.name);
    return !config.skipAll && !this.skip.has(rule.name);
  }

  /** Notes a finding of *rule* at *lines*, unless the rule is off. */
  run<A extends readonly string[]>(rule: Rule<A>, lines: readonly LineRange[], ...values: A): void {
    if (!this.isEnabled(rule)) return;
    const { name, description, url } = rule;
    this.warnings.push({ rule: name, description, url, detail: rule.format(...values), lines });
  }

  /** This linter with what the comments above an instruction add (`# check=skip=Rule`). */
  withComments(comments: readonly string[]): Linter {
    const added = comments.length === 0 ? undefined : configFromComments(comments);
    if (added === undefined) return this;
    const { config } = this;
    return new Linter(
      {
        skipAll: config.skipAll || added.skipAll,
        skip: [...config.skip, ...added.skip],
        experimentalAll: config.experimentalAll || added.experimentalAll,
        experimental: [...config.experimental, ...added.experimental],
        error: config.error,
      },
      this.warnings,
    );
  }

  /** With `error=true` and a finding: BuildKit's error text, the rules in alphabetical order (BuildKit: a Go map's). */
  error(): string | undefined {
    if (!this.config.error || this.warnings.length === 0) return undefined;
    const names = [...new Set(this.warnings.map((warning) => warning.rule))].sort(compareBytes);
    return `lint violation found for rules: ${names.join(", ")}`;
  }
}
