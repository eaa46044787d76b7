/** Two texts as a unified diff, as `diff -u` and `git apply` write and read it. */

/** Lines around a change. */
const AROUND = 3;
/** Above so many pairs of lines the middle is shown as replaced altogether. */
const MAX_PAIRS = 4_000_000;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** *before* and *after* of the file *path*. Empty when they are equal. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const lines = compare(cut(before), cut(after));
  const hunks: string[] = [];
  let [oldAt, newAt] = [1, 1];
  let at = 0;
  while (at < lines.length) {
    const change = lines.findIndex(({ sign }, i) => i >= at && sign !== " ");
    if (change < 0) break;
    const from = Math.max(at, change - AROUND);
    let end = change;
    for (let i = change; i < lines.length && i <= end + 2 * AROUND; i++) if (lines[i]!.sign !== " ") end = i;
    const to = Math.min(lines.length, end + AROUND + 1);
    oldAt += from - at;
    newAt += from - at;
    const hunk = lines.slice(from, to);
    const olds = hunk.filter(({ sign }) => sign !== "+").length;
    const news = hunk.filter(({ sign }) => sign !== "-").length;
    hunks.push(
      `@@ -${span(oldAt, olds)} +${span(newAt, news)} @@\n`,
      ...hunk.map(({ sign, text }) =>
        text.endsWith("\n") ? sign + text : `${sign}${text}\n\\ No newline at end of file\n`,
      ),
    );
    oldAt += olds;
    newAt += news;
    at = to;
  }
  const olds = before === "" ? "/dev/null" : `a/${path}`;
  return `--- ${olds}\n+++ b/${path}\n${hunks.join("")}`;
}

function span(at: number, count: number): string {
  return `${count === 0 ? at - 1 : at},${count}`;
}

function cut(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function compare(a: readonly string[], b: readonly string[]): Line[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const same = (text: string): Line => ({ sign: " ", text });
  return [
    ...a.slice(0, head).map(same),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

function middle(a: readonly string[], b: readonly string[]): Line[] {
  const out: Line[] = [];
  if (a.length * b.length > MAX_PAIRS) {
    return [...a.map((text): Line => ({ sign: "-", text })), ...b.map((text): Line => ({ sign: "+", text }))];
  }
  const best = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      best[i]![j] = a[i] === b[j] ? best[i + 1]![j + 1]! + 1 : Math.max(best[i + 1]![j]!, best[i]![j + 1]!);
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ sign: " ", text: a[i++]! });
      j++;
    } else if (j >= b.length || (i < a.length && best[i + 1]![j]! >= best[i]![j + 1]!))
      out.push({ sign: "-", text: a[i++]! });
    else out.push({ sign: "+", text: b[j++]! });
  }
  return out;
}
