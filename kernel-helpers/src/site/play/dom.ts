/** The page's elements by id, and the few ways in which text and finished HTML get into them. */

/** The element *id* of the page. Throws when the page lacks it: a mistake of the page's source. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as T;
}

/** A new element with text; *attributes* by name. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text = "",
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * Puts a picture of `report` into *target*. Its HTML is escaped where it is made; it is parsed outside the page and what could act (scripts,
 * handlers, addresses that are no https link) is left out all the same, because a link may bring anything.
 */
export function showPicture(target: HTMLElement, html: string): void {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const one of parsed.body.querySelectorAll("*")) {
    if (!ALLOWED.has(one.localName)) {
      one.remove();
      continue;
    }
    for (const { name, value } of [...one.attributes]) {
      const isGood = name === "href" ? /^https:\/\//.test(value) : ATTRIBUTES.has(name);
      if (!isGood) one.removeAttribute(name);
    }
    if (one.localName === "a") {
      one.setAttribute("rel", "noreferrer noopener");
      one.setAttribute("target", "_blank");
    }
  }
  for (const table of parsed.body.querySelectorAll("table")) describe(table);
  target.replaceChildren(...parsed.body.childNodes);
}

/** A table stays a table to a screen reader however its rows are laid out, and each cell knows what its column is called. */
function describe(table: HTMLTableElement): void {
  table.setAttribute("role", "table");
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map(({ textContent }) => textContent.trim());
  for (const part of table.querySelectorAll("thead, tbody")) part.setAttribute("role", "rowgroup");
  for (const row of table.rows) {
    row.setAttribute("role", "row");
    for (const [i, cell] of [...row.cells].entries()) {
      const { scope } = cell as Partial<HTMLTableCellElement>;
      cell.setAttribute("role", scope === "col" ? "columnheader" : scope === "row" ? "rowheader" : "cell");
      cell.dataset["label"] = heads[i] ?? "";
    }
  }
}

const ALLOWED = new Set(
  "div p table caption thead tbody tr th td strong em small code pre span br a details summary ul li".split(
    " ",
  ),
);
const ATTRIBUTES = new Set("style lang scope colspan rowspan tabindex role aria-label".split(" "));
