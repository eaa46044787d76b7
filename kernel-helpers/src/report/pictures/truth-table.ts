/** V4, the four-column table: of every instruction whether it is a step, stays in the history, makes a layer, and whose key it is in. */

import { withoutAssigned } from "../../build/mask-secrets";
import type { BuildRecord, InstructionRow } from "../../build/types";
import type { Locale } from "../locale";
import { labelOf } from "../table/model";
import { oneLine } from "../text";
import { type Grid, type GridCell, type PictureMedium, renderGrid } from "./grid";

/** Language and caption. */
export interface TruthTableOptions {
  readonly locale?: Locale;
  /** Caption. Default: `네 칸 표`. */
  readonly title?: string;
}

/** What the table shows of a build: a whole record will do. */
export type TruthTableBuild = Pick<BuildRecord, "rows" | "steps">;

/** The table of *record* in *medium*. Default locale: Korean. */
export function renderTruthTable(
  record: TruthTableBuild,
  medium: PictureMedium,
  options: TruthTableOptions = {},
): string {
  return renderGrid(truthTable(record, options), medium);
}

/** As plain data. */
export function truthTable(record: TruthTableBuild, { locale = "ko", title }: TruthTableOptions = {}): Grid {
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const yes = (more = ""): GridCell => ({ text: `○ ${say("예", "yes")}${more === "" ? "" : ` ${more}`}` });
  const no = (): GridCell => ({ text: `– ${say("아니요", "no")}` });
  const { rows, steps } = record;
  return {
    locale,
    title: title ?? say("네 칸 표", "What each instruction is"),
    heads: [
      say("명령", "Instruction"),
      say("단계인가", "A step?"),
      say("이력에 남는가", "In the history?"),
      say("레이어를 만드는가", "Makes a layer?"),
      say("어느 단계의 키에 들어가는가", "In the key of which step?"),
    ],
    rows: rows.map((row, i): GridCell[] => {
      const step = row.step === undefined ? undefined : steps[row.step];
      const isBase = row.instruction === "FROM";
      return [
        { text: oneLine(withoutAssigned(row.text)), code: true },
        step ? yes(labelOf(step.name)) : no(),
        isBase ? { text: say("베이스의 이력", "the base's history") } : row.history ? yes() : no(),
        isBase ? { text: say("베이스의 층", "the base's layers") } : row.layer ? yes() : no(),
        { text: keyText(record, i, locale) },
      ];
    }),
    notes: [
      say(
        "부모 키도 재료입니다. 어느 단계의 키가 달라지면 그 뒤의 단계도 모두 달라집니다.",
        "The parent's key is an ingredient too: when one step's key differs, so do those of all steps after it.",
      ),
    ],
  };
}

function keyText(record: TruthTableBuild, index: number, locale: Locale): string {
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const row = record.rows[index]!;
  const own = row.step;
  const others = keysWith(record, index).filter((step) => step !== own);
  const labels = others.map((step) => labelOf(record.steps[step]!.name)).join(", ");
  const parts = [
    own === undefined ? "" : say("자기 단계", "its own"),
    labels === ""
      ? ""
      : ({
          ENV: say(`환경 변수로 ${labels}`, `${labels}, as environment`),
          ARG: say(`환경 변수로 ${labels}`, `${labels}, as environment`),
          USER: say(`사용자로 ${labels}`, `${labels}, as user`),
          WORKDIR: say(`작업 디렉터리로 ${labels}`, `${labels}, as working directory`),
          SHELL: say(`셸로 ${labels}`, `${labels}, as shell`),
        }[row.instruction] ?? labels),
  ].filter((part) => part !== "");
  return parts.length === 0 ? say("없음", "none") : parts.join(" · ");
}

/**
 * Indexes of the steps whose own key the instruction *index* of *record* is part of, not through a parent (BuildKit dispatchEnv, dispatchArg,
 * dispatchUser, dispatchWorkdir, dispatchShell, dispatchRun): a change of it alone makes them miss.
 */
