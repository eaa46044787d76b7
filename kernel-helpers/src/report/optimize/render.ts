/** Proposals as text, Markdown and HTML: the diff, the proof, what was refused and why. */

import { markup, type Html } from "../html";
import type { Locale } from "../locale";
import { codeBlock, escapeMarkdown } from "../markdown";
import type { PictureMedium } from "../pictures";
import { humanSize } from "../units";
import type { Cost, Optimization, Proof } from "./types";

/** Edits that are named in the note about weights. */
const SHOWN_EDITS = 6;

interface Part {
  readonly title: string;
  readonly says: string;
  readonly diff: string;
  readonly proof: readonly string[];
}

/** *optimization* in *medium*. Default locale: Korean. */
export function renderOptimization(
  optimization: Optimization,
  medium: PictureMedium,
  { locale = "ko" }: { readonly locale?: Locale } = {},
): string {
  if (medium === "json") return JSON.stringify(optimization, null, 2) + "\n";
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const { proposals, refused, file, combined } = optimization;
  const title = say(`제안 · ${file}`, `Proposals · ${file}`);
  const parts = proposals.map((one, i): Part => ({
    title: `${i + 1}. ${one.title[locale]} [${one.rule}]`,
    says: one.why[locale],
    diff: one.diff,
    proof: proofLines(one.proof, locale),
  }));
  if (combined && proposals.length > 1) {
    parts.push({
      title: say("모두 함께", "All together"),
      says: say(
        `함께 성립하는 제안을 차례로 적용했습니다: ${combined.rules.join(", ")}`,
        `what holds together, applied one after the other: ${combined.rules.join(", ")}`,
      ),
      diff: combined.diff,
      proof: proofLines(combined.proof, locale),
    });
  }
  const notes = [
    ...(optimization.error === undefined
      ? []
      : [
          say(
            `지금의 Dockerfile이 빌드되지 않아 아무것도 증명할 수 없습니다: ${optimization.error}`,
            `the Dockerfile as it is does not build, so that nothing can be proven: ${optimization.error}`,
          ),
        ]),
    ...refused.map((one) =>
      say(
        `제안하지 않음: ${one.title.ko} [${one.rule}, ${one.line}번째 줄] — ${one.because.ko}`,
        `Not proposed: ${one.title.en} [${one.rule}, line ${one.line}] — ${one.because.en}`,
      ),
    ),
    ...(parts.length > 0
      ? [weightsNote(optimization, locale)]
      : optimization.error === undefined
        ? [
            say(
              "더 나은 Dockerfile을 증명하지 못했습니다. 지금 그대로 두세요.",
              "No better Dockerfile could be proven: leave it as it is.",
            ),
          ]
        : []),
  ];
  if (medium === "html") return html(locale, title, parts, notes).toString();
  if (medium === "markdown") {
    return [
      `**${escapeMarkdown(title)}**`,
      "",
      ...parts.flatMap((part) => [
        `**${escapeMarkdown(part.title)}**`,
        "",
        escapeMarkdown(part.says),
        "",
        codeBlock(part.diff, "diff"),
        ...part.proof.map((line) => `- ${escapeMarkdown(line)}`),
        "",
      ]),
      ...notes.flatMap((note) => [escapeMarkdown(note), ""]),
    ].join("\n");
  }
  return [
    title,
    "",
    ...parts.flatMap((part) => [
      part.title,
      part.says,
      "",
      part.diff,
      ...part.proof.map((line) => `  ${line}`),
      "",
    ]),
    ...notes,
    "",
  ].join("\n");
}

function proofLines({ before, after, gains, assumed }: Proof, locale: Locale): string[] {
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const figure = (name: string, a: string, b: string, same: string): string =>
    a === b ? `${name} ${a} (${same})` : `${name} ${a} → ${b}`;
  const same = say("그대로", "same");
  const lines = [
    say("증명: ", "Proof: ") +
      [
        figure(say("다시 빌드하는 시간", "rebuilding"), seconds(before), seconds(after), same),
        figure(say("이미지", "image"), humanSize(before.bytes, 3), humanSize(after.bytes, 3), same),
        ...(gains.includes("contextBytes")
          ? [
              figure(
                say("보내는 컨텍스트", "context sent"),
                humanSize(before.contextBytes, 3),
                humanSize(after.contextBytes, 3),
                same,
              ),
            ]
          : []),
        ...(before.leaks + after.leaks > 0
          ? [
              figure(
                say("비밀이 보이는 곳", "places that show a secret"),
                String(before.leaks),
                String(after.leaks),
                same,
              ),
            ]
          : []),
      ].join(" · "),
    say(
      "두 Dockerfile을 빌드해 보았고, 말한 것 말고는 이미지의 파일과 설정이 같습니다.",
      "Both were built: but for what is said the files and the config of the image are the same.",
    ),
  ];
  if (assumed.length > 0)
    lines.push(
      say(
        `추정: 시뮬레이션하지 않는 명령의 시간과 결과 (${assumed.join(" / ")})`,
        `assumed: time and outcome of commands that are not simulated (${assumed.join(" / ")})`,
      ),
    );
  return lines;
}

function weightsNote({ weights }: Optimization, locale: Locale): string {
  const edits = weights.edits
    .slice(0, SHOWN_EDITS)
    .map(({ edit, weight }) => `${edit} ×${weight}`)
    .join(", ");
  const more = weights.edits.length > SHOWN_EDITS ? " …" : "";
  if (locale === "ko") {
    const head =
      weights.source === "history"
        ? `최근 커밋 ${weights.commits ?? 0}개의 수정으로 셌습니다`
        : weights.source === "file"
          ? "가중치 파일대로 셌습니다"
          : "수정의 종류마다 정해 둔 가중치로 셌습니다";
    return `${head}: ${edits}${more}. 시간은 시뮬레이션한 것입니다.`;
  }
  const head =
    weights.source === "history"
      ? `Counted over the edits of the last ${weights.commits ?? 0} commits`
      : weights.source === "file"
        ? "Counted with the weights of the file"
        : "Counted with declared weights of kinds of edits";
  return `${head}: ${edits}${more}. Times are simulated.`;
}

function html(locale: Locale, title: string, parts: readonly Part[], notes: readonly string[]): Html {
  return markup`<div lang="${locale}" style="overflow-wrap:anywhere">
<p style="margin:0 0 6px 0"><strong>${title}</strong></p>
${parts.map(
  (part) => markup`<p style="margin:8px 0 2px 0"><strong>${part.title}</strong></p>
<p style="margin:2px 0">${part.says}</p>
<pre style="margin:4px 0;white-space:pre;overflow-x:auto" tabindex="0">${part.diff}</pre>
${part.proof.map(
  (line) => markup`<p style="margin:2px 0">${line}</p>
`,
)}`,
)}${notes.map(
    (note) => markup`<p style="margin:4px 0 0 0;font-size:0.9em">${note}</p>
`,
  )}</div>
`;
}

function seconds({ rebuild }: Cost): string {
  return `${(rebuild / 1000).toFixed(1)}s`;
}
