/** TypeScript cells: names from cell to cell, imports, today's language, tslab. */

import assert from "node:assert/strict";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestKernel } from "./client";

describe("kernel: TypeScript cells", () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await TestKernel.start();
  });
  after(() => kernel.stop());

  /** Runs *code* and gives the text of its result; fails when the cell does. */
  async function value(code: string): Promise<string | undefined> {
    const answer = await kernel.execute(code);
    assert.equal(answer.reply.content.status, "ok", `${code}\n${JSON.stringify(answer.reply.content)}`);
    return answer.of("execute_result")[0]?.data["text/plain"] as string | undefined;
  }
  /** Runs *code*, which must fail, and gives its error. */
  async function failure(code: string): Promise<{ ename: string; evalue: string; text: string }> {
    const { reply } = await kernel.execute(code);
    assert.equal(reply.content.status, "error", code);
    const { ename, evalue, traceback } = reply.content as {
      ename: string;
      evalue: string;
      traceback: string[];
    };

    return { ename, evalue, text: traceback.join("\n").replace(/\u001b\[\d+m/g, "") };
  }
  const write = (path: string, text: string): void => {
    mkdirSync(join(kernel.directory, path, ".."), { recursive: true });
    writeFileSync(join(kernel.directory, path), text);
  };

  it("keeps variables, functions, classes, enums, types and imports for later cells", async () => {
    await value(`
      import { basename } from "node:path"; import type { Stats } from "node:fs";
      let count = 1; const list = [1, 2]; function twice(n: number) { return n * 2; }
      class Box<T> { constructor(readonly inside: T) {} } enum Color { Red, Green } type Pair = [number, string];
      namespace Tools { export const name = "망치"; }
      const { a, ...rest } = { a: 1, b: 2, c: 3 };`);
    assert.equal(await value("const pair: Pair = [twice(count), basename('/x/y')]; pair"), "[ 2, 'y' ]");
    assert.equal(
      await value("[new Box('상자').inside, Color.Green, Color[0], Tools.name, a, rest, list]"),
      "[ '상자', 1, 'Red', '망치', 1, { b: 2, c: 3 }, [ 1, 2 ] ]",
    );
    assert.match((await failure("const wrong: Pair = [1, 2]")).evalue, /TS2322/);
  });

  it("shares variables between cells and closures", async () => {
    await value("let shared = 1; const read = () => shared; const raise = () => ++shared;");
    assert.equal(await value("shared = 10; read()"), "10");
    assert.equal(await value("raise(); shared"), "11");
    assert.equal(
      await value("[shared] = [5]; ({ shared } = { shared: 6 }); ({ shared, got: read() })"),
      "{ shared: 6, got: 6 }",
    );
    assert.equal(
      await value("(() => { const shared = 'innen'; return { shared }; })()"),
      "{ shared: 'innen' }",
    );
    assert.equal(await value("function self(this: unknown) { return this === undefined; } self()"), "true");
    assert.equal(await value("self()"), "true");
  });

  it("redeclares anything in a later cell", async () => {
    assert.equal(await value("const again = 1; again"), "1");
    assert.equal(await value("const again = 'zwei'; again.length"), "4");
    await value("class Thing { one() { return 1; } } const thing = new Thing();");
    await value("class Thing { two() { return 2; } }");
    assert.equal(await value("[thing.one(), new Thing().two()]"), "[ 1, 2 ]");
    await value("function helper() { return '옛'; } ");
    await value("function caller() { return helper(); }");
    assert.equal(await value("function helper() { return '새'; } caller()"), "'새'");
    assert.match((await failure("const once = 1; const once = 2;")).text, /TS2451[^]*한 셀에서 두 번/);
  });

  it("knows today's language", async () => {
    assert.equal(await value("const config = { a: 1 } satisfies Record<string, number>; config.a"), "1");
    assert.equal(
      await value(
        "{ using thing = { [Symbol.dispose]() { console.log('치움'); } }; }\n[1, 2, 3].findLast((x) => x < 3)",
      ),
      "2",
    );
    assert.equal(
      await value(
        "function first<const T extends readonly unknown[]>(x: T): T[0] { return x[0]; } first([7, 8])",
      ),
      "7",
    );
    assert.equal(
      await value(
        "class Counter { #n = 0; static made = 0; accessor size = 3; up() { return ++this.#n; } } new Counter().up()",
      ),
      "1",
    );
    assert.equal(
      await value(
        "for await (const x of (async function* () { yield 1; })()) console.log(x); import.meta.dirname === process.cwd()",
      ),
      "true",
    );
    assert.equal(await value("export const exported = 5; export default exported"), "5");
    assert.equal(await value("exported + 1"), "6");
    assert.equal(
      await value(
        "label: for (let i = 0; ; i++) { for (;;) { if (i > 2) break label; continue label; } } 'durch'",
      ),
      "'durch'",
    );
  });

  it("waits at the top level, and shows what a promise gives", async () => {
    assert.equal(
      await value("const waited = await Promise.all([1, Promise.resolve(2)]); waited"),
      "[ 1, 2 ]",
    );
    assert.equal(await value("const os = await import('node:os'); typeof os.cpus"), "'function'");
    assert.equal(await value("await import('node:path').then(({ sep }) => sep)"), "'/'");
  });

  it("resolves packages by their exports, and modules that are ESM only", async () => {
    write(
      "node_modules/modern/package.json",
      JSON.stringify({
        name: "modern",
        type: "module",
        exports: {
          ".": { types: "./t.d.ts", default: "./x.js" },
          "./deep": { types: "./deep.d.ts", default: "./deep.js" },
        },
      }),
    );
    write("node_modules/modern/x.js", "export const here = '여기'; export default 1;");
    write(
      "node_modules/modern/t.d.ts",
      "export declare const here: string; declare const _default: number; export default _default;",
    );
    write("node_modules/modern/deep.js", "await 0; export const deep = '깊이';");
    write("node_modules/modern/deep.d.ts", "export declare const deep: string;");
    assert.equal(await value("import one, { here } from 'modern'; [one, here]"), "[ 1, '여기' ]");
    assert.equal(await value("(await import('modern/deep')).deep"), "'깊이'");
    assert.match((await failure("import { x } from 'modern/hidden'")).text, /TS2307/);
  });

  it("reads the learner's own files again when they have changed", async () => {
    write(
      "lib/sum.ts",
      "import { base } from './base';\nexport const sum = (n: number): number => base + n;\n",
    );
    write("lib/base.ts", "export const base = 1;\n");
    assert.equal(await value("import { sum } from './lib/sum'; sum(1)"), "2");
    write("lib/base.ts", "export const base = 100;\n");
    utimesSync(join(kernel.directory, "lib/base.ts"), new Date(), new Date(Date.now() + 2000));
    assert.equal(await value("import { sum } from './lib/sum.ts'; sum(1)"), "101");
    write("lib/bad.ts", "export const bad: number = 'x';\n");
    const { text } = await failure("import { bad } from './lib/bad'; bad");
    assert.match(text, /TS2322[^]*lib\/bad\.ts[^]*1줄 14칸/);
    write("lib/throws.ts", "export function boom(): never {\n  throw new Error('펑');\n}\n");
    assert.match(
      (await failure("import { boom } from './lib/throws';\n\nboom()")).text,
      /lib\/throws\.ts[^]*2 \|   throw[^]*cell\[\d+\]\.ts:3:1/,
    );
    rmSync(join(kernel.directory, "lib"), { recursive: true });
  });

  it("runs notebooks written for tslab", async () => {
    const answer = await kernel.execute(
      `import * as tslab from "tslab"; tslab.display.html("<b>굵게</b>"); tslab.display.png(new Uint8Array([1, 2]));
       const d = tslab.newDisplay(); d.text("하나"); d.text("둘"); tslab.versions.tslab`,
    );
    assert.equal(answer.reply.content.status, "ok", JSON.stringify(answer.reply.content));
    const shown = answer.of("display_data");
    assert.deepEqual(
      shown.map(({ data }) => data as unknown),
      [{ "text/html": "<b>굵게</b>" }, { "image/png": "AQI=" }, { "text/plain": "하나" }],
    );
    assert.deepEqual(answer.of("update_display_data")[0].data, { "text/plain": "둘" });
    assert.deepEqual(answer.of("execute_result")[0].data, { "text/plain": "'1.0.22'" });
  });

  it("has the package and the lab in scope", async () => {
    assert.equal(await value("lab.context.write('hello.txt', '안녕'); typeof Lab.open"), "'function'");
    const built = await kernel.execute(
      "const result = await lab.build({ dockerfile: 'FROM scratch\\nCOPY hello.txt /\\n' }); result",
    );
    assert.equal(built.reply.content.status, "ok", JSON.stringify(built.reply.content));
    const [{ data }] = built.of("execute_result");
    assert.ok(
      "application/vnd.layerbook.build+json" in data && "text/html" in data && "text/markdown" in data,
    );
    assert.equal(await value("import { Lab as Same } from 'layerbook'; Same === Lab"), "true");
  });

  describe("errors", () => {
    it("tells all findings at once, with code, place, Korean and a hint", async () => {
      const { ename, text } = await failure("const n: number = '문자';\nmissing(1);");
      assert.equal(ename, "TypeScriptError");
      assert.match(text, /TS2322 Type 'string' is not assignable to type 'number'\.\n.*할당할 수 없습니다/);
      assert.match(text, /1줄 7칸\n {2}1 \| const n: number = '문자';\n {4}\| {7}\^/);
      assert.match(text, /TS2304 Cannot find name 'missing'[^]*2줄 1칸[^]*힌트/);
    });
    it("says in one sentence that a magic must come first", async () => {
      for (const [code, line, text] of [
        ["// 빌드\n%%dockerfile\nFROM node\nCOPY . .", 2, /%%dockerfile은\(는\) 셀의 첫 줄/],
        ["const a = 1;\n\n!docker images", 3, /맨 위/],
      ] as const) {
        const { reply } = await kernel.execute(code);
        assert.equal(reply.content.ename, "MagicError");
        assert.match(reply.content.evalue, text);
        assert.match(reply.content.traceback.join("\n"), new RegExp(`${line}줄`));
      }
    });

    it("marks the line of the cell, below Korean text too, and shows no frame of the kernel", async () => {
      await value(
        "// 한 줄\nfunction fails(what: string): never {\n  /* 가나 */ throw new TypeError(what);\n}",
      );
      const { ename, evalue, text } = await failure("\n\nfails('무엇')");
      assert.deepEqual([ename, evalue], ["TypeError", "무엇"]);
      assert.match(text, /3줄 18칸\n {2}3 \| {3}\/\* 가나 \*\/ throw[^\n]*\n {4}\| {20}\^/);
      assert.match(text, /at fails \(cell\[\d+\]\.ts:3:18\)\n\s+at cell\[\d+\]\.ts:3:1$/m);
      assert.doesNotMatch(text, /node:|run-cell|kernel\//);
    });
    it("is right about lines after an await, in promises and in callbacks", async () => {
      assert.match((await failure("await 0;\n\nthrow new Error('c')")).text, /3줄 7칸/);
      assert.match(
        (
          await failure(
            "const p = new Promise((_, no) =>\n  setTimeout(() => no(new Error('x')), 5));\nawait p",
          )
        ).text,
        /2줄 23칸/,
      );
      assert.match((await failure("\n[1].map((x) => {\n  return (x as any).no.such;\n})")).text, /3줄 24칸/);
    });
    it("translates stacks that code prints itself", async () => {
      const answer = await kernel.execute("\n\nconsole.log(new Error('e').stack)");
      assert.match(answer.stream("stdout"), /^Error: e\n {4}at cell\[\d+\]\.ts:3:13\n$/);
    });
    it("keeps what a failing cell had defined, and what its names meant before", async () => {
      await value("const earlier = '먼저';");
      await failure("const begun = 1; const earlier = fails('도중'); const unreached = 2;");
      assert.equal(await value("begun"), "1");
      assert.equal(await value("earlier"), "'먼저'");
      assert.match((await failure("unreached")).evalue, /Cannot find name 'unreached'/);
    });
    it("says which cell defines a missing name", async () => {
      const named = await TestKernel.start({ env: { JPY_SESSION_NAME: "lesson.ipynb" } });
      const cells = [
        "%%writefile a\nx",
        "const 기준 = 1;",
        "let later = 2;",
        "%%writefile --mode 644 src/a.js\n1",
        "!docker build -t memo .",
      ].map((source) => ({
        cell_type: "code",
        source,
      }));
      writeFileSync(join(named.directory, "lesson.ipynb"), JSON.stringify({ cells }));
      const { reply } = await named.execute("later + 1");
      assert.match(reply.content.traceback.join("\n"), /3번 셀을 먼저 실행하세요/);
      for (const [code, cell] of [
        ["import { readFileSync } from 'node:fs'; readFileSync('app/src/a.js')", 4],
        ["!cat src/a.js", 4],
        ["!ls src", 4],
        ["%%dockerfile\nFROM scratch\nCOPY src /\n", 4],
        ["!docker history memo", 5],
        ["!docker run --rm memo ls", 5],
      ] as const) {
        const failed = (await named.execute(code)).reply.content;
        assert.match((failed.traceback as string[]).join("\n"), new RegExp(`${cell}번 셀을 먼저`), code);
      }
      await named.stop();
    });
    it("names the cause and the parts of an error", async () => {
      const { text } = await failure(
        "throw new AggregateError([new Error('하나'), new Error('둘')], '여럿', { cause: new Error('왜') })",
      );
      assert.match(text, /하나[^]*둘[^]*cause[^]*왜/);
    });
  });

  it("shows documentation of cells, of the language, of Node and of the package", async () => {
    await value("/** 두 배 */ const double = (n: number): number => n * 2;");
    const inspect = async (code: string): Promise<string> =>
      (
        await kernel.request("inspect_request", {
          code,
          cursor_pos: code.length,
          detail_level: 0,
        })
      ).reply.content.data["text/markdown"] as string;
    assert.match(await inspect("double"), /```typescript\n[^]*double[^]*두 배/);
    assert.match(await inspect("[1].map"), /Calls a defined callback/);
    assert.match(
      await inspect("import { readFileSync } from 'node:fs'; readFileSync"),
      /contents of the `path`/,
    );
    assert.match(await inspect("lab.build"), /build\([^]*```\n\n./);
    assert.match(await inspect("clearOutput"), /출력을 지웁니다/);
  });

  it("completes names of earlier cells, of Node, and of imported packages", async () => {
    await value("const 레이어 = { size: 1, digest: '' };");
    const complete = async (code: string): Promise<string[]> =>
      (await kernel.request("complete_request", { code, cursor_pos: [...code].length })).reply.content
        .matches as string[];
    assert.deepEqual(await complete("레이어."), ["digest", "size"]);
    assert.ok((await complete("process.std")).includes("stdout"));
    assert.ok((await complete("import * as fs from 'fs'; fs.readFileS")).includes("readFileSync"));
    assert.deepEqual(await complete("%%dockerf"), ["%%dockerfile"]);
  });
});
