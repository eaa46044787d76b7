/** Every output of src/report as HTML on a page, and what a browser finds wrong with it. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Browser, Page } from "playwright-core";

import { Lab } from "../../kernel-helpers/src";
import { MemoryContext } from "../../kernel-helpers/src/build/lab-context";
import { findChromium } from "../../kernel-helpers/src/handout/chromium";
import {
  ciReport,
  leaksOf,
  PICTURE_KINDS,
  renderBundle,
  renderChange,
  renderCi,
  renderCourse,
  renderHistory,
  renderKeyCard,
  renderOptimization,
  renderTable,
  renderWaste,
  summarizeCourse,
} from "../../kernel-helpers/src/report";
import type { Locale } from "../../kernel-helpers/src/report/locale";
import { again, edited, failed, first, hostile } from "../report/records";

const DOCKERFILE = `FROM node:22-slim AS build
ARG VERSION=1
WORKDIR /app
COPY . .
ENV MODE=production
RUN echo built > out.txt && rm old.txt
FROM nginx:alpine
LABEL org.example.title="메모 서비스"
COPY --from=build /app/out.txt /usr/share/nginx/html/아주-긴-이름의-폴더/그리고-더-긴-이름의-파일.html
EXPOSE 80
`;
const LOGS = join(__dirname, "../report/ci-logs");
export const WIDTHS = [320, 768, 1280] as const;

/** Every output by its name. */
export async function outputs(locale: Locale): Promise<Map<string, string>> {
  const out = new Map<string, string>();
  for (const [name, record] of Object.entries({ first, again, edited, failed, hostile }))
    out.set(`table-${name}`, renderTable(record(), "html", locale));
  out.set("bundle", String(renderBundle(edited(), locale)["text/html"]));
  const lab = await Lab.open({ locale });
  lab.context.writeAll({ "server.js": "1\n", "old.txt": "old\n", "package.json": "{}" });
  const before = await lab.build({ dockerfile: DOCKERFILE, tags: ["memo:1"] });
  await lab.build();
  lab.context.write("server.js", "2\n");
  const record = await lab.build({ tags: ["memo:2"] });
  for (const kind of PICTURE_KINDS)
    out.set(
      `picture-${kind}`,
      lab.picture(kind, { metadata: true, edits: ["처음", "그대로", "문구 수정"] }).render("html"),
    );
  record.steps.forEach((step, i) => out.set(`key-${i}`, renderKeyCard(step, "html", { locale })));
  out.set("whatif", (await lab.whatIf()).table("html"));
  out.set("history", renderHistory(record.image!, "html", { locale }));
  out.set("waste", renderWaste(lab.waste(record), "html", { locale }));
  out.set(
    "waste-leaks",
    renderWaste(lab.waste(record), "html", {
      locale,
      leaks: leaksOf({ ...record.image!, config: { config: { Env: ["API_KEY=비밀"] } } }, [
        {
          layer: 3,
          entries: [{ path: "root/.ssh/id_rsa", read: () => new TextEncoder().encode("key") }],
        },
      ]),
    }),
  );
  const course = lab.course();
  const context = new MemoryContext(() => 1, 0, 1);
  context.writeAll({
    "server.js": "1\n",
    "old.txt": "old\n",
    "아주 긴 이름의 폴더/그리고 더 긴 이름의 파일.js": "1\n",
    Dockerfile: DOCKERFILE,
  });
  await course.next({ name: "base", files: context.fork() });
  context.write("아주 긴 이름의 폴더/그리고 더 긴 이름의 파일.js", "22\n");
  const row = await course.next({ name: "head", files: context.fork() });
  const commits = summarizeCourse([{ id: "0123456789abcdef", subject: "소스를 고침", row }]);
  out.set("course", renderCourse(commits, "html", { locale, notes: ["서브모듈"] }));
  out.set("change", renderChange({ base: "base", head: "head", row, commits }, "html", { locale }));
  out.set("optimize", renderOptimization(await lab.optimize(), "html", { locale }));
  lab.context.write(
    "Dockerfile",
    "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN apt-get update\nRUN apt-get install -y curl\n",
  );
  out.set("optimize-proposals", (await lab.optimize()).table("html"));
  out.set("compare", lab.compare(before, record).table("html"));
  for (const file of readdirSync(LOGS))
    out.set(
      `ci-${file.replace(".log", "")}`,
      renderCi(ciReport(readFileSync(join(LOGS, file), "utf8")), "html", { locale }),
    );
  return out;
}

/** A page as a notebook or a report has it: its own colours, the outputs below one another. */
export function pageOf(all: ReadonlyMap<string, string>, scheme: "light" | "dark"): string {
  const [ink, paper] = scheme === "light" ? ["#1f1f1f", "#ffffff"] : ["#e2e2e2", "#111111"];
  return `<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>outputs</title><meta name="viewport" content="width=device-width">
<style>body{margin:0;padding:8px;font:14px/1.5 sans-serif;color:${ink};background:${paper}}a{color:inherit}</style></head><body><main><h1>outputs</h1>
${[...all].map(([name, html]) => `<div id="${name}">${html}</div>`).join("\n")}
</main></body></html>`;
}

/** Rules of axe that the page breaks. */
export async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
    "axe.run().then((result) => result.violations)",
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 300) ?? ""}`);
}

/** Outputs that are wider than the page. */
export const OVERFLOWS = `
  [...document.querySelectorAll("main > div")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth + 1)
    .map(({ id }) => id)
    .concat(document.documentElement.scrollWidth > innerWidth ? ["page"] : [])`;

/** A browser; undefined without Chromium, which throws under CI. */
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) {
    if (process.env["CI"]) throw new Error("no Chromium: these tests must not be skipped under CI");
    console.log("      SKIPPED: no Chromium on this machine");
    return undefined;
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is not handled by the test loader
  const { chromium } = require("playwright-core") as typeof import("playwright-core");
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** *html* on *page*, ready for axe. */
export async function show(page: Page, html: string): Promise<void> {
  await page.setContent(html);
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
}
