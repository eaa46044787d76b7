/** The playground's parts without a browser: folders, undo, names in zips, uploads, words about edits, examples that build. */
import assert from "node:assert/strict";
import { strToU8, zipSync } from "fflate";
import { Lab } from "../../kernel-helpers/src";
import { doneAfter, exampleOf, EXAMPLES, triesOf } from "../../kernel-helpers/src/site/play/examples";
import { readPlayFlags } from "../../kernel-helpers/src/site/play/flags";
import { decodeLink, encodeLink, isLocal, linkHash } from "../../kernel-helpers/src/site/play/link";
import { editBetween, PlacedLab } from "../../kernel-helpers/src/site/play/placed-lab";
import {
  isSameProject,
  PlayError,
  type Project,
  renamed,
  sorted,
  withFile,
  withoutFile,
} from "../../kernel-helpers/src/site/play/project";
import { Undo } from "../../kernel-helpers/src/site/play/undo";
import { packWork, unpackWork } from "../../kernel-helpers/src/site/play/work-format";
import { withUpload, zipName, zipOf } from "../../kernel-helpers/src/site/play/upload";

const of = (...paths: string[]): Project => ({
  files: paths.map((path) => ({ path, data: path })),
  flags: "",
});
const pathsOf = ({ files }: Project): string[] => files.map(({ path }) => path);
const problem = (does: () => unknown): string => {
  try {
    does();
    return "";
  } catch (error) {
    assert.ok(error instanceof PlayError);
    return error.problem;
  }
};

