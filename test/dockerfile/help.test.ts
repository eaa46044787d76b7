/** Editing help: proposals, hovering, formatting. `|` marks the place asked about. */

import assert from "node:assert";
import fc from "fast-check";

import {
  complete,
  flagSpecs,
  format,
  hover,
  instructionNames,
  isDockerfileError,
  parseDockerfile,
  parseInstructions,
  type CompletionOptions,
  type Node,
} from "../../kernel-helpers/src/dockerfile";
import { flagTexts } from "../../kernel-helpers/src/dockerfile/help/flag-texts";
import { instructionTexts } from "../../kernel-helpers/src/dockerfile/help/instruction-texts";
import { sampleDockerfile } from "../bench/dockerfile";
import { readVectors } from "./vectors";
import { runs } from "../sweep";

function cut(marked: string): [text: string, offset: number] {
  const offset = marked.indexOf("|");
  return [marked.slice(0, offset) + marked.slice(offset + 1), offset];
}

const options: CompletionOptions = {
  files: ["package.json", "package-lock.json", "src/main.js", "src/lib/a.js", "한글 문서.md"],
  images: ["node:22", "node:22-alpine", "alpine:3.22"],
};

const labels = (marked: string, more: CompletionOptions = options) =>
  complete(...cut(marked), more).map(({ label }) => label);

/** The text after the proposal called *label* is taken. */
function take(marked: string, label: string): string {
  const [text, offset] = cut(marked);
  const item = complete(text, offset, options).find((one) => one.label === label);
  assert.ok(item !== undefined, `${label} is not proposed`);
  return text.slice(0, item.range.start.offset) + item.insert + text.slice(item.range.end.offset);
}

describe("proposals", () => {
  it("are instructions at the beginning of a line, in the case typed", () => {
    assert.strictEqual(labels("FROM a\n|").length, instructionNames.length);
    assert.deepStrictEqual(labels("FROM a\nCO|"), ["COPY"]);
    assert.deepStrictEqual(labels("FROM a\nco|"), ["copy"]);
    assert.deepStrictEqual(labels("|").includes("FROM"), true);
    assert.deepStrictEqual(labels("\n|\nFROM a").includes("ARG"), true);
    assert.deepStrictEqual(labels("FROM a\nONBUILD R|"), ["RUN"]);
    assert.ok(!labels("FROM a\nONBUILD |").includes("FROM"));
    assert.strictEqual(take("FROM a\nRU|", "RUN"), "FROM a\nRUN ");
  });

  it("are flags and their values", () => {
    assert.deepStrictEqual(
      labels("FROM a\nCOPY --|"),
      Object.keys(flagSpecs.copy!).map((name) => `--${name}`),
    );
    assert.strictEqual(take("FROM a\nCOPY --fr| x y", "--from"), "FROM a\nCOPY --from= x y");
    assert.strictEqual(take("FROM a\nCOPY --li|", "--link"), "FROM a\nCOPY --link");
    assert.deepStrictEqual(labels("FROM a\nRUN --network=|"), ["default", "none", "host"]);
    assert.deepStrictEqual(labels("FROM a\nRUN --mount=type=|"), ["bind", "cache", "secret", "ssh", "tmpfs"]);
    assert.ok(!labels("FROM a\nRUN --mount=type=cache,|").includes("type"));
    assert.strictEqual(
      take("FROM a\nRUN --mount=type=cache,ta|", "target"),
      "FROM a\nRUN --mount=type=cache,target=",
    );
    assert.deepStrictEqual(labels("FROM a\nRUN echo --|"), []);
  });

  it("are stages that begin above, and base images", () => {
    const file = "FROM node:22 AS deps\nFROM deps AS build\nCOPY --from=| /a /b\nFROM a AS later\n";
    assert.deepStrictEqual(labels(file), ["deps", "node:22", "node:22-alpine", "alpine:3.22"]);
    assert.deepStrictEqual(labels("FROM a AS b\nFROM |"), [
      "b",
      "node:22",
      "node:22-alpine",
      "alpine:3.22",
      "scratch",
    ]);
    assert.deepStrictEqual(labels("FROM node:22-|"), ["node:22-alpine"]);
    assert.deepStrictEqual(labels("FROM a |"), ["AS"]);
  });

  it("are files of the context, one folder at a time", () => {
    assert.deepStrictEqual(labels("FROM a\nCOPY |"), [
      "package-lock.json",
      "package.json",
      "src/",
      "한글 문서.md",
    ]);
    assert.deepStrictEqual(labels("FROM a\nCOPY ./src/|"), ["./src/lib/", "./src/main.js"]);
    assert.deepStrictEqual(labels("FROM a\nCOPY package.json \\\n  pack|"), [
      "package-lock.json",
      "package.json",
    ]);
    assert.deepStrictEqual(labels("FROM a AS b\nFROM a\nCOPY --from=b |"), []);
  });

  it("are the variables that the place sees, with their values", () => {
    const file = "ARG TAG=1\nFROM a\nARG APP=/srv\nENV HOME=$APP/home\nWORKDIR $|\nENV LATER=1\n";
    assert.deepStrictEqual(labels(file), ["APP", "HOME"]);
    const [home] = complete(...cut(file), options).filter(({ label }) => label === "HOME");
    assert.match(home!.detail!.ko, /\/srv\/home/);
    assert.ok(labels("ARG TAG=1\nFROM a:$|").includes("TAG"));
    assert.ok(labels("ARG TAG=1\nFROM a:${T|").includes("TAG"));
    const [given] = complete(...cut("FROM a\nARG X=1\nUSER $|"), { buildArgs: { X: "given" } });
    assert.match(given!.detail!.en, /given/);
  });

  it("are directives and checks in comments", () => {
    assert.deepStrictEqual(labels("# |\nFROM a"), ["syntax", "escape", "check"]);
    assert.deepStrictEqual(labels("FROM a\n# |\nRUN x"), ["check"]);
    assert.deepStrictEqual(labels("# check=skip=Und|\nFROM a"), ["UndefinedArgInFrom", "UndefinedVar"]);
  });

  it("come also in a file that cannot be read", () => {
    assert.deepStrictEqual(labels("# escape=x\nFROM a\nRUN <<EOF\nnever closed\nCO|"), ["COPY"]);
    assert.deepStrictEqual(labels("FROM a\nENV A\nCMD [1]\nEX|"), ["EXPOSE"]);
    assert.deepStrictEqual(labels("FROM a\nARG A=1\nCMD [1]\nUSER $|"), ["A"]);
  });

  it("are none inside a heredoc or a comment between lines", () => {
    assert.deepStrictEqual(labels("FROM a\nRUN <<EOF\nCO|\nEOF\n"), []);
    assert.deepStrictEqual(labels("FROM a\nRUN x \\\n# CO|\n y"), []);
  });
});

