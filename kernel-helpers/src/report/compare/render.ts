/** A comparison as HTML, Markdown, text and JSON. */

import { markup, type Html } from "../html";
import type { Locale } from "../locale";
import { codeBlock, codeSpan, escapeMarkdown } from "../markdown";
import { type Grid, type GridCell, gridHtml, type PictureMedium, renderGrid } from "../pictures/grid";
import { wrap } from "../text";
import { humanSize } from "../units";
import type { ComparedField, ComparedFile, ComparedLayer, Comparison, FileChange } from "./types";

/** *comparison* in *medium*. Default locale: Korean. *files*: most rows of the table of files, default 30. */
export function renderComparison(
  comparison: Comparison,
  medium: PictureMedium,
  { locale = "ko", files = 30 }: { readonly locale?: Locale; readonly files?: number } = {},
): string {
  if (medium === "json") return JSON.stringify(comparison, null, 2) + "\n";
  const view = viewOf(comparison, locale, files);
  if (medium === "html") return viewHtml(view).toString();
  return medium === "markdown" ? viewMarkdown(view) : viewText(view);
}

interface View {
  readonly locale: Locale;
  readonly title: string;
  readonly summary: readonly string[];
  readonly grids: readonly Grid[];
  readonly diff: { readonly title: string; readonly text: string } | undefined;
  readonly history: readonly string[];
  readonly historyTitle: string;
  readonly notes: readonly string[];
}

const KINDS: Readonly<Record<ComparedLayer["kind"], readonly [string, string]>> = {
  shared: ["= 같음", "= shared"],
  differs: ["≠ 내용이 다름", "≠ other content"],
  "only-a": ["− A에만", "− only in A"],
  "only-b": ["+ B에만", "+ only in B"],
};

const CHANGES: Readonly<Record<FileChange, readonly [string, string]>> = {
  added: ["+ 추가", "+ added"],
  removed: ["− 삭제", "− removed"],
  content: ["~ 내용", "~ content"],
  attributes: ["~ 권한·소유자", "~ mode or owner"],
  type: ["~ 종류", "~ type"],
};

function viewOf(comparison: Comparison, locale: Locale, shown: number): View {
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const pair = ([ko, en]: readonly [string, string]): string => say(ko, en);
  const { a, b, build, image } = comparison;
  const bytes = (size: number | undefined): string => (size === undefined ? "?" : humanSize(size, 3));
  const summary = [
    `A ${a.name}${a.id === "" && a.layers === 0 ? "" : ` · ${bytes(a.bytes)} · ${say(`층 ${a.layers}개`, `${a.layers} layers`)}`}`,
    `B ${b.name}${b.id === "" && b.layers === 0 ? "" : ` · ${bytes(b.bytes)} · ${say(`층 ${b.layers}개`, `${b.layers} layers`)}`}`,
  ];
  const grids: Grid[] = [];
  if (build) {
    summary.push(
      say(
        `단계: A 재사용 ${build.reused[0]}, 실행 ${build.ran[0]} · B 재사용 ${build.reused[1]}, 실행 ${build.ran[1]}`,
        `steps: A ${build.reused[0]} reused, ${build.ran[0]} ran · B ${build.reused[1]} reused, ${build.ran[1]} ran`,
      ),
    );
    grids.push({ ...build.matrix });
    if (build.options.length > 0)
      grids.push(fieldGrid(say("빌드 옵션", "Build options"), build.options, locale));
  }
  if (image) {
    const fetched = image.newBytes;
    summary.push(
      say(
        `함께 쓰는 층 ${image.sharedLayers}개 (${bytes(image.sharedBytes)})${fetched === undefined ? "" : ` · A가 있는 기계가 B를 받을 때 새로 받는 층 ${bytes(fetched)}`}`,
        `${image.sharedLayers} layers shared (${bytes(image.sharedBytes)})${fetched === undefined ? "" : `; a machine that has A fetches ${bytes(fetched)} for B`}`,
      ),
      image.files.length === 0 && !image.filesKnown
        ? say(
            "다른 층의 파일 목록을 몰라 파일은 비교하지 못했습니다.",
            "files of the layers that differ are not known",
          )
        : image.files.length === 0
          ? say("보이는 파일이 모두 같습니다.", "all files that are seen are the same")
          : say(`다른 파일 ${image.files.length}개`, `${image.files.length} files differ`),
      image.config.length === 0
        ? say("설정이 같습니다.", "the configs are the same")
        : say(`다른 설정 ${image.config.length}개`, `${image.config.length} fields of the config differ`),
    );
    grids.push({
      locale,
      title: say("층 · 바닥부터", "Layers, from the bottom"),
      heads: [
        say("결과", "Outcome"),
        "A",
        "B",
        say("명령", "Instruction"),
        say("크기 A", "Size A"),
        say("크기 B", "Size B"),
      ],
      rows: image.layers.map(({ kind, instruction, a: at, b: to, bytesA, bytesB }): GridCell[] => [
        { text: pair(KINDS[kind]) },
        { text: at === undefined ? "" : String(at), right: true },
        { text: to === undefined ? "" : String(to), right: true },
        { text: instruction, code: true },
        { text: at === undefined ? "" : bytes(bytesA), right: true },
        { text: to === undefined ? "" : bytes(bytesB), right: true },
      ]),
      notes: [],
    });
    if (image.files.length > 0) grids.push(fileGrid(image.files, shown, locale));
    if (image.config.length > 0) grids.push(fieldGrid(say("설정", "Config"), image.config, locale));
  }
  const { onlyA = [], onlyB = [] } = image?.history ?? {};
  return {
    locale,
    title: say(`비교: ${a.name} ↔ ${b.name}`, `Comparison: ${a.name} ↔ ${b.name}`),
    summary,
    grids,
    diff: build?.dockerfile ? { title: "Dockerfile", text: build.dockerfile } : undefined,
    history: [...onlyA.map((line) => `− ${line}`), ...onlyB.map((line) => `+ ${line}`)],
    historyTitle: say("한쪽에만 있는 이력", "History of one only"),
    notes: comparison.unknown.map((text) => text[locale]),
  };
}

