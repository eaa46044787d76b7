/** The comparison on the terminal, and as a file to attach to an issue. */

import stringWidth from "string-width";

import type { Locale } from "../../report/locale";
import type { Row } from "./compare";

/** One build of both. *title*: in both languages. */
export interface Compared {
  readonly title: { readonly ko: string; readonly en: string };
  readonly rows: readonly Row[];
}

const WIDTH = 44;

/** The rows as a table; values of several lines are cut to their first. Equal fields of config and history are counted, not listed. */
export function renderRows({ rows }: Compared, locale: Locale): string {
  const heads = locale === "ko" ? ["항목", "레이어북", "실제"] : ["field", "Layerbook", "reality"];
  const isQuiet = (row: Row): boolean => row.same === true && /^(config\.|history\[|layer\[)/.test(row.field);
  const lines = rows
    .filter((row) => !isQuiet(row))
    .map((row) => [row.field, short(row.simulated), short(row.real), markOf(row, locale)]);
  const table = [[...heads, ""], ...lines];
  const widths = [0, 1, 2].map((i) => Math.max(...table.map((line) => stringWidth(line[i]!))));
  const text = table
    .map((line) =>
      line
        .map((cell, i) => (i < 3 ? pad(cell, widths[i]!) : cell))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
  const quiet = rows.filter(isQuiet).length;
  const more =
    quiet === 0
      ? ""
      : locale === "ko"
        ? `\n(같은 설정·이력·레이어 ${quiet}개)`
        : `\n(${quiet} equal fields of config, history and layers)`;
  return `${text}${more}\n`;
}

function markOf({ same, why }: Row, locale: Locale): string {
  if (same === true) return locale === "ko" ? "= 같음" : "= same";
  if (same === false) return locale === "ko" ? "≠ 다름" : "≠ different";
  return `· ${why?.[locale] ?? ""}`;
}

function short(text: string): string {
  const [first = "", ...more] = text.split("\n");
  const cut = [...first].length > WIDTH ? [...first].slice(0, WIDTH - 1).join("") + "…" : first;
  return more.length > 0 ? `${cut} ⏎` : cut;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** What the report says beside the rows. */
export interface ReportFacts {
  readonly layerbook: string;
  readonly engine: string;
  readonly flags: string;
  readonly edit: string;
  readonly dockerfile: string;
}

/** The report: Markdown, English, whole values. */
export function renderReport(builds: readonly Compared[], facts: ReportFacts): string {
  const fence = (text: string): string => `\`\`\`\`\n${text.replace(/\n?$/, "\n")}\`\`\`\`\n`;
  const parts = [
    "# layerbook verify: a disagreement\n",
    `- Layerbook ${facts.layerbook}\n- engine: ${facts.engine}\n- flags: \`${facts.flags}\`\n- edit between the builds: ${facts.edit}\n`,
    "Look through it before you publish it: it holds your Dockerfile and what its steps printed.\n",
    "## Dockerfile\n",
    fence(facts.dockerfile),
  ];
  for (const { title, rows } of builds) {
    parts.push(`## ${title.en}\n`);
    const differing = rows.filter(({ same }) => same === false);
    const skipped = rows.filter(({ same }) => same === undefined).length;
    parts.push(
      `${rows.length - differing.length - skipped} fields agree, ${differing.length} differ, ${skipped} were not compared.\n`,
    );
    for (const { field, simulated, real } of differing)
      parts.push(`### ${field}\n`, "Layerbook:\n", fence(simulated), "reality:\n", fence(real));
  }
  return parts.join("\n");
}
