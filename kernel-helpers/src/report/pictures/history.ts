/** The history of an image as a table, newest entry first. */

import { maskDeep, withoutAssigned } from "../../build/mask-secrets";
import type { BuiltImage } from "../../build/types";
import type { Locale } from "../locale";
import { type GridCell, type PictureMedium, renderGrid } from "./grid";
import { diskSize, sizeWord } from "./layer-table";

/** The history of *image* in *medium*. Default locale: Korean. */
export function renderHistory(
  image: BuiltImage,
  medium: PictureMedium,
  { locale = "ko" }: { readonly locale?: Locale } = {},
): string {
  if (medium === "json") return JSON.stringify(maskDeep(image.history, withoutAssigned), null, 2) + "\n";
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  let at = 0;
  const rows = image.history.map((entry): GridCell[] => {
    const layer = entry.empty_layer ? undefined : image.layers[at++];
    return [
      { text: withoutAssigned((entry.created_by ?? "").replace(/ # buildkit$/, "")), code: true },
      { text: layer ? sizeWord(diskSize(layer)) : "0B", right: true },
      {
        text: layer
          ? layer.fromBase
            ? say("베이스의 층", "layer of the base")
            : say("레이어", "layer")
          : say("설정만", "config only"),
      },
      { text: (entry.created ?? "").replace(/\.\d+/, "") },
    ];
  });
  return renderGrid(
    {
      locale,
      title: say("이력 · 새것부터", "History, newest first"),
      heads: [
        say("명령", "Instruction"),
        say("크기", "Size"),
        say("종류", "Kind"),
        say("만든 때", "Created"),
      ],
      rows: rows.reverse(),
      notes: [],
    },
    medium,
  );
}