describe("hovering", () => {
  const ko = (marked: string) => hover(...cut(marked))?.ko ?? "";

  it("tells every instruction and flag, in two languages", () => {
    assert.deepStrictEqual(Object.keys(instructionTexts).sort(), [...instructionNames]);
    for (const name of instructionNames) {
      const found = hover(`${name} a=b`, 1);
      assert.match(found!.ko, /[가-힣]/, name);
      assert.doesNotMatch(found!.en.replace(/```[^]*```/, ""), /[가-힣]/, name);
    }
    const names = (record: Readonly<Record<string, object>>) =>
      Object.fromEntries(Object.entries(record).map(([key, value]) => [key, Object.keys(value).sort()]));
    assert.deepStrictEqual(names(flagTexts), names(flagSpecs));
  });

  it("tells a variable's value at the place", () => {
    const file = "ARG V=1\nFROM a\nARG V=2\nENV W=x$V\nRUN echo $W|\nENV W=later\n";
    assert.match(ko(file), /\$W\*\* = `x2` \(`ENV`, 4번째 줄\)/);
    assert.match(ko("FROM a\nRUN echo ${NO|PE:-x}\n"), /정의되지 않았습니다/);
    assert.match(ko("FROM a\nRUN echo $TARGET|ARCH\n"), /ARG TARGETARCH/);
    assert.match(ko("ARG A=3\nFROM a:$|A\n"), /= `3` \(첫 `FROM` 앞의 `ARG`, 1번째 줄\)/);
    assert.match(ko("FROM a\nENV PA|TH=/x\n"), /\$PATH\*\* = `\/x`/);
  });

  it("tells flags, mounts, stages, images, checks", () => {
    assert.match(ko("FROM a\nCOPY --li|nk x y"), /\*\*--link\*\*/);
    assert.match(ko("FROM a\nRUN --mount=type=cac|he,target=/c x"), /type=cache/);
    assert.match(ko("FROM a\nRUN --mount=type=cache,tar|get=/c x"), /\*\*target\*\*/);
    assert.match(ko("FROM x AS b\nFROM a\nCOPY --from=b| x y"), /1번째 줄에서 시작하는 단계/);
    assert.match(ko("FROM x AS b\nFROM a\nCOPY --from=0| x y"), /1번째 줄에서 시작하는 단계/);
    assert.match(ko("FROM nod|e:22"), /docker\.io\/library\/node:22/);
    assert.match(ko("FROM scr|atch"), /빈 바탕/);
    assert.match(ko("# check=skip=Undefined|Var\nFROM a"), /UndefinedVar/);
    assert.match(ko("# esc|ape=`\nFROM a"), /escape/);
    assert.strictEqual(ko("FROM a\nRUN <<E\nCOPY| x\nE\n"), "");
    assert.strictEqual(ko("FROM a\n|\nRUN x"), "");
  });
});

