import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ansiToHtml, stripAnsi } from "../../kernel-helpers/src/handout/ansi";
import { sideBySide } from "../../kernel-helpers/src/handout/document";
import { bodyHas, codeHas, parseRanges, signsHave } from "../../kernel-helpers/src/handout/fonts/fonts";
import { glyphOf, readCharacterMap, readSfnt } from "../../kernel-helpers/src/handout/fonts/sfnt";
import { fontFaces } from "../../kernel-helpers/src/handout/fonts/fonts";
import { highlight } from "../../kernel-helpers/src/handout/highlight";
import { makeHandout } from "../../kernel-helpers/src/handout";
import { MarkdownRenderer } from "../../kernel-helpers/src/handout/markdown";
import { renderOutput } from "../../kernel-helpers/src/handout/outputs";
import { sanitizeHtml } from "../../kernel-helpers/src/handout/sanitize";
import { bindParticles, breakAtOperators } from "../../kernel-helpers/src/handout/typography";
import { markExecuted, parseNotebook, type CodeCell, type Notebook } from "../../kernel-helpers/src/notebook";

const J = "\u2060";

describe("Markdown of handouts", () => {
  const render = (source: string): string => new MarkdownRenderer().render(source).html;

  it("sets emphasis before Korean particles", () => {
    assert.equal(render('**"따옴표"**입니다'), `<p><strong>&quot;따옴표&quot;</strong>${J}입니다</p>\n`);
    assert.equal(render("**강조(x)**를"), `<p><strong>강조(x)</strong>${J}를</p>\n`);
  });
  it("highlights fences and keeps them well-formed", () => {
    assert.equal(
      render("```dockerfile\nFROM a AS b\n```"),
      '<pre><code class="language-dockerfile"><span class="c-keyword">FROM</span> a <span class="c-keyword">AS</span> b\n</code></pre>\n',
    );
  });
  it("makes unique anchors and notes", () => {
    const markdown = new MarkdownRenderer();
    assert.match(markdown.render("# 제목\n\n각주[^1]\n\n[^1]: 글").html, /<h1 id="제목">/);
    assert.match(markdown.render("# 제목").html, /id="제목-1"/);
  });
  it("cannot be tricked into keeping markup by its own marks", () => {
    const html = render('\ue0000\ue001 <p title="\ue0000\ue001"> $a$ <img src=x onerror=1>');
    assert.doesNotMatch(html, /onerror|[\ue000\ue001]/);
  });
});

