/** The way from a link to the first explained miss, as a script walks it: in a lesson and in the playground. */
import assert from "node:assert/strict";
import type { BrowserContext } from "playwright-core";
import { codeCell } from "../lab/page";
import { build, edit } from "./play-page";
import { notebookShown, pressAndWait, runText, type ServedSite } from "./site-page";

/** Opens the first lesson, builds, edits a file, builds again and reads why. The page is left open. */
export async function missInLesson(context: BrowserContext, site: ServedSite): Promise<void> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(site.url);
  await page.getByRole("link", { name: /수업 열기/ }).click();
  await notebookShown(page);
  const file = codeCell(page, "%%writefile hello.txt");
  const built = codeCell(page, "%%dockerfile -t hello");
  await file.locator(".cm-content").click();
  await pressAndWait(file, "Control+Enter");
  await built.locator(".cm-content").click();
  await pressAndWait(built, "Control+Enter");
  await runText(file, "%%writefile hello.txt\n반갑습니다");
  await built.locator(".cm-content").click();
  await pressAndWait(built, "Control+Enter");
  const said = await built.locator(".jp-OutputArea").innerText();
  assert.match(said, /첫 원인: 파일 내용이 바뀜: hello\.txt/);
}

/** Opens the playground, builds, edits a file, builds again and reads why. The page is left open. */
export async function missInPlayground(context: BrowserContext, site: ServedSite): Promise<void> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(site.url);
  await page.getByRole("link", { name: /^실험실/ }).click();
  await build(page);
  await edit(page, "server.js", "// 고침\n");
  await build(page);
  assert.match(await page.locator("#card").innerText(), /server\.js/);
}