export function keysWith({ rows, steps }: TruthTableBuild, index: number): number[] {
  const row = rows[index]!;
  const found = new Set<number>(row.step === undefined ? [] : [row.step]);
  /** Variables whose value comes from this instruction. */
  const tainted = new Set(namesSet(row));
  let isUser = row.instruction === "USER";
  let isDirectory = row.instruction === "WORKDIR";
  let isShell = row.instruction === "SHELL";
  if (tainted.size === 0 && !isUser && !isDirectory && !isShell) return [...found];
  const reached = new Set([row.stage]);
  const names = stageNames(rows);
  rows.slice(index + 1).forEach((later, i) => {
    if (later.instruction === "FROM") {
      // A stage that is built on this one takes over its environment, user and folder.
      const base = names.bases.get(index + 1 + i);
      if (base !== undefined && reached.has(base)) reached.add(later.stage);
      return;
    }
    if (!reached.has(later.stage)) return;
    const uses = [...tainted].some((name) => mentions(later.text, name));
    const sets = namesSet(later);
    const { instruction, step } = later;
    if (step !== undefined) {
      // The name has the values of variables.
      const shown = steps[step]?.name ?? later.text;
      const isRelativeCopy = isDirectory && /^(?:COPY|ADD)$/.test(instruction) && isRelative(shown);
      const isHit =
        instruction === "RUN"
          ? tainted.size > 0 || isUser || isDirectory || (isShell && isShellForm(later.text))
          : uses ||
            (instruction === "WORKDIR" && (isUser || (isDirectory && isRelative(shown)))) ||
            isRelativeCopy;
      if (isHit && steps[step]) found.add(step);
    }
    if (sets.length > 0) {
      for (const name of sets) {
        // An ARG without a value sets nothing of its own.
        if (uses) tainted.add(name);
        else if (later.text.includes("=") || instruction === "ENV") tainted.delete(name);
      }
    }
    if (instruction === "USER") isUser = uses;
    if (instruction === "SHELL") isShell = uses;
    if (instruction === "WORKDIR" && step !== undefined && !isRelative(steps[step]?.name ?? later.text))
      isDirectory = uses;
  });
  return [...found].sort((a, b) => a - b);
}

/** By row of a FROM: the stage that it builds on. */
function stageNames(rows: readonly InstructionRow[]): { readonly bases: ReadonlyMap<number, string> } {
  const bases = new Map<number, string>();
  const byName = new Map<string, string>();
  rows.forEach((row, i) => {
    if (row.instruction !== "FROM") return;
    const match = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(row.text);
    const base = byName.get((match?.[1] ?? "").toLowerCase());
    if (base !== undefined) bases.set(i, base);
    if (match?.[2] !== undefined) byName.set(match[2].toLowerCase(), row.stage);
  });
  return { bases };
}

/** Names that an ENV or ARG sets. */
function namesSet({ instruction, text }: InstructionRow): string[] {
  if (instruction !== "ENV" && instruction !== "ARG") return [];
  const rest = text.replace(/\\\r?\n/g, " ").replace(/^\s*\w+\s+/, "");
  const words = rest.match(/(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  const [first = ""] = words;
  // `ENV NAME value`, the old form.
  if (instruction === "ENV" && !first.includes("=")) return first === "" ? [] : [first];
  return words.map((word) => (word.includes("=") ? word.slice(0, word.indexOf("=")) : word));
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`\\$(?:\\{)?${name.replace(/[^A-Za-z0-9_]/g, "\\$&")}(?![A-Za-z0-9_])`).test(text);
}

/** Is the last word of a COPY, ADD or WORKDIR a path without a slash in front? */
function isRelative(text: string): boolean {
  const plain = text.replace(/\\\r?\n/g, " ").trim();
  const last = /"([^"]*)"\s*\]$/.exec(plain)?.[1] ?? plain.split(/\s+/).at(-1) ?? "";
  return !/^["']?\//.test(last);
}

function isShellForm(text: string): boolean {
  return !/^RUN\s+(?:--\S+\s+)*\[/i.test(text.trim());
}
