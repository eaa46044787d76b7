/** The build checks against what BuildKit's frontend reported, under `--check` and in an ordinary build. */

import {
  compareBytes,
  formatWarning,
  formatWarningShort,
  sortWarnings,
  type LintWarning,
} from "../../kernel-helpers/src/dockerfile";
import { build, check, type LintInput } from "./lint-client";
import { compareAllAsync, readVectors } from "./vectors";

interface LintCase extends LintInput {
  id: string;
  warnings: { rule: string; detail: string; lines: number[][] }[];
  /** What the check prints, where it does not vary. */
  text?: string;
  buildError?: string;
  errorLines?: number[][];
  build: { warnings: string[]; error?: string };
}

const firstLine = ({ lines }: Pick<LintWarning, "lines">) => lines[0]?.[0] ?? 0;

/** The recorder's order: by line, rule, detail. */
function sorted(warnings: readonly LintWarning[]): LintWarning[] {
  return [...warnings].sort(
    (a, b) => firstLine(a) - firstLine(b) || compareBytes(a.rule, b.rule) || compareBytes(a.detail, b.detail),
  );
}

/**
 * Bad image names are found by goroutines that run side by side: of several FROM lines with one and the same bad name any may be
 * marked. Then only the text of the marked line is compared.
 */
function anyOfEqual(error: string | undefined, dockerfile: string, lines: unknown): unknown {
  if (error === undefined || !error.startsWith("failed to parse stage name")) return lines;
  const [[line]] = lines as [[number]];
  const bases = dockerfile.split("\n").map((text) => /^from\s+(?:--\S+\s+)?(\S+)/i.exec(text)?.[1]);
  return bases.filter((base) => base === bases[line - 1]).length > 1 ? bases[line - 1] : lines;
}

describe("vectors: lint", () => {
  const { cases, rules } = readVectors<{
    cases: LintCase[];
    rules: Record<string, { description: string; url: string }>;
  }>("lint");

  it(`agrees in all ${cases.length} cases of docker build --check`, async () => {
    await compareAllAsync(
      cases,
      ({ warnings, buildError, errorLines, dockerfile }) => ({
        warnings: warnings.map((warning) => ({ ...warning, ...rules[warning.rule] })),
        buildError,
        errorLines: anyOfEqual(buildError, dockerfile, errorLines),
      }),
      async (recorded) => {
        const { warnings, error, errorLines } = await check(recorded);
        return {
          warnings: sorted(warnings),
          buildError: error?.message,
          errorLines: anyOfEqual(error?.message, recorded.dockerfile, errorLines),
        };
      },
    );
  });

  it(`agrees in all ${cases.length} cases of an ordinary build`, async () => {
    await compareAllAsync(
      cases,
      (recorded) => recorded.build,
      async (recorded) => {
        const { warnings, error } = await build(recorded);
        return { warnings: warnings.map(formatWarningShort).sort(compareBytes), error: error?.message };
      },
    );
  });

  const printed = cases.filter(({ text }) => text !== undefined);
  it(`prints the same in all ${printed.length} cases with a text`, async () => {
    await compareAllAsync(
      printed,
      ({ text }) => ({ text }),
      async (recorded) => {
        const { warnings } = await check(recorded);
        const source = { file: "Dockerfile", text: recorded.dockerfile };
        return {
          text: sortWarnings(warnings)
            .map((warning) => formatWarning(source, warning))
            .join(""),
        };
      },
    );
  });
});