describe("docker history in a narrow column", () => {
  it("keeps a row on a line, and says which columns are gone", () => {
    const history =
      'IMAGE          CREATED         CREATED BY                SIZE      COMMENT\n2ec4e722f240   2 minutes ago   CMD ["node" "server.js"]  0B        buildkit.dockerfile.v0\n<missing>      2 minutes ago   COPY a b                  224B      buildkit.dockerfile.v0\n\nDONE           not a row       of the table              at        all\n';
    const show = (compact: boolean): string =>
      renderOutput({ output_type: "stream", name: "stdout", text: history }, new MarkdownRenderer(), {
        compact,
      }).html;
    assert.match(show(false), /2 minutes ago/);
    assert.match(
      show(true),
      /^<pre class="stream stdout">IMAGE {10}CREATED BY {16}SIZE\n2ec4e722f240 {3}CMD \[.*\] {2}0B\n&lt;missing&gt; {6}COPY a b {18}224B\n\nDONE .* all\n\(CREATED와 COMMENT/,
    );
  });
});

describe("sanitising", () => {
  const rows: [why: string, html: string, clean: string][] = [
    ["a script", "a<script>b()</script>c", "ac"],
    ["an event", '<b onclick="x()">b</b>', "<b>b</b>"],
    ["a javascript address", '<a href="java\nscript:x()">b</a>', "<a>b</a>"],
    ["a data address", '<a href="data:text/html,x">b</a>', "<a>b</a>"],
    [
      "a good address",
      '<a href="https://example.com/?a=1&b=2">b</a>',
      '<a href="https://example.com/?a=1&amp;b=2">b</a>',
    ],
    ["a picture from the net", '<img src="https://x/y.png">', ""],
    [
      "a picture of its own",
      '<img src="data:image/png;base64,AAAA">',
      '<img src="data:image/png;base64,AAAA" alt="">',
    ],
    ["a style that loads", '<p style="color:red;background:url(x)">a</p>', '<p style="color:red">a</p>'],
    ["a style that covers", '<p style="position:fixed;z-index:9">a</p>', "<p>a</p>"],
    ["an unclosed table", "<table><tr><td>1", "<table><tbody><tr><td>1</td></tr></tbody></table>"],
    ["nested parsers", "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", ""],
    ["a comment", "a<!-- secret -->b", "ab"],
    ["an unknown element", "<blink>a</blink>", "a"],
  ];
  for (const [why, html, clean] of rows) {
    it(why, () => {
      const result = sanitizeHtml(html).html;
      if (why === "nested parsers") assert.doesNotMatch(result, /onerror|<img/);
      else assert.equal(result, clean);
    });
  }
});

describe("typography", () => {
  it("binds particles to code and emphasis, numbers to units; leaves attributes alone", () => {
    assert.equal(bindParticles("<code>a</code>를 <em>b</em>은 c"), `<code>a</code>${J}를 <em>b</em>${J}은 c`);
    assert.equal(bindParticles('<a title="5 개">5 개</a>'), '<a title="5 개">5\u00a0개</a>');
    assert.equal(bindParticles("<code>a</code>를바보"), "<code>a</code>를바보");
  });
  it("breaks commands after their operators", () => {
    assert.equal(breakAtOperators("a &amp;&amp; b | c || d"), "a &amp;&amp;<wbr> b |<wbr> c ||<wbr> d");
  });
  it("highlights without changing the text", () => {
    for (const [language, text] of [
      ["dockerfile", 'FROM a # x\n# c\nRUN --mount=type=cache echo "$A" && b'],
      ["ts", "const a = `x${1}`; // c"],
      ["sh", "a | b # c"],
      ["json", '{"a": 1.5}'],
      ["nope", "<a>"],
    ] as const) {
      const plain = highlight(text, language)
        .replace(/<[^>]*>/g, "")
        .replace(/&lt;/g, "<")
        .replace(/&gt;/g, ">")
        .replace(/&quot;/g, '"')
        .replace(/&amp;/g, "&");
      assert.equal(plain, text);
    }
  });
  it("shows ANSI colours and drops other sequences", () => {
    assert.equal(
      ansiToHtml("\u001b[1;31ma\u001b[0mb\u001b[2K<"),
      '<span class="ansi-red ansi-bold">a</span>b&lt;',
    );
    assert.equal(stripAnsi("\u001b[38;5;196ma\u001b[0m\u001b]8;;x\u0007b"), "ab");
  });
  it("sets a build log narrow on paper: times follow their lines; other output stays as it is", () => {
    const log =
      "[+] Building 3.5s (9/9) FINISHED       docker:default\n => [3/4] COPY . .               0.0s\n";
    const output = { output_type: "stream", name: "stdout", text: `${log}a    0.0s\n` } as const;
    const [paper, screen] = [true, false].map(
      (compact) => renderOutput(output, new MarkdownRenderer(), { compact }).html,
    );
    assert.match(paper ?? "", /FINISHED {2}docker:default\n =&gt; \[3\/4\] COPY \. \. {2}0\.0s\na {4}0\.0s</);
    assert.match(
      screen ?? "",
      /FINISHED {7}docker:default\n =&gt; \[3\/4\] COPY \. \. {15}0\.0s\na {4}0\.0s</,
    );
  });

  it("pairs changed lines side by side", () => {
    assert.deepEqual(sideBySide("a\nb\nc", "a\nB\nc\nd"), [
      { before: "a", after: "a" },
      { before: "b", after: "B" },
      { before: "c", after: "c" },
      { before: undefined, after: "d" },
    ]);
  });
});

describe("fonts", () => {
  it("has Hangul, the signs of the layer table and ✕ ✓ ⚠ in one of its fonts", () => {
    for (const sign of "가힣●◆▲△◇○–…→✕✓⚠") {
      const code = sign.codePointAt(0) ?? 0;
      assert.ok(bodyHas(code) || signsHave(code), sign);
      assert.ok(codeHas(code) || bodyHas(code) || signsHave(code), sign);
    }
    assert.ok(!bodyHas(0x1f600) && !codeHas(0x1f600) && !signsHave(0x1f600));
  });
  it("cuts a font to the characters asked for; the same bytes each time", () => {
    const wanted = new Set([..."한글 Ab"].map((one) => one.codePointAt(0) ?? 0));
    const css = fontFaces({ body: new Set(), code: wanted });
    assert.equal(css, fontFaces({ body: new Set(), code: wanted }));
    const data = /src:url\(data:font\/woff;base64,([^)]*)\)/.exec(css)?.[1] ?? "";
    assert.ok(data.length < 60_000, String(data.length));
    assert.deepEqual(
      [...readCharacterMap(readSfnt(Buffer.from(data, "base64"))).keys()].sort((a, b) => a - b),
      [...wanted].sort((a, b) => a - b),
    );
  });
  it("the body font has every Hangul syllable and all of ASCII, as is taken for granted", () => {
    const folder = join(require.resolve("@fontsource-variable/noto-sans-kr/package.json"), "..");
    const has = new Set(
      readdirSync(join(folder, "files")).flatMap((name) => [
        ...readCharacterMap(readSfnt(readFileSync(join(folder, "files", name)))).keys(),
      ]),
    );
    for (let code = 0x20; code <= 0x7e; code++) assert.ok(has.has(code), code.toString(16));
    for (let code = 0xac00; code <= 0xd7a3; code++) assert.ok(has.has(code), code.toString(16));
    // Named in the ranges of the style sheet, but not in the font; and one that is.
    assert.deepEqual([0x2716, 0x21b3, 0x25cf].map(bodyHas), [false, false, true]);
  });
  it("finds the same glyphs by searching as by reading the whole map", () => {
    const font = readSfnt(
      readFileSync(join(require.resolve("@kfonts/d2coding/package.json"), "../D2Coding.woff")),
    );
    const map = readCharacterMap(font);
    for (let code = 0; code < 0x10000; code++)
      assert.equal(glyphOf(font, code), map.get(code) ?? 0, code.toString(16));
  });
  it("reads unicode ranges", () => {
    assert.deepEqual(parseRanges("U+20-7e, U+4??,U+ff01"), [
      [0x20, 0x7e],
      [0x400, 0x4ff],
      [0xff01, 0xff01],
    ]);
  });
});

