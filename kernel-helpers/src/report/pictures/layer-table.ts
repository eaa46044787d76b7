/** V2, the layer table of an image: its history from the bottom, which entries made layers, how large they are, what they changed. */

import { withoutAssigned } from "../../build/mask-secrets";
import type { BuiltImage, InstructionRow, LayerEntry } from "../../build/types";
import type { Locale } from "../locale";
import { shortId } from "../table/html";
import { targetChain } from "../table/sizes";
import { humanSize } from "../units";
import { type Grid, type GridCell, type PictureMedium, renderGrid } from "./grid";

export interface ImageTableOptions {
  readonly locale?: Locale;
  readonly title?: string;
  /** The Dockerfile's instructions, when the image comes from a build: they tell its own history from that of the base. */
  readonly rows?: readonly InstructionRow[];
}

/** The table of *image* in *medium*. Default locale: Korean. */
export function renderImageTable(
  image: BuiltImage,
  medium: PictureMedium,
  options: ImageTableOptions = {},
): string {
  return renderGrid(imageTable(image, options), medium);
}

const BAR = 12;

/** As plain data; the base's layers are one row. */
export function imageTable(image: BuiltImage, { locale = "ko", title, rows }: ImageTableOptions = {}): Grid {
  const isKorean = locale === "ko";
  const say = (ko: string, en: string): string => (isKorean ? ko : en);
  const base = image.layers.filter(({ fromBase }) => fromBase);
  const own = image.layers.filter(({ fromBase }) => !fromBase);
  const history = image.history.slice(firstOwn(image, base.length, rows));
  const largest = Math.max(1, ...own.map(diskSize));
  const out: GridCell[][] = [];
  let order = base.length;
  if (base.length > 0) {
    const size = base.reduce((sum, layer) => sum + layer.uncompressed, 0);
    out.push([
      { text: base.length === 1 ? "1" : `1–${base.length}` },
      { text: say(`베이스 이미지 ${base.length}개 층`, `${base.length} layers of the base image`) },
      { text: say("레이어", "layer") },
      { text: humanSize(size, 3), right: true },
      { text: "" },
      { text: say("(접음)", "(folded)") },
      { text: shortId(base.at(-1)!.diffId), code: true },
    ]);
  }
  let at = 0;
  for (const entry of history) {
    const layer = entry.empty_layer ? undefined : own[at++];
    const text = withoutAssigned(
      (entry.created_by ?? "").replace(/ # buildkit$/, "").replace(/^\/bin\/sh -c #\(nop\)\s+/, ""),
    );
    if (!layer) {
      out.push([
        { text: "" },
        { text: `  ${text}`, code: true },
        { text: say("설정만", "config only") },
        { text: "–", right: true },
        { text: "" },
        { text: "" },
        { text: "" },
      ]);
      continue;
    }
    const size = diskSize(layer);
    out.push([
      { text: String(++order) },
      { text, code: true },
      { text: say("레이어", "layer") },
      { text: sizeWord(size), right: true },
      { text: "█".repeat(size <= 0 ? 0 : Math.max(1, Math.round((size / largest) * BAR))) },
      { text: layer.entries ? changedFiles(layer.entries, isKorean) : "" },
      { text: shortId(layer.diffId), code: true },
    ]);
  }
  if (image.history.length === 0)
    // Of an image that is only inspected the layers are known, and not what made them.
    own.forEach((layer) =>
      out.push([
        { text: String(++order) },
        { text: say("(모름)", "(not known)") },
        { text: say("레이어", "layer") },
        { text: sizeWord(diskSize(layer)), right: true },
        { text: "" },
        { text: "" },
        { text: shortId(layer.diffId), code: true },
      ]),
    );
  const isKnown = image.layers.every((layer) => diskSize(layer) >= 0);
  const total = image.layers.reduce((sum, layer) => sum + diskSize(layer), 0);
  return {
    locale,
    title: title ?? say("레이어표 · 바닥(1)부터 위로", "Layers, from the bottom (1) up"),
    heads: [
      say("순서", "Order"),
      say("명령", "Instruction"),
      say("종류", "Kind"),
      say("디스크 크기", "Size on disk"),
      say("크기 막대", "Bar"),
      say("바뀐 파일", "Changed files"),
      say("다이제스트", "Digest"),
    ],
    rows: out,
    notes: [
      say(
        `층 ${image.layers.length}개, 모두 ${isKnown ? humanSize(total, 3) : "?"}`,
        `${image.layers.length} layers, ${isKnown ? humanSize(total, 3) : "?"} in all`,
      ),
    ],
  };
}

/** Where the image's own history begins. Without the Dockerfile: after the entry that made the last layer of the base. */
function firstOwn(
  { history }: BuiltImage,
  baseLayers: number,
  rows: readonly InstructionRow[] | undefined,
): number {
  if (rows) {
    const own = targetChain(rows).filter((i) => rows[i]!.history && rows[i]!.instruction !== "FROM").length;
    return Math.max(0, history.length - own);
  }
  let layers = 0;
  let at = 0;
  while (at < history.length && layers < baseLayers) if (!history[at++]!.empty_layer) layers++;
  return at;
}

/** Bytes of the files; of a base layer of its tar. */
export function diskSize(layer: BuiltImage["layers"][number]): number {
  return layer.entries ? layer.entries.reduce((sum, { size }) => sum + size, 0) : layer.uncompressed;
}

/** `12MB`, or `?` when it is not known. */
export function sizeWord(bytes: number): string {
  return bytes < 0 ? "?" : humanSize(bytes, 3);
}

const SHOWN = 3;

function changedFiles(entries: readonly LayerEntry[], isKorean: boolean): string {
  const files = entries.filter(({ type }) => type !== "dir");
  const names = files
    .slice(0, SHOWN)
    .map(({ path }) => (isWhiteout(path) ? `− ${path.replace(/\.wh\./, "")}` : path));
  const rest = files.length - names.length;
  if (files.length === 0)
    return entries.length > 0 ? (isKorean ? "폴더만" : "folders only") : isKorean ? "없음" : "none";
  return names.join(", ") + (rest > 0 ? (isKorean ? ` 외 ${rest}개` : ` and ${rest} more`) : "");
}

/** Does this entry of a layer only hide what lies below it? */
export function isWhiteout(path: string): boolean {
  return path.slice(path.lastIndexOf("/") + 1).startsWith(".wh.");
}
