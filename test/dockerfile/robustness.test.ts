/** Nothing that is put in makes it throw or hang, and time grows with the length of the input. */

import assert from "node:assert";
import fc from "fast-check";

import {
  applyFixes,
  codeFrame,
  detectSyntax,
  expandWord,
  explainError,
  fixError,
  fixWarning,
  isDockerfileError,
  lexModes,
  LogicalLine,
  parseDockerfile,
  parseInstructions,
  parseMounts,
  parseOnbuild,
  parseReference,
} from "../../kernel-helpers/src/dockerfile";
import { runs } from "../sweep";

/** Reads *text* with everything there is; answers the last result. */
function readAll(text: string): object {
  detectSyntax(text);
  const parsed = parseDockerfile(text);
  const answer = isDockerfileError(parsed) ? parsed : parseInstructions(parsed);
  if (isDockerfileError(answer)) {
    explainError(answer);
    for (const lines of answer.lines) codeFrame("Dockerfile", text, lines);
    return answer;
  }
  for (const command of answer.stages.flatMap((stage) => stage.commands)) {
    if (command.kind === "onbuild") parseOnbuild(command.expression);
    if (command.kind === "run") parseMounts(command, (word) => expandWord(word, new Map()));
  }
  return answer;
}

/** Text that looks like a Dockerfile often enough to get far. */
const pieces = fc.oneof(
  fc.constantFrom(
    "FROM a\n", "FROM a AS b\n", "RUN ", "COPY ", "ADD ", "ENV ", "LABEL ", "ARG ", "ONBUILD ", "HEALTHCHECK ", "EXPOSE ", "SHELL ",
    "CMD ", "# escape=`\n", "# check=skip=all\n", "\\\n", "`\n", "\n", "\r\n", "<<EOF", "<<-'E'", "\nEOF\n", "[\"a\",", "\"b\"]", "--mount=type=cache,",
    "--from=", "--link", "${A:-", "${B/", "$A", "}", "'", '"', "=", "# c\n", "가나다", "\ufeff", "\u00a0", "\u0085", "\ud800", "😀", " ", "\t", "\0",
  ), // prettier-ignore
  fc.string({ unit: "binary", maxLength: 8 }),
);
const dockerfiles = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(""));

describe("reading never throws", () => {
  it("on anything that looks like a Dockerfile", () => {
    fc.assert(
      fc.property(dockerfiles, (text) => void readAll(text)),
      { numRuns: runs(800, 3000) },
    );
  });

  it("on random text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void readAll(text)),
      { numRuns: runs(500, 2000) },
    );
  });

  it("on random words and names", () => {
    const env = new Map([
      ["A", "one two"],
      ["B", "a*b?c\\"],
    ]);
    fc.assert(
      fc.property(
        dockerfiles,
        fc.constantFrom(...Object.values(lexModes)),
        fc.constantFrom("\\", "`"),
        (word, mode, escape) => {
          expandWord(word, env, { mode, escape });
          parseReference(word);
        },
      ),
      { numRuns: runs(800, 3000) },
    );
  });

  it("and a repair leaves a text that can be read again", () => {
    fc.assert(
      fc.property(dockerfiles, (text) => {
        const answer = readAll(text);
        const fix = isDockerfileError(answer) ? fixError(text, answer) : undefined;
        if (fix !== undefined) readAll(applyFixes(text, [fix]).text);
      }),
      { numRuns: runs(400, 1500) },
    );
  });
});

describe("places", () => {
  it("of the characters of a joined line are where these characters are", () => {
    fc.assert(
      fc.property(dockerfiles, (text) => {
        const parsed = parseDockerfile(text);
        if (isDockerfileError(parsed)) return;
        for (const node of parsed.nodes) {
          const line: LogicalLine = new LogicalLine(text, node, parsed.escape);
          const { original } = node;
          for (let i = 0; i < original.length; i++) assert.strictEqual(text[line.offsetOf(i)], original[i]);
          const { start, end } = node.range;
          assert.strictEqual(start.column, start.offset - (text.lastIndexOf("\n", start.offset - 1) + 1) + 1);
          assert.strictEqual(end.column, end.offset - (text.lastIndexOf("\n", end.offset - 1) + 1) + 1);
          assert.strictEqual(text.slice(0, start.offset).split("\n").length, node.startLine);
          assert.strictEqual(text.slice(0, end.offset).split("\n").length, node.endLine);
        }
      }),
      { numRuns: runs(500, 2000) },
    );
  });
});