/** The largest changes first; folders that only came along stand last. */
function fileGrid(files: readonly ComparedFile[], shown: number, locale: Locale): Grid {
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const weight = ({ bytesA = 0, bytesB = 0 }: ComparedFile): number => Math.max(bytesA, bytesB);
  const sorted = [...files]
    .sort((x, y) => weight(y) - weight(x) || (x.path < y.path ? -1 : 1))
    .slice(0, shown);
  const counts = (Object.keys(CHANGES) as FileChange[]).flatMap((change) => {
    const count = files.filter((file) => file.change === change).length;
    return count === 0 ? [] : [`${CHANGES[change][locale === "ko" ? 0 : 1]} ${count}`];
  });
  return {
    locale,
    title: say("파일 · 큰 것부터", "Files, the largest first"),
    heads: [
      say("파일", "File"),
      say("무엇이", "What"),
      say("크기 A", "Size A"),
      say("크기 B", "Size B"),
      say("자세히", "Detail"),
    ],
    rows: sorted.map(({ path, change, bytesA, bytesB, detail }): GridCell[] => [
      { text: path, code: true },
      { text: CHANGES[change][locale === "ko" ? 0 : 1] },
      { text: bytesA === undefined ? "" : humanSize(bytesA, 3), right: true },
      { text: bytesB === undefined ? "" : humanSize(bytesB, 3), right: true },
      { text: detail ?? "" },
    ]),
    notes: [
      counts.join(" · "),
      files.length > sorted.length
        ? say(`그 밖에 ${files.length - sorted.length}개`, `and ${files.length - sorted.length} more`)
        : "",
    ].filter((note) => note !== ""),
  };
}

function fieldGrid(title: string, fields: readonly ComparedField[], locale: Locale): Grid {
  return {
    locale,
    title,
    heads: [locale === "ko" ? "항목" : "Field", "A", "B"],
    rows: fields.map(({ field, a, b }): GridCell[] => [
      { text: field, code: true },
      { text: a ?? "—", code: true },
      { text: b ?? "—", code: true },
    ]),
    notes: [],
  };
}

function viewText(view: View): string {
  return (
    [
      view.title,
      ...view.summary,
      ...view.grids.flatMap((grid) => ["", renderGrid(grid, "text").trimEnd()]),
      ...(view.diff ? ["", view.diff.title, view.diff.text.trimEnd()] : []),
      ...(view.history.length > 0 ? ["", view.historyTitle, ...view.history.map((line) => `  ${line}`)] : []),
      ...(view.notes.length > 0 ? ["", ...view.notes.flatMap((note) => wrap(note, 96))] : []),
    ].join("\n") + "\n"
  );
}

function viewMarkdown(view: View): string {
  return (
    [
      `**${escapeMarkdown(view.title)}**`,
      "",
      ...view.summary.map((line) => `- ${escapeMarkdown(line)}`),
      "",
      ...view.grids.map((grid) => renderGrid(grid, "markdown")),
      ...(view.diff ? [`**${view.diff.title}**`, "", codeBlock(view.diff.text, "diff")] : []),
      ...(view.history.length > 0
        ? [`**${view.historyTitle}**`, "", ...view.history.map((line) => `- ${codeSpan(line)}`), ""]
        : []),
      ...view.notes.map((note) => `> ${escapeMarkdown(note)}`),
    ]
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trimEnd() + "\n"
  );
}

function viewHtml(view: View): Html {
  return markup`<div lang="${view.locale}" style="overflow-wrap:anywhere">
<p style="margin:0 0 4px 0"><strong>${view.title}</strong></p>
<ul style="margin:0 0 8px 0;padding:0 0 0 20px">${view.summary.map((line) => markup`<li>${line}</li>`)}</ul>
${view.grids.map(gridHtml)}${
    view.diff &&
    markup`<p style="margin:8px 0 0 0"><strong>${view.diff.title}</strong></p>
<pre lang="en" tabindex="0" style="margin:4px 0 0 0;white-space:pre;overflow-x:auto">${view.diff.text}</pre>
`
  }${
    view.history.length > 0 &&
    markup`<p style="margin:8px 0 0 0"><strong>${view.historyTitle}</strong></p>
<ul style="margin:4px 0 0 0;padding:0 0 0 20px">${view.history.map((line) => markup`<li><code style="overflow-wrap:anywhere">${line}</code></li>`)}</ul>
`
  }${view.notes.map(
    (note) => markup`<p style="margin:4px 0 0 0;font-size:0.9em">${note}</p>
`,
  )}</div>
`;
}