describe("parts of the playground", () => {
  it("rename, move and delete folders with all that is in them", () => {
    const project = of("Dockerfile", "src/a.js", "src/깊이/b.js", "src2/c.js");
    assert.deepEqual(pathsOf(renamed(project, "src/", "앱")), [
      "Dockerfile",
      "src2/c.js",
      "앱/a.js",
      "앱/깊이/b.js",
    ]);
    assert.deepEqual(pathsOf(renamed(project, "src/", "lib/src/")).slice(1, 3), [
      "lib/src/a.js",
      "lib/src/깊이/b.js",
    ]);
    assert.deepEqual(pathsOf(withoutFile(project, "src/")), ["Dockerfile", "src2/c.js"]);
    assert.equal(
      problem(() => renamed(of("a/x", "b/x"), "a/", "b")),
      "path-taken",
    );
    assert.equal(
      problem(() => renamed(of("a/x"), "a/", "../b")),
      "bad-path",
    );
    assert.equal(
      problem(() => renamed(of("a/x"), "b/", "c")),
      "no-file",
    );
    assert.equal(
      problem(() => renamed(of("a/x", "b"), "a/", "b/c")),
      "path-taken",
      "a file is no folder",
    );
    const inside = renamed(of("a/x"), "a/", "a/a");
    assert.deepEqual(pathsOf(inside), ["a/a/x"]);
  });

  it("undo every step; typing in one file is one step until a pause", () => {
    const undo = new Undo();
    const [one, two, three] = [of("1"), of("2"), of("3")] as const;
    const at = (project: Project) => ({ project, open: undefined });
    undo.note(at(one), { path: "a", at: 0 });
    undo.note(at(two), { path: "a", at: 500 });
    assert.equal(undo.undo(at(three))?.project, one);
    assert.equal(undo.canUndo, false);
    assert.equal(undo.redo(at(one))?.project, three);
    undo.note(at(three), { path: "a", at: 9000 });
    undo.note(at(two), { path: "b", at: 9001 });
    assert.equal(undo.undo(at(one))?.project, two);
    assert.equal(undo.undo(at(two))?.project, three);
    undo.note(at(one));
    assert.equal(undo.canRedo, false, "a new step ends the future");
    for (let i = 0; i < 1000; i++) undo.note(at(one));
    let steps = 0;
    while (undo.undo(at(two)) !== undefined) steps++;
    assert.ok(steps <= 200, "bounded");
  });

  it("read Korean names of zips from every system", () => {
    const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
    assert.equal(zipName("plain.txt"), "plain.txt");
    assert.equal(zipName("한글.txt"), "한글.txt");
    assert.equal(zipName(latin1(Buffer.from("한글.txt"))), "한글.txt");
    assert.equal(
      zipName(latin1(Uint8Array.of(0xc7, 0xd1, 0xb1, 0xdb, 0x2e, 0x74, 0x78, 0x74))),
      "한글.txt",
      "CP949",
    );
    assert.equal(zipName("é\u00ff\u00fe"), "é\u00ff\u00fe", "neither");
  });

  it("take files and zips in, and give the same out", async () => {
    const offer = (path: string, data: Uint8Array) => ({ path, file: new File([data.slice()], path) });
    const first = await withUpload({ files: [], flags: "" }, [
      offer("run.sh", strToU8("#!/bin/sh\n")),
      offer("node_modules/x/index.js", strToU8("")),
      offer("가/나.txt".normalize("NFD"), strToU8("글")),
      offer("../no", strToU8("")),
      { path: "gone", file: undefined },
    ]);
    assert.deepEqual(pathsOf(first.project), ["run.sh", "가/나.txt"]);
    assert.equal(first.project.files[0]?.executable, true);
    assert.deepEqual(
      first.refused.map(({ path, problem: why }) => [path, why]),
      [
        ["../no", "bad-path"],
        ["gone", "unreadable"],
      ],
    );
    const again = await withUpload({ files: [], flags: "" }, [offer("p.zip", zipOf(first.project))]);
    assert.ok(isSameProject(again.project, first.project));
    const broken = await withUpload({ files: [], flags: "" }, [offer("p.zip", strToU8("PK no zip"))]);
    assert.deepEqual([broken.added, broken.refused[0]?.problem], [0, "unreadable"]);
    const many = zipSync(
      Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${i}`, new Uint8Array()])),
    );
    const { project, refused } = await withUpload({ files: [], flags: "" }, [offer("m.zip", many)]);
    assert.equal(project.files.length, 300);
    assert.ok(refused.length <= 20);
  });

  it("say in a few words what was edited", () => {
    const project = of("Dockerfile", "a", "b");
    assert.equal(editBetween(undefined, project), "");
    assert.equal(editBetween(project, project), "");
    assert.equal(editBetween(project, withFile(project, { path: "a", data: "new" })), "a");
    assert.equal(editBetween(project, withFile(project, { path: "c", data: "" })), "+c");
    assert.equal(editBetween(project, withoutFile(withFile(project, { path: "c", data: "" }), "a")), "−a +1");
    assert.equal(editBetween(project, { ...project, flags: "--no-cache" }), "--no-cache");
  });

  it("keep a work with its builds, each content once, also what is larger than a link may be", () => {
    let state = 1;
    const noise = (): number => (state = Math.imul(state, 1664525) + 1013904223) >>> 24;
    const bytes = Uint8Array.from({ length: 300_000 }, noise);
    const project: Project = {
      files: [
        { path: "big.bin", data: bytes },
        { path: "run.sh", data: "#!/bin/sh\n", executable: true },
      ],
      flags: "-t x",
    };
    const built = [withoutFile(project, "run.sh"), project];
    const work = { id: "w", at: 5, origin: "example:note", pristine: false, project, built };
    const text = packWork(work);
    assert.ok(text.length < 450_000, "once");
    const read = unpackWork("w", text);
    assert.ok(read);
    assert.ok(isSameProject(read.project, project));
    assert.deepEqual(read.built.map(pathsOf), [["big.bin"], ["big.bin", "run.sh"]]);
    assert.deepEqual([read.at, read.origin, read.pristine], [5, "example:note", false]);
    assert.deepEqual(decodeLink(encodeLink(project)), { problem: "link-large" });
    assert.notEqual(linkHash("p1.A"), linkHash("p1.B"));
    for (const broken of ["", "{}", "null", text.slice(0, -5), text.replace('"version":1', '"version":2')])
      assert.equal(unpackWork("w", broken), undefined);
    const other = JSON.parse(text) as { project: { files: unknown[] } };
    other.project.files = [["../x", 0]];
    assert.equal(unpackWork("w", JSON.stringify(other)), undefined, "no path that a link could not have");
  });

  it("know a page that others cannot open", () => {
    const local = (address: string): boolean => isLocal(new URL(address));
    for (const address of [
      "file:///a/play.html",
      "http://localhost:8877/",
      "http://127.0.0.1/",
      "http://[::1]:1/",
    ])
      assert.equal(local(address), true, address);
    for (const address of [
      "https://example.org/play.html",
      "http://192.168.0.7:8877/",
      "http://localhost.example/",
    ])
      assert.equal(local(address), false, address);
  });

  it("say what to try with any files, and what of it is done", () => {
    const [first] = EXAMPLES;
    assert.ok(first);
    assert.equal(triesOf(`example:${first.id}`, first.project), first.tries);
    const linked = triesOf("link:x", {
      files: [
        { path: "Dockerfile", data: "FROM alpine" },
        { path: "logo.png", data: Uint8Array.of(0) },
        { path: "소스/주.py", data: "1" },
      ],
      flags: "",
    });
    assert.deepEqual(
      linked.map(({ ko }) => ko.includes("`소스/주.py`")),
      [false, true, false],
    );
    assert.match(
      triesOf("link:x", { files: [{ path: "Dockerfile", data: "" }], flags: "" })[1]?.ko ?? "",
      /Dockerfile/,
    );
    assert.deepEqual(
      [0, 1, 2, 3].map((builds) => doneAfter(linked, builds)),
      [0, 1, 3, 3],
    );
    const secret = exampleOf("secret")?.tries ?? [];
    assert.deepEqual(
      [0, 1, 2].map((builds) => doneAfter(secret, builds)),
      [0, 1, 2],
    );
  });

  for (const { id, ko, en, project, tries } of EXAMPLES)
    it(`the example ${id} builds, is in order, and can be shared in a short link`, async () => {
      assert.deepEqual(project.files, sorted(project.files));
      assert.ok(ko !== "" && en !== "" && tries.length > 0);
      assert.ok(encodeLink(project).length < 2000);
      const placed = new PlacedLab(await Lab.open());
      placed.place(project);
      const options = readPlayFlags(project);
      assert.equal((await placed.lab.build(options)).exitCode, 0);
      const again = await placed.lab.build(options);
      assert.ok(again.steps.every(({ status, name }) => status === "CACHED" || /FROM/.test(name)));
      const checked = await placed.lab.build({ ...options, check: true });
      // The one that is about a secret is warned of.
      assert.equal(checked.warnings.length > 0, id === "secret");
    });
});
