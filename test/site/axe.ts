/** Accessibility rules that a page breaks, as axe-core finds them. */
import fs from "node:fs";
import type { Page } from "playwright-core";

const AXE = require.resolve("axe-core/axe.min.js");

/** Rules that the page breaks, each with the elements; *part*: a selector of what is looked at. */
export async function violations(page: Page, part?: string): Promise<string[]> {
  await page.evaluate(fs.readFileSync(AXE, "utf8"));
  interface Result {
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }
  const { violations: found } = await page.evaluate<Result>(`axe.run(${JSON.stringify(part ?? "html")})`);
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
