/** The options of the checks: `# check=skip=A,B;error=true;experimental=all` (BuildKit linter/linter.go ParseLintOptions). */

import { matchDirective } from "../directives";
import { goQuote, trimSpace } from "../go-text";
import { parseBool } from "../go-values";

/** Which checks run, and whether a finding fails the build. */
export interface CheckConfig {
  readonly skipAll: boolean;
  readonly skip: readonly string[];
  readonly experimentalAll: boolean;
  readonly experimental: readonly string[];
  /** `error=true`: a finding is an error. */
  readonly error: boolean;
}

/** Every check that is not experimental, findings are warnings. */
export const defaultCheckConfig: CheckConfig = {
  skipAll: false,
  skip: [],
  experimentalAll: false,
  experimental: [],
  error: false,
};

/** Reads the value of a `check` directive or of the build argument BUILDKIT_DOCKERFILE_CHECK; or BuildKit's error text. */
export function parseCheckConfig(
  text: string,
): CheckConfig | { readonly error: string; readonly kind: "error" } {
  const trimmed = trimSpace(text);
  if (trimmed === "") return defaultCheckConfig;
  const fail = (error: string) => ({ kind: "error" as const, error });
  const config = { ...defaultCheckConfig } as { -readonly [K in keyof CheckConfig]: CheckConfig[K] };
  for (const part of splitAtMost(trimmed, ";", 3)) {
    const equals = part.indexOf("=");
    if (equals < 0) return fail(`invalid check option ${goQuote(part)}`);
    const key = trimSpace(part.slice(0, equals));
    const value = trimSpace(part.slice(equals + 1));
    if (key === "skip") {
      if (value === "all") config.skipAll = true;
      else config.skip = value.split(",").map(trimSpace);
    } else if (key === "experimental") {
      if (value === "all") config.experimentalAll = true;
      else config.experimental = value.split(",").map(trimSpace);
    } else if (key === "error") {
      const flag = parseBool(value);
      if (flag === undefined) {
        return fail(
          `failed to parse check option ${goQuote(part)}: strconv.ParseBool: parsing ${goQuote(value)}: invalid syntax`,
        );
      }
      config.error = flag;
    } else {
      return fail(`invalid check option ${goQuote(key)}`);
    }
  }
  return config;
}

/** Is this the error that `parseCheckConfig` answers with? */
export function isCheckConfigError(
  config: CheckConfig | { readonly error: string; readonly kind: "error" },
): config is { readonly error: string; readonly kind: "error" } {
  return "kind" in config;
}

/** The configuration that the comments above an instruction add for it; undefined when they add none. */
export function configFromComments(comments: readonly string[]): CheckConfig | undefined {
  for (const comment of comments) {
    const directive = matchDirective(comment);
    if (directive?.name !== "check") continue;
    const config = parseCheckConfig(directive.value.split(" ", 1)[0]!);
    return isCheckConfigError(config) ? undefined : config;
  }
  return undefined;
}

/** Go `strings.SplitN`: the last part keeps the rest. */
function splitAtMost(text: string, separator: string, most: number): string[] {
  const parts = text.split(separator);
  return parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}
