/** The glossary (content/glossary.json): its page, and the link from a term's first use in a lesson. */

import type { LessonNotebook } from "./compile";
import type { LessonCell } from "./source";

/** One term. */
export interface GlossaryTerm {
  /** The word that the course uses. */
  readonly ko: string;
  /** English; the key by which lessons name it in `terms:`. */
  readonly en: string;
  readonly definition_ko: string;
  /** Words of other Korean texts, not used in this one. */
  readonly aliases: readonly string[];
  /** Id of the lesson that treats it. */
  readonly firstLesson: string;
}

/** Reads the glossary; throws SyntaxError for what is not JSON. */
export function parseGlossary(text: string): readonly GlossaryTerm[] {
  return (JSON.parse(text) as { readonly terms: readonly GlossaryTerm[] }).terms;
}

const INITIALS = [..."ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ"];

/** The letter under which *word* stands: the first consonant of Hangul (ㄲ under ㄱ), otherwise `A–Z`. */
function letterOf(word: string): string {
  const code = (word.codePointAt(0) ?? 0) - 0xac00;
  return code >= 0 && code < 11172 ? (INITIALS[Math.floor(code / 588)] ?? "") : "A–Z";
}

/** `<!-- glossary: all -->`: one text cell a letter, each term a heading so that a link finds it. */
export function expandGlossary(cell: LessonCell, terms: readonly GlossaryTerm[]): readonly LessonCell[] {
  const sorted = [...terms].sort((a, b) => a.ko.localeCompare(b.ko, "ko"));
  const letters = new Map<string, GlossaryTerm[]>();
  for (const term of sorted) {
    const letter = letterOf(term.ko);
    letters.set(letter, [...(letters.get(letter) ?? []), term]);
  }
  const order = [...letters.keys()].sort(
    (a, b) => Number(a === "A–Z") - Number(b === "A–Z") || (a < b ? -1 : 1),
  );
  return order.map((letter) => ({
    kind: "markdown",
    id: `${cell.id}-${(letter.codePointAt(0) ?? 0).toString(16)}`,
    source: `## ${letter}\n\n${(letters.get(letter) ?? []).map(entryText).join("\n\n")}`,
    tags: ["glossary"],
    audience: cell.audience,
    line: cell.line,
  }));
}

function entryText(term: GlossaryTerm): string {
  const other = term.aliases.filter((alias) => alias !== term.ko && alias !== term.en);
  const english = term.en === term.ko ? "" : `${/[<*_]/.test(term.en) ? `\`${term.en}\`` : term.en}. `;
  const elsewhere =
    other.length === 0 ? "" : ` 다른 글에서는 ${other.map((alias) => `‘${alias}’`).join(", ")}.`;
  // `<missing>` would be a tag of HTML, and vanish.
  const heading = term.ko.replace(/[<*_`\\]/g, "\\$&");
  return `### ${heading}\n\n${english}${term.definition_ko}${elsewhere} (${term.firstLesson})`;
}

/**
 * Links the first use of each of the lesson's *terms* (glossary keys) in the text cells of *notebook* to *page*. Where the text says
 * `캐시 키(cache key)`, that place is the first use, in a table too. Headings, code and links are left as they are.
 */
export function linkTerms(
  notebook: LessonNotebook,
  terms: readonly string[],
  glossary: readonly GlossaryTerm[],
  page: string,
): LessonNotebook {
  const open = new Map(
    terms.flatMap((key) => {
      const term = glossary.find((entry) => entry.en === key);
      return term === undefined ? [] : [[key, term] as const];
    }),
  );
  const texts = notebook.cells.map((cell) => (cell.cell_type === "markdown" ? cell.source.join("") : ""));
  const link = (term: GlossaryTerm): string => `[${term.ko}](${page}#${anchorOf(term)})`;
  for (const [key, term] of open) {
    const introduced = new RegExp(`${escape(term.ko)}(?=\\(${escape(term.en)}\\))`, "iu");
    const plain = new RegExp(`(?<![가-힣A-Za-z0-9.\`])${escape(term.ko)}(?![A-Za-z0-9])`, "u");
    for (const pattern of [introduced, plain]) {
      const inTables = pattern === introduced;
      const at = texts.findIndex((text) => findInProse(text, pattern, inTables) !== undefined);
      const place = at < 0 ? undefined : findInProse(texts[at] ?? "", pattern, inTables);
      if (at < 0 || place === undefined) continue;
      const text = texts[at] ?? "";
      texts[at] = text.slice(0, place) + link(term) + text.slice(place + term.ko.length);
      open.delete(key);
      break;
    }
  }
  return {
    ...notebook,
    cells: notebook.cells.map((cell, i) =>
      cell.cell_type === "markdown" && texts[i] !== cell.source.join("")
        ? { ...cell, source: (texts[i] ?? "").split(/(?<=\n)/) }
        : cell,
    ),
  };
}

/** The address of a term on the glossary's page, as JupyterLab makes it of the heading. */
export function anchorOf(term: GlossaryTerm): string {
  return encodeURIComponent(term.ko.replace(/ /g, "-"));
}

/** Where *pattern* stands in running text: not in a heading, a table, code, bold (its marks would break) or a link. */
function findInProse(text: string, pattern: RegExp, inTables: boolean): number | undefined {
  let offset = 0;
  let fenced = false;
  for (const line of text.split("\n")) {
    if (/^(```|~~~)/.test(line)) fenced = !fenced;
    else if (!fenced && !/^(#|\s{4})/.test(line) && (inTables || !line.startsWith("|"))) {
      const masked = line.replace(/`[^`]*`|!?\[[^\]]*\]\([^)]*\)|\*\*[^*]*\*\*|<[^>]*>/g, (part) =>
        "\u0000".repeat(part.length),
      );
      const found = pattern.exec(masked);
      if (found) return offset + found.index;
    }
    offset += line.length + 1;
  }
  return undefined;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
