/** The account of an image's bytes as a table: the largest things to save first, each with its fix. */

import type { Locale } from "../locale";
import { type Grid, type GridCell, type PictureMedium, renderGrid } from "../pictures/grid";
import { humanSize } from "../units";
import type { Leak } from "./leaks";
import type { Waste, WasteKind } from "./waste";

const WORDS: Readonly<Record<WasteKind, { readonly ko: string; readonly en: string }>> = {
  replaced: { ko: "바꿔 씀", en: "replaced" },
  removed: { ko: "지움", en: "removed" },
  again: { ko: "또 넣음", en: "put in again" },
  attributes: { ko: "권한만 바꿈", en: "mode or owner only" },
};

const SHOWN = 20;

/** The table of *waste* in *medium*, with a second one of *leaks* when there are any. Default locale: Korean. */
export function renderWaste(
  waste: Waste,
  medium: PictureMedium,
  { locale = "ko", leaks }: { readonly locale?: Locale; readonly leaks?: readonly Leak[] } = {},
): string {
  if (medium === "json") return JSON.stringify({ ...waste, ...(leaks && { leaks }) }, null, 2) + "\n";
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const rows = waste.reclaimable
    .slice(0, SHOWN)
    .map(({ path, kind, bytes, layers, hiddenBy }): GridCell[] => [
      { text: path, code: true },
      { text: humanSize(bytes, 3), right: true },
      { text: WORDS[kind][locale] },
      { text: layers.length === 0 ? "?" : `${layers.join(", ")} → ${hiddenBy}` },
    ]);
  const kinds = [...new Set(waste.reclaimable.map(({ kind }) => kind))];
  const rest = waste.reclaimable.length - rows.length;
  const grid: Grid = {
    locale,
    title: say("되찾을 수 있는 바이트", "Bytes that could be saved"),
    heads: [
      say("파일", "File"),
      say("크기", "Size"),
      say("무슨 일", "What"),
      say("층 → 가린 층", "Layer → hidden by"),
    ],
    rows,
    notes: [
      rest > 0 ? say(`그 밖에 ${rest}개`, `and ${rest} more`) : "",
      say(
        `되찾을 수 있음 ${humanSize(waste.reclaimableBytes, 3)} · 직접 만든 층 ${humanSize(waste.ownBytes, 3)} · 베이스 ${humanSize(waste.baseBytes, 3)}`,
        `${humanSize(waste.reclaimableBytes, 3)} could be saved of ${humanSize(waste.ownBytes, 3)} in own layers; base ${humanSize(waste.baseBytes, 3)}`,
      ),
      say(
        `효율 점수(dive) ${(waste.score * 100).toFixed(2)}% · dive가 낭비로 세는 크기 ${humanSize(waste.wastedBytes, 3)} (남는 사본까지 셈)`,
        `efficiency (dive) ${(waste.score * 100).toFixed(2)}%; dive counts ${humanSize(waste.wastedBytes, 3)} as wasted, the kept copy too`,
      ),
      ...kinds.map((kind) => {
        const { fix } = waste.reclaimable.find((one) => one.kind === kind)!;
        return `${WORDS[kind][locale]}: ${fix[locale]}`;
      }),
      waste.unknownLayers > 0
        ? say(
            `파일을 모르는 베이스 층 ${waste.unknownLayers}개는 점수에 넣지 않았습니다.`,
            `${waste.unknownLayers} base layers of unknown files are not in the score.`,
          )
        : "",
    ].filter((note) => note !== ""),
  };
  const table = renderGrid(grid, medium);
  if (!leaks || leaks.length === 0) return table;
  return table + (medium === "html" ? "" : "\n") + renderGrid(leakGrid(leaks, locale), medium);
}

function leakGrid(leaks: readonly Leak[], locale: Locale): Grid {
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const notes = new Set(leaks.flatMap(({ recover, fix }) => [recover[locale], fix[locale]]));
  return {
    locale,
    title: say("비밀로 보이는 것", "What looks like a secret"),
    heads: [say("곳", "Place"), say("무엇", "What"), say("층", "Layer"), say("보임", "Visible")],
    rows: leaks.map(({ place, what, layer, hidden }): GridCell[] => [
      { text: place, code: true },
      { text: what[locale] },
      { text: layer === undefined ? "" : String(layer), right: true },
      { text: hidden ? say("가려졌지만 꺼낼 수 있음", "hidden, yet recoverable") : say("보임", "yes") },
    ]),
    notes: [...notes],
  };
}
