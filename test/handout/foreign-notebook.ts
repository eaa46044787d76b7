/** A notebook from elsewhere: pictures, formulas, attachments, widgets, errors, colours, and HTML that means no good. */

import { parseNotebook, type Notebook } from "../../kernel-helpers/src/notebook";

/** A picture of one pixel. */
export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

const code = (
  source: string,
  outputs: unknown[],
  metadata: Record<string, unknown> = {},
): Record<string, unknown> => ({
  cell_type: "code",
  source,
  outputs,
  metadata,
  execution_count: 1,
});
const display = (data: Record<string, unknown>): Record<string, unknown> => ({
  output_type: "display_data",
  data,
  metadata: {},
});

export function foreignNotebook(...more: Record<string, unknown>[]): Notebook {
  const cells = [
    {
      cell_type: "markdown",
      metadata: {},
      source:
        "# Analysis\n\nEuler: $e^{i\\pi}+1=0$, price $5 and $6.\n\n$$\\int_0^1 x\\,dx$$\n\n![dot](attachment:dot.png)\n\n### Deep heading",
      attachments: { "dot.png": { "image/png": PIXEL } },
    },
    code("plot()", [display({ "image/png": PIXEL, "text/plain": "<Figure size 640x480 with 1 Axes>" })]),
    code("widget", [
      display({
        "application/vnd.jupyter.widget-view+json": { model_id: "x" },
        "text/plain": "IntSlider(value=3)",
      }),
    ]),
    code("df", [
      display({
        "text/html":
          '<style>td{color:red}</style><table><tr><th></th><th>a</th></tr><tr><td onclick="evil()">1</td><td><script>evil()</script>2</td></tr></table>',
        "text/plain": "   a",
      }),
    ]),
    code("1/0", [
      {
        output_type: "error",
        ename: "ZeroDivisionError",
        evalue: "division by zero",
        traceback: ["\u001b[31mZeroDivisionError\u001b[39m: division by zero"],
      },
    ]),
    code("print", [{ output_type: "stream", name: "stderr", text: "\u001b[1;33mwarn\u001b[0m <b>\n" }]),
    code("latex", [display({ "text/latex": "$\\frac{a}{b}$", "text/plain": "a/b" })]),
    code("svg", [
      display({
        "image/svg+xml": '<svg onload="evil()"><script>evil()</script></svg>',
        "text/plain": "<svg>",
      }),
    ]),
    code("json", [display({ "application/json": { a: [1, 2] } })]),
    ...more,
  ];
  return parseNotebook(
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 4,
      metadata: { language_info: { name: "python" } },
      cells,
    }),
  );
}
