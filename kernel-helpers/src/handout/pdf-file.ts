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
  for (const body of objects.values()) {
    const title = /\/Title\s*(\((?:\\[\s\S]|[^\\)])*\)|<[0-9A-Fa-f\s]*>)/.exec(body)?.[1];
    const target =
      /\/Dest\s*\[\s*(\d+) 0 R/.exec(body)?.[1] ??
      destinations.get(/\/Dest\s*(\/[^\s/>]+|\([^)]*\))/.exec(body)?.[1] ?? "");
    const page = target === undefined ? undefined : numbers.get(target);
    if (title !== undefined && page !== undefined) entries.push([pdfString(title), page]);
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

/** *pdf* with the dates of its making set to 2024-01-01: nothing moves, the offsets stay right. */
export function withFixedDates(pdf: Buffer): Buffer {
  const out = Buffer.from(pdf);
  const text = out.toString("latin1");
  for (const match of text.matchAll(/\/(?:CreationDate|ModDate)\s*\(D:(\d{14})[^)]*\)/g)) {
    const at = match.index + match[0].indexOf("D:") + 2;
    out.write("20240101000000", at, "latin1");
  }
  return out;
}
