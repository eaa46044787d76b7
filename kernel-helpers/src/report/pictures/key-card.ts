/** V3, the key card: the ingredients of one step's cache key, as they were and as they are. */

import type { KeyDifference, Step } from "../../build/types";
import { readableValue } from "../../cache";
import type { Locale } from "../locale";
import { oneLine, truncate } from "../text";
import { fieldWord } from "./build-matrix";
import { type Grid, type GridCell, type PictureMedium, renderGrid } from "./grid";

export interface KeyCardOptions {
  readonly locale?: Locale;
  readonly title?: string;
}

/** The card of *step* in *medium*. Default locale: Korean. */
export function renderKeyCard(step: Step, medium: PictureMedium, options: KeyCardOptions = {}): string {
  return renderGrid(keyCard(step, options), medium);
}

interface Ingredient {
  readonly ko: string;
  readonly en: string;
  readonly of: readonly string[];
  fits(part: KeyDifference): boolean;
}

const field =
  (pattern: RegExp) =>
  ({ kind, path }: KeyDifference): boolean =>
    kind !== "content" && kind !== "dep" && pattern.test(path);

/** Fields of the key of a URL or a git repository: what an ADD is made from. */
const REMOTE = /^(Checksum|LastModTime|Filename|Perm|UID|GID|Commit|Subdir|KeepGitDir|Ref|SkipSubmodules)$/;

/** The first that fits takes the part. */
const INGREDIENTS: readonly Ingredient[] = [
  { ko: "입력 파일", en: "Input files", of: ["COPY", "ADD", "RUN"], fits: ({ kind }) => kind === "content" },
  {
    ko: "부모 키",
    en: "Parent key",
    of: ["COPY", "ADD", "RUN", "WORKDIR"],
    fits: ({ kind }) => kind === "dep",
  },
  { ko: "환경 변수", en: "Environment", of: ["RUN"], fits: field(/^env/) },
  { ko: "작업 디렉터리", en: "Working directory", of: ["RUN"], fits: field(/^cwd/) },
  { ko: "사용자", en: "User", of: ["RUN"], fits: field(/^user|\.owner/) },
  { ko: "마운트", en: "Mounts", of: ["RUN"], fits: field(/^mounts|^secretenv/) },
  {
    ko: "베이스 이미지",
    en: "Base image",
    of: ["FROM"],
    fits: ({ kind, path }) => kind === "source" && !REMOTE.test(path),
  },
  { ko: "명령", en: "Instruction", of: ["COPY", "ADD", "RUN", "WORKDIR", "FROM"], fits: () => true },
];

/** In the order in which they are shown. */
const ORDER = [
  "명령",
  "베이스 이미지",
  "입력 파일",
  "환경 변수",
  "작업 디렉터리",
  "사용자",
  "마운트",
  "부모 키",
];

const VALUE = 60;

/** As plain data. Of ingredients that are the same only that is known. */
function keyCard(step: Step, { locale = "ko", title }: KeyCardOptions = {}): Grid {
  const isKorean = locale === "ko";
  const say = (ko: string, en: string): string => (isKorean ? ko : en);
  const { miss } = step;
  const parts = new Map<Ingredient, KeyDifference[]>();
  for (const part of miss?.parts ?? []) {
    const ingredient = INGREDIENTS.find(({ fits }) => fits(part))!;
    parts.set(ingredient, [...(parts.get(ingredient) ?? []), part]);
  }
  const shown = INGREDIENTS.filter((one) => one.of.includes(step.instruction) || parts.has(one)).sort(
    (a, b) => ORDER.indexOf(a.ko) - ORDER.indexOf(b.ko),
  );
  const rows = shown.map((ingredient): GridCell[] => {
    const name = { text: say(ingredient.ko, ingredient.en) };
    const changed = parts.get(ingredient);
    if (miss?.first)
      return [name, { text: say("기록 없음", "no record") }, { text: say("새 재료", "new") }, { text: "–" }];
    if (!changed)
      return [
        name,
        { text: say("그대로", "unchanged") },
        { text: say("그대로", "unchanged") },
        { text: say("같음", "same") },
      ];
    const [part] = changed;
    const more =
      changed.length > 1 ? say(` 외 ${changed.length - 1}가지`, ` and ${changed.length - 1} more`) : "";
    return [
      {
        text:
          part!.kind === "content"
            ? `${name.text}: ${part!.path.replace(/^file /, "")} ${fieldWord(part!.field, isKorean)}${more}`
            : name.text + more,
      },
      { text: valueOf(readableValue(part!.path, part!.old)), code: true },
      { text: valueOf(readableValue(part!.path, part!.new)), code: true },
      { text: `≠ ${say("달라짐", "differs")}`, outlined: true },
    ];
  });
  const outlinedRows = shown.flatMap((ingredient, i) => (!miss?.first && parts.has(ingredient) ? [i] : []));
  const sentence =
    miss?.sentence[locale] ??
    step.hit?.sentence[locale] ??
    (step.status === "ERROR" || step.status === "CANCELED"
      ? say(
          "재료는 그대로지만, 이 단계가 끝난 적이 없어 가져올 결과가 없습니다.",
          "The ingredients are the same, but the step has never finished: there is no result to take.",
        )
      : step.skipped
        ? say(
            "빌드가 먼저 실패해서 이 단계는 실행하지 않았고, 저장된 결과도 없습니다.",
            "The build failed before: this step did not run, and nothing is stored for it.",
          )
        : say(
            "재료가 모두 같아 저장된 결과를 가져왔습니다.",
            "All ingredients are the same: the stored result was taken.",
          ));
  return {
    locale,
    title: title ?? say(`키 카드 · ${step.name}`, `Key card · ${step.name}`),
    heads: [say("재료", "Ingredient"), say("예전", "Before"), say("지금", "Now"), say("같음?", "Same?")],
    rows,
    outlinedRows,
    notes: [sentence.replace(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/g, "$1…")],
    below: [
      say(
        "재료가 아닌 것: 수정 시각, 바깥 저장소의 상태, .dockerignore로 뺀 파일, LABEL·CMD·EXPOSE 같은 설정, --mount로 준 비밀의 값",
        "No ingredients: modification times, the state of outside registries, ignored files, settings such as LABEL, CMD, EXPOSE, the values of mounted secrets",
      ),
    ],
  };
}

function valueOf(value: string | null | undefined): string {
  if (value === null || value === undefined || value === "") return "—";
  return truncate(oneLine(value.replace(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/g, "$1…")), VALUE);
}
