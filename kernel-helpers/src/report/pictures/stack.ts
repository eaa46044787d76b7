/** V5, the stack: the layers of an image one on the other, what each adds, changes and hides, and what is seen from above. */

import type { BuiltImage } from "../../build/types";
import { markup, type Html } from "../html";
import type { Locale } from "../locale";
import { codeSpan, escapeMarkdown } from "../markdown";
import { CODE, shortId } from "../table/html";
import { humanSize } from "../units";
import { wasteOf } from "../waste/waste";
import type { PictureMedium } from "./grid";
import { diskSize, sizeWord } from "./layer-table";

export interface StackOptions {
  readonly locale?: Locale;
  readonly title?: string;
  /** Files shown in one layer and in the view from above. Default: 8. */
  readonly files?: number;
}

interface StackBox {
  readonly name: string;
  readonly size: string;
  /** `+ app/server.js`, `~ …`, `− …`. */
  readonly files: readonly string[];
  readonly more: number;
}

/** The stack as plain data. */
export interface Stack {
  readonly locale: Locale;
  readonly title: string;
  /** Top layer first. */
  readonly boxes: readonly StackBox[];
  /** What is seen from above, of the layers whose files are known. */
  readonly view: readonly string[];
  readonly viewMore: number;
}

/** The stack of *image*. */
export function stackOf(
  image: BuiltImage,
  { locale = "ko", title, files: shown = 8 }: StackOptions = {},
): Stack {
  const isKorean = locale === "ko";
  const boxes: StackBox[] = [];
  const base = image.layers.filter(({ fromBase }) => fromBase);
  if (base.length > 0) {
    const size = base.reduce((sum, layer) => sum + diskSize(layer), 0);
    boxes.push({
      name: isKorean ? `베이스 이미지 ${base.length}개 층` : `${base.length} layers of the base image`,
      size: humanSize(size, 3),
      files: [],
      more: 0,
    });
  }
  const view = new Set<string>();
  for (const { layer, instruction, diffId, bytes, added, changed, removed } of wasteOf(image).layers) {
    for (const path of removed)
      for (const known of [...view]) if (known === path || known.startsWith(path + "/")) view.delete(known);
    for (const path of added) view.add(path);
    if (image.layers[layer - 1]?.fromBase) continue;
    const files = [
      ...removed.map((path) => `− ${path}`),
      ...changed.map((path) => `~ ${path}`),
      ...added.map((path) => `+ ${path}`),
    ];
    boxes.push({
      name: `${layer} ${instruction === "" ? shortId(diffId) : instruction}`,
      size: sizeWord(bytes),
      files: files.slice(0, shown),
      more: Math.max(0, files.length - shown),
    });
  }
  const seen = [...view].sort();
  return {
    locale,
    title: title ?? (isKorean ? "층 그림 · 맨 위 층이 위" : "Stack · the top layer is on top"),
    boxes: boxes.reverse(),
    view: seen.slice(0, shown * 2),
    viewMore: Math.max(0, seen.length - shown * 2),
  };
}

/** The stack of *image* in *medium*. Default locale: Korean. */
export function renderStack(image: BuiltImage, medium: PictureMedium, options: StackOptions = {}): string {
  const stack = stackOf(image, options);
  if (medium === "json") return JSON.stringify(stack, null, 2) + "\n";
  if (medium === "html") return stackHtml(stack).toString();
  return medium === "markdown" ? stackMarkdown(stack) : stackText(stack);
}

function words({ locale }: Stack): {
  readonly above: string;
  readonly more: (count: number) => string;
  readonly signs: string;
} {
  return locale === "ko"
    ? { above: "위에서 내려다본 모습", more: (count) => `외 ${count}개`, signs: "+ 추가 · ~ 변경 · − 가림" }
    : {
        above: "Seen from above",
        more: (count) => `and ${count} more`,
        signs: "+ added · ~ changed · − hidden",
      };
}

function listed(files: readonly string[], more: number, stack: Stack): string[] {
  return more > 0 ? [...files, words(stack).more(more)] : [...files];
}

function stackText(stack: Stack): string {
  const text = words(stack);
  return [
    stack.title,
    "",
    ...stack.boxes.flatMap(({ name, size, files, more }) => [
      `▭ ${name} · ${size}`,
      ...listed(files, more, stack).map((file) => `    ${file}`),
    ]),
    "",
    `↓ ${text.above}`,
    ...listed(stack.view, stack.viewMore, stack).map((file) => `    ${file}`),
    "",
    text.signs,
    "",
  ].join("\n");
}

function stackMarkdown(stack: Stack): string {
  const text = words(stack);
  const show = (file: string): string =>
    /^[+~−] /.test(file)
      ? `${escapeMarkdown(file.slice(0, 1))} ${codeSpan(file.slice(2))}`
      : escapeMarkdown(file);
  return [
    `**${escapeMarkdown(stack.title)}**`,
    "",
    ...stack.boxes.flatMap(({ name, size, files, more }) => [
      `- ${codeSpan(name)} · ${size}`,
      ...listed(files, more, stack).map((file) => `  - ${show(file)}`),
    ]),
    "",
    `**${text.above}**`,
    "",
    ...listed(stack.view, stack.viewMore, stack).map(
      (file, i) => `- ${i < stack.view.length ? codeSpan(file) : escapeMarkdown(file)}`,
    ),
    "",
    escapeMarkdown(text.signs),
    "",
  ].join("\n");
}

function stackHtml(stack: Stack): Html {
  const text = words(stack);
  const list = (files: readonly string[], more: number): Html =>
    markup`<ul style="list-style:none;margin:2px 0 0 0;padding:0 0 0 12px">${listed(files, more, stack).map((file) => markup`<li><code style="${CODE}">${file}</code></li>`)}</ul>`;
  return markup`<figure lang="${stack.locale}" style="margin:0">
<figcaption style="padding:0 0 4px 0">${stack.title}</figcaption>
<div style="display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start">
<div style="flex:1 1 220px;min-width:0"><strong>↓ ${text.above}</strong>${list(stack.view, stack.viewMore)}</div>
<ol reversed style="flex:2 1 260px;min-width:0;list-style:none;margin:0;padding:0">
${stack.boxes.map(
  ({
    name,
    size,
    files,
    more,
  }) => markup`<li style="border:1px solid #8a8a8a;padding:4px 8px;margin:0 0 -1px 0;break-inside:avoid"><code style="${CODE}">${name}</code> · ${size}${files.length > 0 && list(files, more)}</li>
`,
)}</ol>
</div>
<p style="margin:4px 0 0 0;font-size:0.9em">${text.signs}</p>
</figure>
`;
}
