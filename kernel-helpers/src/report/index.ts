/** Reports: the plain records of a build as HTML, text, Markdown and JSON, and its progress as BuildKit prints it. */

import { maskDeep, withoutAssigned } from "../build/mask-secrets";
import type { BuildRecord } from "../build/types";
import { markup } from "./html";
import { words, type Locale } from "./locale";
import { codeBlock } from "./markdown";
import { buildOutput } from "./output";
import { renderHtml } from "./table/html";
import { renderMarkdown } from "./table/markdown";
import { tableOf, type LayerTable, type TableOptions } from "./table/model";
import { renderText } from "./table/text";

export * from "./ci";
export * from "./compare";
export { explainBuildError, explainBuildWarning } from "./explain";
export { escapeHtml, Html, markup } from "./html";
export * from "./foreign";
export { SIGNS, words, type Locale, type VerdictKind } from "./locale";
export { codeBlock, codeSpan, escapeMarkdown } from "./markdown";
export { buildOutput, checkText, errorText, warningsText } from "./output";
export * from "./course";
export * from "./optimize";
export * from "./pictures";
export * from "./progress";
export { renderReasons } from "./reasons";
export { columns, displayWidth, oneLine, padEnd, padStart, truncate, wrap } from "./text";
export { labelOf, rootCause, summaryOf, tableOf, verdict, verdictKind } from "./table/model";
export type { LayerTable, TableOptions, TableRow, TableWarning, Verdict } from "./table/model";
export * from "./waste";
export { bytesSize, humanDuration, humanSize, parseSize } from "./units";

export type Medium = "html" | "markdown" | "text" | "json";

const TABLE: Readonly<Record<Medium, (table: LayerTable) => string>> = {
  html: (table) => renderHtml(table).toString(),
  markdown: renderMarkdown,
  text: renderText,
  json: (table) => JSON.stringify(table, null, 2) + "\n",
};

/** The layer table of *record* in *medium*. Default locale: Korean. */
export function renderTable(
  record: BuildRecord,
  medium: Medium,
  options: Locale | TableOptions = {},
): string {
  return TABLE[medium](tableOf(record, typeof options === "string" ? { locale: options } : options));
}

/** A MIME bundle as Jupyter's display_data carries it. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface BundleOptions extends TableOptions {
  /** Is the progress log put under the table? Default: `open`. */
  readonly log?: "open" | "closed" | "none";
  /** Columns of the log. Default: 80. */
  readonly width?: number;
}

/** The MIME type of the record itself. */
export const BUILD_MIME = "application/vnd.layerbook.build+json";

/** Table, log and record of a build in all the types a front end may choose from. */
export function renderBundle(record: BuildRecord, options: Locale | BundleOptions = {}): MimeBundle {
  const settings: BundleOptions = typeof options === "string" ? { locale: options } : options;
  const table = tableOf(record, settings);
  const text = words(table.locale);
  const log = settings.log === "none" ? "" : buildOutput(record, "tty", { width: settings.width ?? 80 });
  const block =
    log &&
    markup`<details${settings.log === "closed" ? "" : markup` open`} style="margin:8px 0 0 0"><summary>${text.log}</summary>
<pre lang="en" tabindex="0" style="margin:4px 0 0 0;white-space:pre;overflow-x:auto;line-height:1.35">${log}</pre>
</details>
`;
  return {
    [BUILD_MIME]: compactRecord(record),
    "text/html": markup`${renderHtml(table)}${block}`.toString(),
    "text/markdown": renderMarkdown(table) + (log ? "\n" + codeBlock(log, "text") : ""),
    "text/plain": renderText(table) + (log ? "\n" + log : ""),
  };
}

const ENTRIES = 200;

/**
 * *record* without what a notebook need not keep: the event stream, base layers' files and file lists beyond 200 entries, secrets (also
 * in config and history), fixtures.
 */
export function compactRecord(record: BuildRecord): Record<string, unknown> {
  const { events: _events, options, rows, image, images, ...rest } = record;
  const {
    dockerfile: _dockerfile,
    http: _http,
    secrets,
    buildContexts,
    signal: _signal,
    onStatus: _onStatus,
    ...kept
  } = options;
  const compactImage = (built: NonNullable<BuildRecord["image"]>): Record<string, unknown> => ({
    ...built,
    config: maskDeep(built.config, withoutAssigned),
    history: maskDeep(built.history, withoutAssigned),
    layers: built.layers.map((layer) => ({
      ...layer,
      entries: layer.entries?.slice(0, ENTRIES),
      ...(layer.entries && layer.entries.length > ENTRIES ? { more: layer.entries.length - ENTRIES } : {}),
    })),
  });
  return {
    ...rest,
    rows: maskDeep(rows, withoutAssigned),
    options: {
      ...kept,
      ...(secrets ? { secrets: Object.fromEntries(Object.keys(secrets).map((id) => [id, "****"])) } : {}),
      ...(buildContexts ? { buildContexts: Object.keys(buildContexts) } : {}),
    },
    ...(image ? { image: compactImage(image) } : {}),
    ...(images ? { images: images.map(compactImage) } : {}),
  };
}
