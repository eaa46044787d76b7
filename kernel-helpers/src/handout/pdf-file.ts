/** Looks into a PDF as Chromium (Skia) writes it: page count, bookmarks, dates. The objects stand there uncompressed. */

export interface PdfOutline {
  readonly pages: number;
  /** Title and 1-based page of every bookmark, in order. */
  readonly entries: readonly (readonly [title: string, page: number])[];
}

/** Pages and bookmarks of *pdf*. */
export function outlinePages(pdf: Buffer): PdfOutline {
  const text = pdf.toString("latin1");
  const objects = new Map<string, string>();
  for (const match of text.matchAll(/(?:^|\n)(\d+) 0 obj\r?\n?([\s\S]*?)endobj/g)) {
    // Streams (fonts, page contents) hold no references that matter here.
    objects.set(match[1] ?? "", (match[2] ?? "").split("stream\n")[0] ?? "");
  }
  const numbers = pageNumbers(objects);
  const destinations = namedDestinations(objects);
  const entries: [string, number][] = [];
  const root = [...objects.values()].find((body) => /\/Type\s*\/Catalog/.test(body)) ?? "";
  const reference = (body: string, key: string): string | undefined =>
    new RegExp(`/${key}\\s+(\\d+) 0 R`).exec(body)?.[1];
  // The items are a tree of linked lists; the order of the objects in the file is another.
  const todo = [reference(objects.get(reference(root, "Outlines") ?? "") ?? "", "First")];
  const seen = new Set<string>();
  while (todo.length > 0) {
    const id = todo.pop();
    const body = id === undefined || seen.has(id) ? undefined : objects.get(id);
    if (id === undefined || body === undefined) continue;
    seen.add(id);
    const title = /\/Title\s*(\((?:\\[\s\S]|[^\\)])*\)|<[0-9A-Fa-f\s]*>)/.exec(body)?.[1];
    const target =
      /\/Dest\s*\[\s*(\d+) 0 R/.exec(body)?.[1] ??
      destinations.get(/\/Dest\s*(\/[^\s/>]+|\([^)]*\))/.exec(body)?.[1] ?? "");
    const page = target === undefined ? undefined : numbers.get(target);
    if (title !== undefined && page !== undefined) entries.push([pdfString(title), page]);
    todo.push(reference(body, "Next"), reference(body, "First"));
  }
  return { pages: numbers.size, entries };
}

/** Object numbers of the pages, in order of the page tree. */
function pageNumbers(objects: ReadonlyMap<string, string>): Map<string, number> {
  const numbers = new Map<string, number>();
  const root = [...objects.values()].find((body) => /\/Type\s*\/Catalog/.test(body));
  const visit = (id: string): void => {
    const body = objects.get(id) ?? "";
    if (/\/Type\s*\/Pages/.test(body)) {
      const kids = /\/Kids\s*\[([^\]]*)\]/.exec(body)?.[1] ?? "";
      for (const kid of kids.matchAll(/(\d+) 0 R/g)) visit(kid[1] ?? "");
    } else if (/\/Type\s*\/Page\b/.test(body)) numbers.set(id, numbers.size + 1);
  };
  visit(/\/Pages\s+(\d+) 0 R/.exec(root ?? "")?.[1] ?? "");
  return numbers;
}

function namedDestinations(objects: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const body of objects.values()) {
    for (const match of body.matchAll(/(\/[^\s/[\]<>()]+|\([^)]*\))\s*\[\s*(\d+) 0 R\s*\/XYZ/g))
      found.set(match[1] ?? "", match[2] ?? "");
  }
  return found;
}

/** A PDF string: `(…)` in PDFDocEncoding or `<FEFF…>` in UTF-16. */
function pdfString(text: string): string {
  const bytes = text.startsWith("<")
    ? Buffer.from(text.slice(1, -1).replace(/\s/g, ""), "hex")
    : Buffer.from(
        text.slice(1, -1).replace(/\\([0-7]{1,3}|[\s\S])/g, (_, code: string) => {
          const plain: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
          return /^[0-7]/.test(code) ? String.fromCharCode(parseInt(code, 8)) : (plain[code] ?? code);
        }),
        "latin1",
      );
  return bytes[0] === 0xfe && bytes[1] === 0xff
    ? bytes.subarray(2).swap16().toString("utf16le")
    : bytes.toString("latin1");
}

/**
 * *pdf* without what differs from run to run: the dates of its making become 2024-01-01, the browser's numbers of tagged nodes
 * count from one. Everything keeps its length, so the offsets stay right.
 */
export function withFixedBytes(pdf: Buffer): Buffer {
  const out = Buffer.from(pdf);
  const text = out.toString("latin1");
  for (const match of text.matchAll(/\/(?:CreationDate|ModDate)\s*\(D:(\d{14})[^)]*\)/g)) {
    out.write("20240101000000", match.index + match[0].indexOf("D:") + 2, "latin1");
  }
  const nodes = [...text.matchAll(/\(node(\d{8})\)/g)];
  // In ascending order, so that the sorted tree of names stays sorted.
  const numbers = [...new Set(nodes.map((match) => match[1] ?? ""))].sort();
  const fixed = new Map(numbers.map((number, i) => [number, String(i + 1).padStart(8, "0")]));
  for (const match of nodes)
    out.write(fixed.get(match[1] ?? "") ?? "", match.index + "(node".length, "latin1");
  return out;
}
