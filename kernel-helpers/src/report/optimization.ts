/** Proposals of a better order as text, Markdown and HTML: the diff, the proof, what was refused and why. */

import { markup, type Html } from "./html";
import type { Locale } from "./locale";
import { codeBlock, escapeMarkdown } from "./markdown";
import type { PictureMedium } from "./pictures";
import type { Cost, Optimization } from "./proof";
import { humanSize } from "./units";

/** *optimization* in *medium*. Default locale: Korean. */
export function renderOptimization(
  optimization: Optimization,
  medium: PictureMedium,
  { locale = "ko" }: { readonly locale?: Locale } = {},
): string {
  if (medium === "json") return JSON.stringify(optimization, null, 2) + "\n";
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const { proposals, refused, weights, file } = optimization;
  const proof = (before: Cost, after: Cost): string =>
    say(
      `증명: 다시 빌드하는 시간 ${seconds(before)} → ${seconds(after)}, 직접 만든 층 ${humanSize(before.bytes, 3)} → ${humanSize(after.bytes, 3)}. 이미지의 파일과 설정은 같습니다.`,
      `Proof: rebuilding ${seconds(before)} → ${seconds(after)}, own layers ${humanSize(before.bytes, 3)} → ${humanSize(after.bytes, 3)}; files and config of the image are the same.`,
    );
  const weighted = say(
    `가중치: 소스 편집 ${weights.source}, 문서 ${weights.document}, 패키지 목록 ${weights.manifest}, 잠금 파일 ${weights.lockfile} (시뮬레이션한 시간)`,
    `Weights: edits of sources ${weights.source}, documents ${weights.document}, manifests ${weights.manifest}, lock files ${weights.lockfile} (simulated times)`,
  );
  const nothing = say(
    "더 나은 순서를 증명하지 못했습니다. 지금 그대로 두세요.",
    "No better order could be proven: leave it as it is.",
  );
  const no = refused.map((one) =>
    say(`제안하지 않음: ${one.ko} — ${one.because.ko}`, `Not proposed: ${one.en} — ${one.because.en}`),
  );
  const title = say(`제안 · ${file}`, `Proposals · ${file}`);
  const parts = proposals.map((one) => ({
    says: one[locale],
    diff: one.diff,
    proof: proof(one.before, one.after),
  }));
  const notes = [...no, ...(parts.length === 0 ? [nothing] : [weighted])];
  if (medium === "html") return html(locale, title, parts, notes).toString();
  if (medium === "markdown") {
    return [
      `**${escapeMarkdown(title)}**`,
      "",
      ...parts.flatMap((part) => [
        escapeMarkdown(part.says),
        "",
        codeBlock(part.diff, "diff"),
        escapeMarkdown(part.proof),
        "",
      ]),
      ...notes.flatMap((note) => [escapeMarkdown(note), ""]),
    ].join("\n");
  }
  return [
    title,
    "",
    ...parts.flatMap((part) => [part.says, "", part.diff, part.proof, ""]),
    ...notes,
    "",
  ].join("\n");
}

function html(
  locale: Locale,
  title: string,
  parts: readonly { readonly says: string; readonly diff: string; readonly proof: string }[],
  notes: readonly string[],
): Html {
  return markup`<div lang="${locale}" style="overflow-x:auto">
<p style="margin:0 0 6px 0"><strong>${title}</strong></p>
${parts.map(
  (part) => markup`<p style="margin:4px 0">${part.says}</p>
<pre style="margin:4px 0;white-space:pre;overflow-x:auto" tabindex="0">${part.diff}</pre>
<p style="margin:4px 0">${part.proof}</p>
`,
)}${notes.map(
    (note) => markup`<p style="margin:4px 0 0 0;font-size:0.9em">${note}</p>
`,
  )}</div>
`;
}

function seconds({ rebuild }: Cost): string {
  return `${(rebuild / 1000).toFixed(1)}s`;
}
