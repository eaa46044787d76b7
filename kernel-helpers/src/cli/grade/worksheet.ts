/** Moodle's offline grading worksheet: grades and comments are filled in, every other byte stays as it was. */

import { CliError } from "../cli-error";

/** One field: *raw* as it stands in the file, *text* without its quotes. */
interface Field {
  raw: string;
  readonly text: string;
}

/** What is to be written for a student. */
export interface WorksheetEntry {
  /** Moodle's participant number; without it, the name decides. */
  readonly id?: string;
  readonly name: string;
  /** Share of the full grade, 0 to 1. */
  readonly share: number;
  /** HTML, as Moodle keeps comments. */
  readonly comment: string;
}

export interface FilledWorksheet {
  readonly text: string;
  readonly filled: number;
  /** Students without a row, or whose name fits several. */
  readonly missing: readonly string[];
  /** Students whose row had a grade already, or may not be changed. */
  readonly kept: readonly string[];
  /** Names (or numbers) in rows that no entry is for: nothing was handed in. */
  readonly without: readonly string[];
}

export interface WorksheetOptions {
  /** Used where the worksheet has no column of it. */
  readonly maximum: number;
  /** Write over grades that are there. */
  readonly overwrite: boolean;
  /** Names of the columns, where they are none of the known ones. */
  readonly gradeColumn?: string;
  readonly feedbackColumn?: string;
}

/** Headings in English and in Korean language packs. */
const HEADINGS = {
  id: ["identifier", "식별자", "식별번호", "참가자번호"],
  name: ["fullname", "성명", "이름", "전체이름"],
  email: ["emailaddress", "이메일주소", "이메일", "전자우편"],
  grade: ["grade", "성적", "점수", "등급"],
  maximum: ["maximumgrade", "최고성적", "최대성적", "최고점수", "만점"],
  changeable: ["gradecanbechanged", "성적을변경할수있음", "성적변경가능", "성적을변경할수있습니다"],
  feedback: ["feedbackcomments", "피드백댓글", "피드백의견", "피드백코멘트", "피드백"],
} as const;

/** Fills *text* in. Throws CliError `LB_WORKSHEET` when a needed column is not there. */
export function fillWorksheet(
  text: string,
  entries: readonly WorksheetEntry[],
  options: WorksheetOptions,
): FilledWorksheet {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const { rows, delimiter } = readCsv(text.slice(mark.length));
  const head = (rows[0]?.fields ?? []).map((field) => field.text);
  const plain = head.map((name) => name.replace(/\s/g, "").toLowerCase());
  const column = (names: readonly string[], own?: string): number =>
    own === undefined ? plain.findIndex((name) => names.includes(name)) : head.indexOf(own);
  const at = {
    id: column(HEADINGS.id),
    name: column(HEADINGS.name),
    email: column(HEADINGS.email),
    grade: column(HEADINGS.grade, options.gradeColumn),
    maximum: column(HEADINGS.maximum),
    changeable: column(HEADINGS.changeable),
    feedback: column(HEADINGS.feedback, options.feedbackColumn),
  };
  if (at.grade < 0 || (at.id < 0 && at.name < 0)) throw notWorksheet(head);
  const missing: string[] = [];
  const kept: string[] = [];
  const seen = new Set<Row>();
  let filled = 0;
  for (const entry of entries) {
    const found = rows.slice(1).filter(({ fields }) => fits(fields, entry, at));
    const row = found[0];
    for (const one of found) seen.add(one);
    if (row === undefined || found.length > 1) {
      missing.push(entry.name);
      continue;
    }
    const { fields } = row;
    const before = fields[at.grade]?.text.trim() ?? "";
    const locked = /^(no|아니오|아니요)$/i.test(fields[at.changeable]?.text.trim() ?? "");
    if (locked || (!options.overwrite && !["", "-"].includes(before))) {
      kept.push(entry.name);
      continue;
    }
    const maximum = Number((fields[at.maximum]?.text ?? "").replace(",", ".")) || options.maximum;
    // A worksheet whose own numbers have a decimal comma gets it back.
    const comma = /^\d+,\d+$/.test(fields[at.maximum]?.text.trim() ?? "");
    const grade = (Math.round(entry.share * maximum * 100) / 100).toString();
    set(fields, at.grade, comma ? grade.replace(".", ",") : grade, delimiter);
    if (at.feedback >= 0) set(fields, at.feedback, entry.comment, delimiter);
    filled++;
  }
  const out = rows.map(({ fields, end }) => fields.map(({ raw }) => raw).join(delimiter) + end).join("");
  const without = rows
    .slice(1)
    .filter((row) => !seen.has(row) && row.fields.length > 1)
    .map(({ fields }) => (fields[at.name] ?? fields[at.id])?.text ?? "");
  return { text: mark + out, filled, missing, kept, without };
}

function fits(
  fields: readonly Field[],
  entry: WorksheetEntry,
  at: { readonly id: number; readonly name: number; readonly email: number },
): boolean {
  if (entry.id !== undefined && at.id >= 0)
    return /(\d+)\s*$/.exec(fields[at.id]?.text ?? "")?.[1] === entry.id;
  const name = fields[at.name]?.text.normalize("NFC").trim();
  const email = fields[at.email]?.text.trim().split("@")[0];
  return name === entry.name || (email !== undefined && email !== "" && email === entry.name);
}

function set(fields: Field[], index: number, text: string, delimiter: string): void {
  const raw = /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
  fields[index] = { raw, text };
}

interface Row {
  readonly fields: Field[];
  /** The line's end as it was; empty for a last line without one. */
  readonly end: string;
}

/** Reads CSV so that putting `raw` together again gives the same bytes. */
function readCsv(text: string): { readonly rows: readonly Row[]; readonly delimiter: string } {
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const delimiter = [",", ";", "\t"].sort((a, b) => first.split(b).length - first.split(a).length)[0] ?? ",";
  const rows: Row[] = [];
  let fields: Field[] = [];
  let at = 0;
  while (at < text.length || fields.length > 0) {
    const start = at;
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') continue;
        if (text[at + 1] !== '"') break;
        at++;
      }
      at++;
    }
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
    const raw = text.slice(start, at);
    fields.push({
      raw,
      text: raw.startsWith('"') ? raw.slice(1).replace(/"$/, "").replaceAll('""', '"') : raw,
    });
    if (text[at] === delimiter) {
      at++;
      if (at < text.length) continue;
      fields.push({ raw: "", text: "" });
    }
    const end = /^(\r\n|\n|\r)?/.exec(text.slice(at, at + 2))?.[0] ?? "";
    at += end.length;
    rows.push({ fields, end });
    fields = [];
  }
  return { rows, delimiter };
}

const notWorksheet = (head: readonly string[]): CliError =>
  new CliError(
    "LB_WORKSHEET",
    {
      ko: `채점표에서 성적이나 학생의 열을 찾지 못했습니다. 있는 열: ${head.slice(0, 20).join(", ")}`,
      en: `the worksheet has no column for the grade or the student; its columns: ${head.slice(0, 20).join(", ")}`,
    },
    {
      hint: {
        ko: "Moodle의 '채점표 다운로드'로 받은 CSV인지 확인하고, 열 이름이 다르면 --grade-column과 --feedback-column으로 알려 주세요.",
        en: "is it the CSV of Moodle's Download grading worksheet? name other columns with --grade-column and --feedback-column",
      },
    },
  );
