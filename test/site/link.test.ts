/** Links that hold a project: what goes in comes out, and whatever else stands in a link is refused without harm. */
import assert from "node:assert/strict";
import { deflateSync, strToU8 } from "fflate";
import fc from "fast-check";
import { highlight } from "../../kernel-helpers/src/site/play/highlight";
import { decodeLink, encodeLink, LINK_LIMITS } from "../../kernel-helpers/src/site/play/link";
import {
  isGoodPath,
  PlayError,
  PROJECT_LIMITS,
  type Project,
  renamed,
  textOrBytes,
  withFile,
  withoutFile,
} from "../../kernel-helpers/src/site/play/project";
import { BuildFlagsError, readPlayFlags } from "../../kernel-helpers/src/site/play/flags";

const EMPTY: Project = { files: [], flags: "" };

/** A fragment with any content, well packed. */
function packed(content: unknown, version = "p1"): string {
  const bytes = deflateSync(
    typeof content === "string" ? strToU8(content) : strToU8(JSON.stringify(content)),
  );
  return `${version}.${Buffer.from(bytes).toString("base64url")}`;
}

const problemOf = (fragment: string) => {
  const read = decodeLink(fragment);
  return "problem" in read ? read.problem : undefined;
};

describe("links of the playground", () => {
  it("hold text, bytes, permissions and flags", () => {
    const project: Project = {
      files: [
        { path: "Dockerfile", data: "FROM alpine\nRUN echo 안녕 👋\n" },
        { path: "bin/실행.sh", data: "#!/bin/sh\n", executable: true },
        { path: "logo.bin", data: Uint8Array.of(0, 255, 128, 10) },
      ],
      flags: '-t app --build-arg "A=b c"',
    };
    const link = encodeLink(project);
    assert.match(link, /^p1\.[\w-]+$/, "no character that an address would escape");
    assert.deepEqual(decodeLink(link), project);
  });

  it("come back the same whatever the files hold", () => {
    const path = fc.stringMatching(/^[\p{L}\d._-]{1,12}$/u).filter(isGoodPath);
    const data = fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array());
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ path, data }, { noNullPrototype: true }), {
          selector: (file) => file.path,
          maxLength: 6,
        }),
        (files) => assert.deepEqual(decodeLink(encodeLink({ files, flags: "" })), { files, flags: "" }),
      ),
      { numRuns: 100 },
    );
  });

  it("never throw, whatever the address holds", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `p1.${text}`),
        ),
        (fragment) => {
          const read = decodeLink(fragment);
          assert.ok("problem" in read);
        },
      ),
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        decodeLink(packed(json));
      }),
    );
  });

  it("say what is wrong", () => {
    const link = encodeLink({ files: [{ path: "Dockerfile", data: "FROM alpine\n".repeat(40) }], flags: "" });
    assert.equal(problemOf(link.slice(0, -4)), "link-broken", "cut off");
    assert.equal(problemOf(link.replace("p1", "p2")), "link-version");
    assert.equal(problemOf("p1.a".padEnd(LINK_LIMITS.characters + 1, "a")), "link-large");
    assert.equal(
      problemOf(packed(" ".repeat(LINK_LIMITS.bytes + 1))),
      "link-large",
      "a bomb stops at the limit",
    );
    for (const broken of [
      "",
      "null",
      "[]",
      "{}",
      '{"files":{}}',
      '{"files":[],"flags":1}',
      '{"files":[["a"]]}',
    ])
      assert.equal(problemOf(packed(broken)), "link-broken", broken);
    const file = (...parts: unknown[]) => packed({ files: [parts] });
    assert.equal(problemOf(file("../up", "")), "bad-path");
    assert.equal(problemOf(file("/etc/passwd", "")), "bad-path");
    assert.equal(problemOf(file("a\u0000b", "")), "bad-path");
    assert.equal(problemOf(file("a", "", 2)), "link-broken");
    assert.equal(problemOf(file("a", { base64: "%%" })), "link-broken");
    assert.equal(
      problemOf(
        packed({
          files: [
            ["a", ""],
            ["a/b", ""],
          ],
        }),
      ),
      "path-taken",
    );
    assert.equal(problemOf(packed({ files: [["a", "x".repeat(PROJECT_LIMITS.bytes + 1)]] })), "large");
    const many = Array.from({ length: PROJECT_LIMITS.files + 1 }, (_, i) => [String(i), ""]);
    assert.equal(problemOf(packed({ files: many })), "many-files");
  });
});

