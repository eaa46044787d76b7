/** Every lesson, its solutions included, in both editions: the browser's kernel says byte for byte what the desktop's says. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { lessonFiles, readCourse } from "../../kernel-helpers/src/lesson/course";
import { type Answer, TestKernel } from "../kernel/client";
import { needChromium } from "../lab/machine";
import { openChromium } from "../lab/page";
import { openWorkerPage, type WorkerAnswer, type WorkerPage } from "../site/worker-page";

/** One output, without what is different in every run: ids of displays. */
type Output = readonly [what: string, content: unknown];

/** Text of one stream in a row is one text, however it was cut. */
function joined(outputs: readonly Output[]): Output[] {
  const all: Output[] = [];
  for (const [what, content] of outputs) {
    const last = all.at(-1);
    if (last !== undefined && last[0] === what && typeof content === "string")
      all[all.length - 1] = [what, `${String(last[1])}${content}`];
    else all.push([what, content]);
  }
  return all;
}

function fromDesktop(answer: Answer): Output[] {
  return joined(
    answer.published.flatMap(({ header, content }): Output[] => {
      switch (header.msg_type) {
        case "stream":
          return [[content.name, content.text]];
        case "display_data":
        case "update_display_data":
          return [["display", content.data]];
        case "execute_result":
          return [["result", content.data]];
        case "error":
          return [["error", [content.ename, content.evalue, content.traceback]]];
        default:
          return [];
      }
    }),
  );
}

function fromBrowser({ outputs, value }: WorkerAnswer): Output[] {
  const shown = outputs.flatMap((output): Output[] => {
    if (output["kind"] === "stream") return [[String(output["name"]), output["text"]]];
    return output["kind"] === "display" ? [["display", output["data"]]] : [];
  });
  if (value.result !== undefined) shown.push(["result", value.result]);
  if (value.error !== undefined) {
    const { ename, evalue, traceback } = value.error;
    shown.push(["error", [ename, evalue, traceback]]);
  }
  // As on its way through JupyterLab: JSON knows no undefined.
  return JSON.parse(JSON.stringify(joined(shown))) as Output[];
}

/** Pictures of a build that is still going on come or do not come, by the speed of the machine: the last one counts. */
function settled(outputs: readonly Output[]): Output[] {
  return outputs.filter(([what, content]) => what !== "display" || Object.keys(content as object).length > 1);
}

describe("lessons in both editions", function () {
  this.timeout(1_200_000);
  let browser: Browser;
  let page: WorkerPage;

  before(async function () {
    browser = await openChromium(needChromium(this));
    page = await openWorkerPage(browser);
  });
  after(async () => {
    await page?.close();
    await browser?.close();
  });

  const course = readCourse();
  for (const entry of course.lessons) {
    const { slug } = entry.lesson.head;
    it(slug, async () => {
      const files = lessonFiles(course, entry, "solution");
      const directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-editions-"));
      const texts: Record<string, string> = {};
      for (const [name, bytes] of files) {
        const file = path.join(directory, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, bytes);
        texts[name] = Buffer.from(bytes).toString("utf8");
      }
      const notebook = JSON.parse(texts[`${slug}/${slug}.ipynb`] ?? "") as {
        cells: { cell_type: string; source: string | string[] }[];
      };
      const cells = notebook.cells
        .filter((cell) => cell.cell_type === "code")
        .map(({ source }) => (Array.isArray(source) ? source.join("") : source));
      const kernel = await TestKernel.start({
        directory: path.join(directory, slug),
        env: { JPY_SESSION_NAME: `${slug}.ipynb` },
      });
      try {
        await page.open(`editions ${slug}`, slug, texts);
        for (const [index, code] of cells.entries()) {
          const desktop = await kernel.request("execute_request", {
            code,
            silent: false,
            store_history: true,
            user_expressions: {},
            allow_stdin: false,
            stop_on_error: false,
          });
          const inBrowser = await page.run(code, index + 1);
          assert.deepEqual(
            settled(fromBrowser(inBrowser)),
            settled(fromDesktop(desktop)),
            `cell ${index + 1}: ${code.slice(0, 80)}`,
          );
        }
      } finally {
        await kernel.stop();
        fs.rmSync(directory, { recursive: true, force: true });
      }
    });
  }
});
