/** ADD of a git repository that was given to the Lab. Texts of errors and outcomes are those of BuildKit v0.34.2 with git 2.39. */
import assert from "node:assert/strict";

import { explainError } from "../../kernel-helpers/src/dockerfile";
import type { BuildOptions, GitFixture } from "../../kernel-helpers/src/build";
import type { Lab } from "../../kernel-helpers/src/lab";
import { letters, openLab } from "./labs";

const URL = "https://example.com/team/app.git";
const ONE = "54cb5096bb71a37d42e0f1cad4ff02fb61e91920";
const TWO = "421f7e55a33ee6cc88f0b53d2719ddee4c642f44";
const TAG = "431da00efd4180c324329af040362a23daafb18b";
const FILES = {
  README: "r\n",
  "run.sh": { text: "#!/bin/sh\n", mode: "775" },
  link: { symlink: "src/a.txt" },
  "src/a.txt": "one\n",
  "src/deep/d.txt": "d\n",
};
const main = { commit: ONE, files: FILES };
const dev = { commit: TWO, files: { ...FILES, "src/a.txt": "two\n" } };
const REPOSITORY: GitFixture = {
  refs: { main, dev, v1: dev, "refs/tags/v1": main, "refs/tags/v2": { ...main, tag: TAG } },
};

function add(source: string): string {
  return `FROM scratch\nADD ${source} /src/\n`;
}

async function built(
  source: string,
  options: BuildOptions = {},
  lab?: Lab,
): Promise<Awaited<ReturnType<Lab["build"]>>> {
  lab ??= await openLab();
  return lab.build({ dockerfile: add(source), git: { [URL]: REPOSITORY }, ...options });
}

