/** The quick ways of handouts answer what the slow ones answer: HTML without a parser, the characters of a page, the raw text of a file. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse, type DefaultTreeAdapterMap } from "parse5";

import { charactersOf } from "../../kernel-helpers/src/handout/characters";
import { leaksIn } from "../../kernel-helpers/src/handout/leaks";
import { sanitizeParsed } from "../../kernel-helpers/src/handout/sanitize";
import { sanitizeWellFormed } from "../../kernel-helpers/src/handout/well-formed";
import { renderBundle } from "../../kernel-helpers/src/report";
import { first } from "../report/records";
import { foreignNotebook } from "./foreign-notebook";

/** Numbers that look like chance and are the same every time. */
function* numbers(seed: number): Generator<number, never> {
  for (let value = seed; ;) {
    value = (value * 1664525 + 1013904223) % 2 ** 32;
    yield value;
  }
}

const TAGS =
  "p div span b a ul ol li dl dt dd table caption colgroup col thead tbody tr td th pre code h2 h3 br hr img details summary figure figcaption ruby rt rp section script style svg template form font center noscript button select nobr i em s small u tt math title textarea".split(
    " ",
  );
const BITS = [
  "text",
  " ",
  "\n",
  "한글",
  "a > b",
  'say "x"',
  "it's",
  "&amp;",
  "&lt;b&gt;",
  "&nbsp;",
  "&copy;",
  "&#39;",
  "&#x41;",
  "& ",
  "&ampx",
  "\u0000",
  "\u001b[1m",
  "\r\n",
  "<!-- note -->",
  "<!doctype html>",
  "<![CDATA[x]]>",
  "</p>",
  "</br>",
  "<",
];
const ATTRIBUTES = [
  "",
  "",
  "",
  ' style="color:red; background:url(x)"',
  ' style="color: #333;width:10%"',
  ' onclick="x()"',
  ' href="https://example.org/?a=1&amp;b=2"',
  ' href="javascript:x"',
  ' title="a &quot; b"',
  ' title="a > b"',
  " title='one'",
  ' src="data:image/png;base64,AA"',
  ' class="x" class="y"',
  ' scope="col" open',
  " /",
];

/** HTML as programs write it, and with faults in it. */
function someHtml(random: Generator<number, never>, tidy: boolean, depth = 0): string {
  const pick = <T>(list: readonly T[]): T => list[random.next().value % list.length] as T;
  let html = "";
  for (let i = random.next().value % 4; i >= 0; i--) {
    if (depth > 5 || random.next().value % 3 === 0) html += pick(BITS);
    else {
      const name = pick(tidy ? TAGS.slice(0, 37) : TAGS);
      const inner = someHtml(random, tidy, depth + 1);
      const end =
        /^(br|hr|img|col)$/.test(name) || (!tidy && random.next().value % 9 === 0) ? "" : `</${name}>`;
      html += `<${name}${pick(ATTRIBUTES)}>${end === "" ? "" : inner}${end}`;
    }
  }
  return html;
}

describe("quick ways of handouts", () => {
  it("sanitise well-formed HTML as the parser does, and leave everything else to it", () => {
    const random = numbers(8);
    let quick = 0;
    for (let i = 0; i < 6000; i++) {
      const html = someHtml(random, i % 2 === 0);
      const answer = sanitizeWellFormed(html, {});
      if (answer === undefined) continue;
      quick++;
      assert.deepEqual(answer, sanitizeParsed(html), html);
    }
    assert.ok(quick > 300, `${quick}`);
    const build = String(renderBundle(first())["text/html"]);
    assert.deepEqual(sanitizeWellFormed(build, {}), sanitizeParsed(build));
  });

  it("nothing that runs, loads or covers comes through without a parser", () => {
    for (const html of [
      "<script>x</script>",
      "<b onclick='x'>a</b>",
      "<svg><script>x</script></svg>",
      "<p><table><tr><td>x</td></tr></table></p>",
      '<a href="#"><a href="#">x</a></a>',
      "<style>b{}</style>",
      '<b title="<script>x</script>">a</b>',
      "<math><mi></mi></math>",
      "<pre>\nx</pre>",
      "<b>not closed",
      "<B>x</B>",
      "<table><tr><td>x</td></tr></table>",
      "text < text",
    ])
      assert.equal(sanitizeWellFormed(html, {}), undefined, html);
    assert.deepEqual(sanitizeWellFormed('<b onclick="x">a</b>', {}), {
      html: "<b>a</b>",
      removed: ["onclick"],
    });
  });

  it("find the characters that a parser finds", () => {
    const golden = readFileSync(join(__dirname, "golden/foreign.html"), "utf8");
    const build = String(renderBundle(first())["text/html"]);
    const odd =
      '<!-- 주석 --><p class="sign" title="속성">✕ <b>가</b> e e\u0301 &amp;lt; &copy; 😀</p><pre>한<span class="c-keyword">&lt;</span>글<br></pre><p>뒤</p><math><mi>x</mi></math>';
    for (const html of [golden, build, odd]) {
      const body = /<body[^>]*>([\s\S]*)<\/body>/.exec(html)?.[1] ?? html;
      const { text, code } = charactersOf(body);
      const slow = parsedCharacters(body);
      assert.deepEqual([distinct(text), distinct(code)], [distinct(slow.text), distinct(slow.code)]);
    }
  });

  it("find a secret in text, across tags, in attributes and comments", () => {
    const text = "RUNnpmci&&npmcacheclean";
    const secrets = [{ cell: "a", text }];
    const notebooks = [foreignNotebook()];
    for (const file of [
      "<p>RUN npm ci &amp;&amp; npm cache clean</p>",
      '<pre><span class="k">RUN</span> npm ci <wbr>&amp;&amp; npm cache clean</pre>',
      '<p title="RUN npm ci &amp;&amp; npm cache clean">x</p>',
      "<p>x</p><!-- RUN npm ci && npm cache clean -->",
      "<p>x</p><!-- > RUN npm ci && npm cache clean -->",
      '<p title="a > RUN npm ci && npm cache clean">x</p>',
      "# 제목\n\n    RUN npm ci && npm <cache clean",
      "- x\n  RUN `npm ci` && **npm** cache\n  clean",
    ])
      assert.deepEqual(leaksIn(file.replace("<cache", "cache"), secrets, notebooks), secrets, file);
    assert.deepEqual(leaksIn("<p>RUN npm ci</p>", secrets, notebooks), []);
  });
});

const distinct = (text: string): string => [...new Set(text.normalize("NFC"))].sort().join("");

function parsedCharacters(html: string): { text: string; code: string } {
  const found = { text: "", code: "" };
  const visit = (node: DefaultTreeAdapterMap["node"], inCode: boolean): void => {
    if (node.nodeName === "#text")
      found[inCode ? "code" : "text"] += (node as DefaultTreeAdapterMap["textNode"]).value;
    if (!("childNodes" in node)) return;
    const isCode =
      inCode ||
      ["pre", "code", "kbd", "samp", "figcaption"].includes(node.nodeName) ||
      ("attrs" in node &&
        node.attrs.some(({ name, value }) => name === "class" && /\b(sign|prompt)\b/.test(value)));
    for (const child of node.childNodes) visit(child, isCode);
  };
  visit(parse(html), false);
  return found;
}