/** Inputs of a size, each a kind that a careless reader takes quadratic time for. */
const shapes: Record<string, (size: number) => string> = {
  "instructions": (n) => "FROM a\n" + "RUN x\n".repeat(n),
  "one long physical line": (n) => "FROM a\nRUN " + "x".repeat(n * 10),
  "one long continued line": (n) => "FROM a\nRUN " + "word \\\n".repeat(n),
  "blank lines in a continued line": (n) => "FROM a\nRUN x \\\n" + "\n".repeat(n),
  "comments": (n) => "FROM a\n" + "# c\n".repeat(n),
  "comments that are directives": (n) => "FROM a\n" + "# check=skip=X\n".repeat(n) + "RUN x",
  "words": (n) => "FROM a\nCOPY " + "a \\\n".repeat(n) + "/b",
  "blanks": (n) => "FROM a\nCOPY " + "    \\\n".repeat(n) + "a b",
  "flags": (n) => "FROM a\nCOPY " + "--exclude=x \\\n".repeat(n) + "a b",
  "pairs": (n) => "FROM a\nENV " + "A=1 \\\n".repeat(n),
  "quotes": (n) => "FROM a\nENV " + "A='1\" \\\n".repeat(n),
  "open brackets": (n) => "FROM a\nRUN " + "[\\\n".repeat(n),
  "nested arrays": (n) => "FROM a\nRUN " + "[\\\n".repeat(n) + "]\\\n".repeat(n),
  "ONBUILD": (n) => "FROM a\n" + "ONBUILD \\\n".repeat(n) + "RUN x",
  "heredoc lines": (n) => "FROM a\nRUN <<E\n" + "x\n".repeat(n) + "E",
  "heredoc signs": (n) => "FROM a\nRUN " + "<< \\\n".repeat(n),
  "stages": (n) => "FROM a AS b\n".repeat(n),
}; // prettier-ignore

// A time that grew faster than the length would run into the timeout.
describe("time grows with the length only", function () {
  this.timeout(120_000);

  for (const [name, make] of Object.entries(shapes)) {
    it(`${name}: 100,000`, () => {
      const text = make(100_000);
      readAll(text);
    });
  }

  const words: Record<string, (size: number) => string> = {
    "${a:-": (n) => "${a:-".repeat(n) + "x" + "}".repeat(n),
    "${a:- without end": (n) => "${a:-".repeat(n),
    '"${a:-': (n) => '"${a:-'.repeat(n) + '}"'.repeat(n),
    "${a#": (n) => "${a#".repeat(n) + "}".repeat(n),
    "${a/b/": (n) => "${a/b/".repeat(n) + "}".repeat(n),
    "${u/": (n) => "${u/".repeat(n) + "/x}".repeat(n),
    "$": (n) => "$".repeat(n),
    "<<": (n) => "<< ".repeat(n),
    "'": (n) => "'".repeat(n),
    "\\": (n) => "\\".repeat(n),
  }; // prettier-ignore
  const env = new Map([["a", "value"]]);

  for (const [name, make] of Object.entries(words)) {
    for (const mode of ["word", "display"] as const) {
      it(`${name} 10,000 deep, ${mode}`, () => {
        expandWord(make(10_000), env, { mode: lexModes[mode] });
      });
    }
  }

  it("repairs of many findings", () => {
    const count = runs(10_000, 30_000);
    const text = "FROM a as b\n".repeat(count);
    const parsed = parseDockerfile(text);
    const instructions = isDockerfileError(parsed) ? parsed : parseInstructions(parsed);
    assert.ok(!isDockerfileError(instructions));
    const fixes = instructions.lint
      .map((warning) => fixWarning(text, warning))
      .filter((fix) => fix !== undefined);
    assert.strictEqual(applyFixes(text, fixes).text, "FROM a AS b\n".repeat(count));
  });

  it("patterns with a thousand stars", () => {
    const values = new Map([["a", "ab".repeat(10_000)]]);
    for (const word of ["${a##", "${a%", "${a//"]) {
      const pattern = "*a".repeat(1000) + "c";
      expandWord(word + pattern + (word.endsWith("/") ? "/x}" : "}"), values);
    }
  });

  it("tells what a deep nesting is worth", () => {
    const { result } = expandWord("${u:-".repeat(10_000) + "x" + "}".repeat(10_000), new Map());
    assert.strictEqual(result, "x");
  });
});