describe("git repositories given to the Lab", () => {
  it("are checked out as git does it", async () => {
    const lab = await openLab();
    const first = await built(URL, {}, lab);
    assert.equal(first.exitCode, 0, first.error?.message);
    assert.deepEqual(
      first.image?.layers
        .at(-1)
        ?.entries?.map(({ path, mode, size, linkname }) => [path, linkname ?? mode, size].join(" ")),
      [
        "src/ 755 0",
        "src/README 644 2",
        "src/link src/a.txt 0",
        "src/run.sh 755 10",
        "src/src/ 755 0",
        "src/src/a.txt 644 4",
        "src/src/deep/ 755 0",
        "src/src/deep/d.txt 644 2",
      ],
    );
    assert.deepEqual(
      first.steps.map(({ name }) => name),
      Array(2).fill(`[1/1] ADD ${URL} /src/`),
    );
    assert.match(
      first.progress("plain"),
      /ref: refs\/heads\/main\tHEAD\n.*54cb5096\w+\tHEAD\n.*54cb5096\w+\trefs\/heads\/main/s,
    );
  });

  it("answer in BuildKit's words", async () => {
    const lab = await openLab();
    const NONE = "0123456789".repeat(4);
    for (const [source, text] of [
      [`${URL}#nope`, 'failed to load cache key: repository does not contain ref nope, output: ""'],
      [`${URL}#54cb509`, 'failed to load cache key: repository does not contain ref 54cb509, output: ""'],
      [
        `${URL}#HEAD`,
        `failed to load cache key: repository does not contain ref HEAD, output: "${ONE}\\tHEAD\\n"`,
      ],
      [`${URL}#-x`, 'failed to load cache key: invalid git ref "-x"'],
      [
        `${URL}#main:no/such`,
        'invalid subdir no/such: failed to lstat "no": statat no: no such file or directory',
      ],
      [`${URL}#main:README`, 'invalid subdir README: git subpath "README" contains non-directory "README"'],
      [`${URL}?subdir=link`, 'invalid subdir link: git subpath "link" contains non-directory "link"'],
      [
        `--checksum=aaaa ${URL}#main`,
        `failed to load cache key: expected checksum to match aaaa, got ${ONE}`,
      ],
      [
        `--checksum=54CB ${URL}#main`,
        `failed to load cache key: expected checksum to match 54CB, got ${ONE}`,
      ],
      [
        `--checksum=aaaa ${URL}?tag=v2`,
        `failed to load cache key: expected checksum to match aaaa, got  or ${ONE}`,
      ],
      [
        `--checksum=aaaa ${URL}#${ONE}`,
        `failed to load cache key: expected checksum to match aaaa, got ${ONE}`,
      ],
      [
        `--checksum=xyz ${URL}`,
        "failed to load cache key: invalid checksum xyz for Git URL, expected hex commit hash",
      ],
      [
        `${URL}?branch=main&fetch-by-commit=1`,
        "failed to load cache key: fetch-by-commit requires a checksum or a commit SHA ref",
      ],
      [
        `${URL}?branch=main&fetch-by-commit=1&checksum=54cb`,
        'failed to load cache key: fetch-by-commit requires a full commit SHA checksum, got "54cb"',
      ],
      [
        `${URL}#${NONE}`,
        `failed to checkout remote ${URL}: git stderr:\nfatal: reference is not a tree: ${NONE}\n: exit status 128`,
      ],
      [
        `${URL}?branch=main&fetch-by-commit=1&checksum=${NONE}`,
        `failed to fetch remote ${URL}: git stderr:\nfatal: remote error: upload-pack: not our ref ${NONE}\n: exit status 128`,
      ],
      // The checksum of the first source holds for the second.
      [
        `${URL}?tag=v2&checksum=54cb ${URL}#dev`,
        `failed to load cache key: expected checksum to match 54cb, got ${TWO}`,
      ],
    ] as const) {
      const { error } = await built(source, {}, lab);
      assert.equal(error?.message, text, source);
    }
  });

  it("go by the commit, whatever names it", async () => {
    const lab = await openLab();
    assert.equal(letters(await built(`${URL}#main`, {}, lab)), "DD");
    for (const source of [
      `${URL}#${ONE}`,
      `${URL}?tag=v2`,
      `${URL}?tag=v1`,
      `${URL}?branch=main&mtime=commit`,
      "git@example.com:team/app.git",
      `--checksum=54cb ${URL}?tag=v2`,
      `--checksum=431d ${URL}#v2`,
    ]) {
      const again = await built(source, {}, lab);
      assert.equal(again.exitCode, 0, `${source}: ${again.error?.message}`);
      assert.equal(again.steps.at(-1)?.status, "CACHED", source);
    }
    // A branch comes before a tag of the same name.
    for (const source of [
      `${URL}#v1`,
      `${URL}#dev`,
      `${URL}#heads/dev`,
      `${URL}#refs/heads/dev`,
      `${URL}#${TWO}`,
    ]) {
      const other = await built(source, {}, lab);
      assert.equal(other.steps.at(-1)?.status, source.endsWith("#v1") ? "DONE" : "CACHED", source);
    }
    // Content decides: the same folder of another commit.
    assert.equal((await built(`${URL}#main:src/deep`, {}, lab)).steps.at(-1)?.status, "DONE");
    assert.equal(
      (await built(`${URL}?branch=dev&subdir=src/../src/deep`, {}, lab)).steps.at(-1)?.status,
      "CACHED",
    );
  });

  it("say that a branch moved, before and after the build", async () => {
    const lab = await openLab();
    await built(`${URL}#main`, {}, lab);
    assert.equal((await lab.build({})).steps.at(-1)?.status, "CACHED");
    const moved = { [URL]: { refs: { main: dev } } };
    const row = (await lab.whatIf([{ name: "moved", options: { git: moved } }])).rows[0];
    assert.deepEqual(
      row?.cells.map(({ outcome }) => outcome),
      ["own", "own"],
    );
    assert.match(row?.cells[0]?.sentence?.ko ?? "", /브랜치나 태그가 다른 커밋을 가리킴: 54cb\w+ → 421f/);
    const after = await lab.build({ git: moved });
    assert.match(
      after.steps[0]?.miss?.sentence.en ?? "",
      /^the branch or tag of the git repository moved to another commit: 54cb\w+ → 421f/,
    );
    assert.match(after.steps[1]?.miss?.sentence.en ?? "", /^file content changed: src\/a\.txt/);
    // Another name in the Dockerfile is no branch that moved.
    const other = await built(`${URL}?tag=v2`, {}, lab);
    assert.match(
      other.steps[0]?.miss?.sentence.en ?? "CACHED",
      /^CACHED|^another commit of a git repository/,
    );
  });

  it("make their own numbers when none are given", async () => {
    const lab = await openLab();
    const git = (text: string): BuildOptions["git"] => ({
      [URL]: { refs: { trunk: { files: { a: text } } } },
    });
    assert.equal((await built(URL, { git: git("1") }, lab)).exitCode, 0);
    assert.equal((await built(URL, { git: git("1") }, lab)).steps.at(-1)?.status, "CACHED");
    assert.equal((await built(URL, { git: git("2") }, lab)).steps.at(-1)?.status, "DONE");
    const lost = await built(URL, { git: { [URL]: { refs: {} } } }, lab);
    assert.equal(
      lost.error?.message,
      `failed to load cache key: could not find default branch for repository: ${URL}`,
    );
  });

  it("have no .git: that is refused, or assumed", async () => {
    const lab = await openLab();
    const { error } = await built(`--keep-git-dir=true ${URL}`, {}, lab);
    assert.equal(explainError(error!).code, "LB_GIT_DIR");
    const assumed = await built(`--keep-git-dir=true ${URL}`, { assume: true }, lab);
    assert.equal(assumed.exitCode, 0, assumed.error?.message);
    assert.ok(assumed.steps.some((step) => step.assumed));
    // BuildKit keeps none of a folder.
    const folder = await built(`${URL}?keep-git-dir&subdir=src`, { assume: true }, lab);
    assert.equal(folder.exitCode, 0, folder.error?.message);
    assert.ok(!folder.steps.some((step) => step.assumed));
  });

  it("are refused when they are no repositories", async () => {
    const lab = await openLab();
    for (const git of [
      { [URL]: {} },
      { [URL]: { refs: { main: {} } } },
      { [URL]: { refs: { main: { commit: "54cb509", files: {} } } } },
      { [URL]: { refs: { main: { files: { "../a": "" } } } } },
      { [URL]: { refs: { main: { files: { ".git/config": "" } } } } },
      { [URL]: { refs: { main: { files: { a: "", "a/b": "" } } } } },
    ]) {
      await assert.rejects(
        async () => lab.build({ git } as unknown as BuildOptions),
        /LB_BAD_OPTION/,
        JSON.stringify(git),
      );
    }
  });
});
