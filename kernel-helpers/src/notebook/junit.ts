/** Reports of a run for machines: JUnit XML and JSON. */

import type { NotebookOutcome } from "./run-all";
import { isGood, type CellResult } from "./run-notebook";

/** JUnit XML: a suite per notebook, a case per code cell. */
export function junitReport(outcomes: readonly NotebookOutcome[]): string {
  const suites = outcomes.map((outcome) => {
    const cells = outcome.result?.cells ?? [];
    const cases = cells.map((cell) => testCase(outcome, cell));
    const bad = cells.filter((cell) => !isGood(cell.status)).length;
    if (outcome.failure) {
      cases.push(
        `<testcase classname="${xml(outcome.file)}" name="notebook"><error message="${xml(outcome.failure.en)}" type="${outcome.failure.code}"/></testcase>`,
      );
    }
    const seconds = ((outcome.result?.milliseconds ?? 0) / 1000).toFixed(3);
    const skipped = cells.filter((cell) => cell.status === "skipped" || cell.status === "empty").length;
    return `<testsuite name="${xml(outcome.file)}" tests="${cases.length}" failures="${bad + outcome.differences.length}" errors="${outcome.failure ? 1 : 0}" skipped="${skipped}" time="${seconds}">\n${cases.join("\n")}\n</testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

function testCase(outcome: NotebookOutcome, cell: CellResult): string {
  const head = `<testcase classname="${xml(outcome.file)}" name="${xml(`${cell.index + 1} ${cell.id} ${cell.title}`)}" time="${(cell.milliseconds / 1000).toFixed(3)}"`;
  const difference = outcome.differences.find((one) => one.index === cell.index);
  if (!isGood(cell.status)) {
    const line = cell.error?.line === undefined ? "" : ` (line ${cell.error.line})`;
    const message = cell.error ? `${cell.error.name}: ${cell.error.message}${line}` : cell.status;
    return `${head}><failure type="${cell.status}" message="${xml(message)}"/></testcase>`;
  }
  if (difference) {
    return `${head}><failure type="outputs-differ" message="the outputs differ from the stored ones">${xml(`stored:\n${difference.stored}\n\nnow:\n${difference.fresh}`)}</failure></testcase>`;
  }
  return cell.status === "skipped" || cell.status === "empty" ? `${head}><skipped/></testcase>` : `${head}/>`;
}

/** *text* for XML 1.0: characters that it cannot hold are left out. */
function xml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/g, (char, at: number) => {
      const code = char.charCodeAt(0);
      const pair =
        (code >= 0xd800 && code < 0xdc00 && /[\udc00-\udfff]/.test(text[at + 1] ?? "")) ||
        (code >= 0xdc00 && code < 0xe000 && /[\ud800-\udbff]/.test(text[at - 1] ?? ""));
      return pair ? char : "";
    })
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\n/g, "&#10;");
}

/** The outcomes as JSON with a schema number. */
export function jsonReport(outcomes: readonly NotebookOutcome[]): string {
  return (
    JSON.stringify(
      { schema: 1, passed: outcomes.every((outcome) => outcome.passed), notebooks: outcomes },
      null,
      2,
    ) + "\n"
  );
}