describe("honest handouts", () => {
  const notebook = (...cells: Partial<CodeCell>[]): Notebook =>
    parseNotebook(
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: cells.map((cell, i) => ({
          cell_type: "code",
          id: `c${i}`,
          metadata: {},
          source: "1",
          outputs: [],
          execution_count: 1,
          ...cell,
        })),
      }),
    );
  const problems = (one: Notebook): string[] =>
    makeHandout([{ file: join(__dirname, "x.ipynb"), notebook: one }], { edition: "student" }).errors.map(
      (error) => `${error.code} ${error.cell ?? ""}`,
    );

  it("refuse a cell edited after it ran", () => {
    const one = notebook({ source: "a" }, { source: "b" });
    for (const cell of one.cells) markExecuted(cell as CodeCell);
    assert.deepEqual(problems(one), []);
    one.cells[1]!.source = "c";
    assert.deepEqual(problems(one), ["LB_STALE_OUTPUT c1"]);
  });
  it("refuse a Dockerfile that is not the one built", () => {
    const built = (dockerfile: string): Partial<CodeCell> => ({
      source: "%%dockerfile -t a\nFROM a\n",
      outputs: [
        {
          output_type: "display_data",
          metadata: {},
          data: { "application/vnd.layerbook.build+json": { dockerfile }, "text/plain": "x" },
        },
      ],
    });
    assert.deepEqual(problems(notebook(built("FROM a\n"))), []);
    assert.deepEqual(problems(notebook(built("FROM b\n"))), ["LB_STALE_OUTPUT c0"]);
  });
  it("refuse a cell that did not run although others did; accept a notebook that never ran", () => {
    assert.deepEqual(problems(notebook({}, { execution_count: null })), ["LB_STALE_OUTPUT c1"]);
    assert.deepEqual(problems(notebook({ execution_count: null }, { execution_count: null })), []);
  });
  it("refuse characters without a glyph, and name the cell", () => {
    assert.deepEqual(problems(notebook({}, { source: "print('😀')" })), ["LB_NO_GLYPH c1"]);
  });
  it("refuse links that lead nowhere", () => {
    const one = parseNotebook(
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [
          {
            cell_type: "markdown",
            id: "m",
            metadata: {},
            source: "# 가\n\n[a](#가) [b](#나) [c](none.md) [d](parts.test.ts) [e](https://example.com)",
          },
        ],
      }),
    );
    assert.deepEqual(
      problems(one).map((problem) => problem.split(" ")[0]),
      ["LB_BROKEN_LINK", "LB_BROKEN_LINK"],
    );
  });
  it("leave out what the notebook hides, in every form", () => {
    const output = {
      output_type: "stream" as const,
      name: "stdout" as const,
      text: "a very secret output line\n",
    };
    const one = notebook(
      { metadata: { tags: ["hide-output"] }, outputs: [output] },
      { metadata: { tags: ["remove-cell"] }, source: "another secret source line" },
      { metadata: { jupyter: { source_hidden: true } }, source: "hidden_source_line = 1" },
    );
    const handout = makeHandout([{ file: join(__dirname, "x.ipynb"), notebook: one }], {
      edition: "student",
    });
    assert.deepEqual(handout.errors, []);
    assert.doesNotMatch(handout.page.html + handout.markdown, /secret|hidden_source/);
  });
});