describe("projects of the playground", () => {
  const project = withFile(withFile(EMPTY, { path: "b.txt", data: "b" }), { path: "Dockerfile", data: "" });

  it("are sorted with the Dockerfile first", () => {
    const paths = withFile(withFile(project, { path: ".dockerignore", data: "" }), { path: "a", data: "" });
    assert.deepEqual(
      paths.files.map(({ path }) => path),
      ["Dockerfile", ".dockerignore", "a", "b.txt"],
    );
  });

  it("rename and remove", () => {
    assert.deepEqual(renamed(project, "b.txt", "src/b.txt").files[1], { path: "src/b.txt", data: "b" });
    assert.equal(renamed(project, "b.txt", "b.txt"), project);
    assert.equal(withoutFile(project, "b.txt").files.length, 1);
  });

  it("refuse what a context cannot have", () => {
    const code = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        return error instanceof PlayError ? error.problem : String(error);
      }
      return undefined;
    };
    assert.equal(
      code(() => renamed(project, "b.txt", "Dockerfile")),
      "path-taken",
    );
    assert.equal(
      code(() => renamed(project, "none", "x")),
      "no-file",
    );
    assert.equal(
      code(() => withFile(project, { path: "b.txt/c", data: "" })),
      "path-taken",
    );
    for (const path of ["", ".", "a//b", "a/../b", "/a", "a\\b", "a\nb", "\ud800", "x".repeat(256)])
      assert.equal(
        code(() => withFile(project, { path, data: "" })),
        "bad-path",
        JSON.stringify(path),
      );
  });

  it("keep bytes that are no text as bytes", () => {
    assert.equal(textOrBytes(strToU8("\ufeff글")), "\ufeff글");
    assert.ok(textOrBytes(Uint8Array.of(0xff)) instanceof Uint8Array);
    assert.ok(textOrBytes(Uint8Array.of(65, 0)) instanceof Uint8Array);
  });

  it("read flags as docker does, secrets from their own files", () => {
    const read = (flags: string) => readPlayFlags({ files: [{ path: "t.txt", data: "s" }], flags });
    assert.deepEqual(read("-t app --build-arg A='b c' --secret id=x,src=t.txt ."), {
      tags: ["app"],
      buildArgs: { A: "b c" },
      secrets: { x: "s" },
    });
    for (const wrong of [
      "--nope",
      "dir",
      "--secret id=x,src=none",
      "--build-context a=b",
      "--secret id=HOME",
    ])
      assert.throws(() => read(wrong), BuildFlagsError, wrong);
  });
});

describe("colours of the playground", () => {
  it("are the text again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.equal(
          highlight(text)
            .map((piece) => piece.text)
            .join(""),
          text,
        );
      }),
    );
  });

  it("know instructions, flags, strings, variables, comments and heredocs", () => {
    const source =
      '# 말\nFROM a AS b\nRUN --mount=type=cache x "y" $Z \\\n  COPY\nRUN <<E\nFROM no\nE\nCOPY . .';
    const kinds = (kind: string) =>
      highlight(source)
        .filter((piece) => piece.kind === kind)
        .map(({ text }) => text);
    assert.deepEqual(kinds("key"), ["FROM", "AS", "RUN", "RUN", "E", "COPY"]);
    assert.deepEqual(kinds("flag"), ["--mount"]);
    assert.deepEqual(kinds("str"), ['"y"', "FROM no"]);
    assert.deepEqual(kinds("var"), ["$Z"]);
    assert.deepEqual(kinds("note"), ["# 말"]);
  });
});
