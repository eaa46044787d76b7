/** `%help`: what can be written in a cell, in the pager. */

import { type MagicRegistry, magicLabel } from "./registry";
import type { Magic } from "./types";

/** The magic that lists the others. */
export function helpMagic(registry: MagicRegistry): Magic {
  return {
    name: "help",
    kind: "line",
    summary: "셀에 쓸 수 있는 명령을 보여 줍니다.",
    usage: "%help",
    run: () => {
      const magics = registry.list();
      const rows = magics.map((magic) => `| \`${magic.usage}\` | ${magic.summary} |`);
      const markdown = [
        "| 명령 | 하는 일 |",
        "|---|---|",
        ...rows,
        "| `!명령` | 컨텍스트 폴더의 셸에서 한 줄을 실행합니다. |",
      ].join("\n");
      const text = [
        ...magics.map((magic) => `${magic.usage}\n    ${magic.summary}`),
        "!명령\n    컨텍스트 폴더의 셸에서 한 줄을 실행합니다.",
      ].join("\n");
      const data = { "text/plain": text, "text/markdown": markdown };
      return Promise.resolve({ payload: [{ source: "page", data, start: 0 }] });
    },
  };
}

/** One magic's help, for `%%name?`. */
export function describeMagic(magic: Magic): {
  readonly "text/plain": string;
  readonly "text/markdown": string;
} {
  return {
    "text/plain": `${magic.usage}\n\n${magic.summary}`,
    "text/markdown": `**${magicLabel(magic)}**\n\n\`${magic.usage}\`\n\n${magic.summary}`,
  };
}