/** What must not change: everything but the keyword's case and blanks around. */
function meaning(text: string): unknown {
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) return parsed.message;
  const content = ({ keyword, flags, args, json, heredocs, comments }: Node) => ({
    keyword: keyword.toUpperCase(),
    flags,
    args: keyword.toLowerCase() === "onbuild" ? args.slice(1) : args,
    json,
    heredocs,
    comments,
  });
  return {
    directives: parsed.directives.map(({ name, value }) => [name, value]),
    nodes: parsed.nodes.map(content),
  };
}

describe("formatting", () => {
  it("tidies", () => {
    const before = "\n\n  from   a  \n\n\n\n# c  \nrun   echo \\\n      hi  \n\tcopy --link\ta b\t\n\n";
    assert.strictEqual(format(before), "FROM a\n\n# c\nRUN echo \\\n      hi\nCOPY --link\ta b\n");
    assert.strictEqual(format("FROM a\r\nrun x"), "FROM a\r\nRUN x\r\n");
    assert.strictEqual(format("run \\\n  x\nenv A=1"), "RUN \\\n  x\nENV A=1\n");
  });

  it("leaves heredocs, continued lines and what it cannot read alone", () => {
    const heredoc = "FROM a\nRUN <<EOF\n  run x  \n\n\n\tb\nEOF\n";
    assert.strictEqual(format(heredoc), heredoc);
    const continued = "FROM a\nRUN a && \\\n\n\n    # c\n\t  b\n";
    assert.strictEqual(format(continued), continued);
    assert.strictEqual(format("FROM a\nCMD [1]"), "FROM a\nCMD [1]");
  });

  it("changes no meaning and is done after once, for every recorded file", () => {
    const { cases } = readVectors<{ cases: { dockerfile?: string }[] }>("parse");
    for (const { dockerfile = "" } of cases) {
      const once = format(dockerfile);
      assert.deepStrictEqual(meaning(once), meaning(dockerfile), JSON.stringify(dockerfile));
      assert.strictEqual(format(once), once, JSON.stringify(dockerfile));
    }
  });
});

describe("editing help", () => {
  it("does not mind a byte order mark inside, nor an escape behind a word", () => {
    for (const text of [
      "FROM alpine\n\ufeffRUN echo bom",
      "FROM a as B\nARG  B=$A \\\n  B='c d'\\\n  B='c d'\n",
    ]) {
      for (let offset = 0; offset <= text.length; offset++) {
        complete(text, offset, options);
        const found = hover(text, offset);
        assert.ok(
          found === undefined || (found.range.start.offset <= offset && offset <= found.range.end.offset),
        );
      }
    }
  });

  it("never throws, wherever it is asked", () => {
    const { cases } = readVectors<{ cases: { dockerfile?: string }[] }>("parse");
    const files = cases.map(({ dockerfile = "" }) => dockerfile);
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.double({ min: 0, max: 1, noNaN: true }), (text, where) => {
        const offset = Math.round(where * text.length);
        for (const { range } of complete(text, offset, options)) assert.strictEqual(range.end.offset, offset);
        const found = hover(text, offset);
        if (found !== undefined)
          assert.ok(found.range.start.offset <= offset && offset <= found.range.end.offset);
      }),
      { numRuns: runs(600, 3000) },
    );
  });

  it("answers at once in a long file", () => {
    const text = sampleDockerfile(2000);
    complete(text, text.length, options);
    hover(text, text.length - 10);
    assert.ok(!isDockerfileError(parseInstructions(parseDockerfile(text) as never)));
  });
});
