import assert from "node:assert/strict";
import { join } from "node:path";

import { Lab } from "../../kernel-helpers/src";
import type { BuiltImage, LayerEntry } from "../../kernel-helpers/src/build/types";
import {
  compareImages,
  readForeignImage,
  renderComparison,
  wasteOfDive,
} from "../../kernel-helpers/src/report";
import { golden } from "./golden";

const FILE = "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nENV API_TOKEN=abc MODE=a\nRUN echo hi > /hi\n";

describe("report/compare", () => {
  it("compares two builds: steps, layers, files, config, Dockerfile; secrets masked", async () => {
    const lab = await Lab.open();
    lab.context.writeAll({
      "server.js": "1",
      "old.txt": "old",
      "run.sh": "x",
      ".dockerignore": "Dockerfile\n.dockerignore\n",
    });
    const first = await lab.build({ dockerfile: FILE, tags: ["m:1"] });
    lab.context.write("server.js", "22");
    lab.context.remove("old.txt");
    lab.context.write("새 파일.txt", "새것");
    lab.context.chmod("run.sh", 0o755);
    const second = await lab.build({
      dockerfile: FILE.replace("abc MODE=a", "secret-value MODE=b").replace("hi >", "ho >"),
      tags: ["m:2"],
      buildArgs: { X: "1" },
    });
    const comparison = lab.compare(first, second, { names: ["처음", "나중"] });
    const { image, build } = comparison;
    assert.deepEqual(build!.reused, [0, 1]);
    assert.deepEqual(
      image!.files.map(({ path, change, detail }) => [path, change, detail]),
      [
        ["app/old.txt", "removed", undefined],
        ["app/run.sh", "attributes", "mode 644 → 755"],
        ["app/server.js", "content", undefined],
        ["app/새 파일.txt", "added", undefined],
        ["hi", "content", undefined],
      ],
    );
    assert.equal(image!.filesKnown, true);
    assert.deepEqual(
      image!.config.map(({ field, a, b }) => [field, a, b]),
      [
        ["Env.API_TOKEN", "****", "****"],
        ["Env.MODE", "a", "b"],
      ],
    );
    assert.deepEqual(
      image!.layers.map(({ kind }) => kind),
      ["shared", "shared", "shared", "shared", "shared", "shared", "differs", "only-a", "only-b"],
    );
    assert.equal(image!.sharedLayers, 6);
    for (const medium of ["text", "markdown", "html", "json"] as const) {
      const text = comparison.table(medium);
      assert.ok(!/secret-value|abc/.test(text), medium);
    }
    const path = join(__dirname, "golden/compare");
    golden(`${path}.txt`, comparison.table("text"));
    golden(`${path}.en.txt`, comparison.table("text", { locale: "en" }));
    golden(`${path}.md`, comparison.table("markdown"));
    golden(`${path}.html`, comparison.table("html"));
    const named = lab.compare("m:1", "m:2");
    assert.equal(named.a.name, "m:1");
    assert.equal(named.build, undefined);
    assert.deepEqual(named.image, image);
    assert.throws(() => lab.compare("m:1", "nobody"), /LB_NO_IMAGE/);
    const same = lab.compare(second, second);
    assert.deepEqual([same.image!.files, same.image!.config, same.build!.dockerfile], [[], [], ""]);
    assert.equal(same.image!.newBytes, 0);
  });

  it("looks through whiteouts, opaque folders, links and folders that became files", () => {
    const entry = (path: string, change: Partial<LayerEntry> = {}): LayerEntry => ({
      path,
      type: path.endsWith("/") ? "dir" : "file",
      mode: "644",
      uid: 0,
      gid: 0,
      size: 1,
      mtime: 0,
      sha256: path,
      ...change,
    });
    const image = (...layers: LayerEntry[][]): BuiltImage => ({
      config: {},
      configDigest: "",
      manifestDigest: "",
      history: [],
      platform: "linux/amd64",
      layers: layers.map((entries, i) => ({
        diffId: `sha256:${JSON.stringify(entries).length}-${i}-${entries.map(({ path }) => path).join()}`,
        digest: "",
        size: 1,
        uncompressed: 1,
        entries,
        fromBase: false,
      })),
    });
    const below = [
      entry("a/"),
      entry("a/x"),
      entry("a/y"),
      entry("b/"),
      entry("b/z"),
      entry("c/"),
      entry("c/d"),
    ];
    const changed = image(below, [
      entry("a/.wh.x"),
      entry("b/.wh..wh..opq"),
      entry("b/w"),
      entry("c", { type: "file" }),
    ]);
    const { files } = compareImages(image([...below, entry("q")]), changed);
    assert.deepEqual(
      files.map(({ path, change }) => `${change} ${path}`),
      ["removed a/x", "added b/w", "removed b/z", "type c", "removed c/d", "removed q"],
    );
  });

  it("says what it could not compare", () => {
    const inspect = (layers: string[]): string =>
      JSON.stringify([
        {
          Id: "sha256:11",
          RepoTags: ["memo:1"],
          Os: "linux",
          Architecture: "amd64",
          Size: 123_456_789,
          Config: { Env: ["A=1"], Cmd: ["node"] },
          RootFS: { Type: "layers", Layers: layers },
        },
      ]);
    const a = readForeignImage(inspect(["sha256:aa", "sha256:bb"]))!;
    const b = readForeignImage(inspect(["sha256:aa", "sha256:cc", "sha256:dd"]))!;
    const comparison = compareImages(a.image, b.image);
    assert.equal(comparison.sharedLayers, 1);
    assert.equal(comparison.sharedBytes, undefined);
    assert.equal(comparison.newBytes, undefined);
    assert.equal(comparison.filesKnown, false);
    const whole = renderComparison(
      {
        a: { name: "A", id: "", platform: "", layers: 2 },
        b: { name: "B", id: "", platform: "", layers: 3 },
        image: comparison,
        unknown: [],
      },
      "text",
    );
    assert.match(whole, /\?/);
    assert.equal(a.name, "memo:1");
    assert.ok(a.unknown.length > 0);
  });
});

describe("report/foreign", () => {
  const table = [
    "IMAGE          CREATED         CREATED BY                                      SIZE      COMMENT",
    '3b1c2d4e5f60   2 minutes ago   CMD ["node" "server.js"]                        0B        buildkit.dockerfile.v0',
    "<missing>      2 minutes ago   RUN /bin/sh -c npm install # buildkit           45.3MB    buildkit.dockerfile.v0",
    "<missing>      3 minutes ago   COPY 한글 폴더 /app # buildkit                      1.21kB    buildkit.dockerfile.v0",
    "<missing>      3 minutes ago   WORKDIR /app                                    0B        buildkit.dockerfile.v0",
    '<missing>      2 weeks ago     /bin/sh -c #(nop)  ENTRYPOINT ["docker-entry…   0B        ',
    "<missing>      2 weeks ago     /bin/sh -c #(nop) COPY file:4d192565a7220e13…   388B      ",
  ];

  it("reads the table of docker history", () => {
    const { image, unknown, source } = readForeignImage(table.join("\n") + "\n")!;
    assert.equal(source, "docker history");
    assert.deepEqual(
      image.history.map(({ created_by: by, empty_layer: empty }) => [by, empty ?? false]),
      [
        ["/bin/sh -c #(nop) COPY file:4d192565a7220e13…", false],
        ['/bin/sh -c #(nop)  ENTRYPOINT ["docker-entry…', true],
        ["WORKDIR /app", false],
        ["COPY 한글 폴더 /app # buildkit", false],
        ["RUN /bin/sh -c npm install # buildkit", false],
        ['CMD ["node" "server.js"]', true],
      ],
    );
    assert.deepEqual(
      image.layers.map(({ uncompressed }) => uncompressed),
      [388, 0, 1210, 45_300_000],
    );
    assert.equal(unknown.length, 3);
    assert.deepEqual(readForeignImage(table.join("\r\n"))!.image, image);
  });

  it("reads docker history --format json", () => {
    const lines = [
      {
        Comment: "",
        CreatedAt: "2026-01-01T00:00:00Z",
        CreatedBy: "RUN make",
        CreatedSince: "",
        ID: "sha256:1",
        Size: "12.5MB",
      },
      {
        Comment: "",
        CreatedAt: "2026-01-01T00:00:00Z",
        CreatedBy: "ENV A=1",
        CreatedSince: "",
        ID: "<missing>",
        Size: "0B",
      },
    ];
    const { image, unknown } = readForeignImage(lines.map((line) => JSON.stringify(line)).join("\n"))!;
    assert.deepEqual(
      image.layers.map(({ uncompressed }) => uncompressed),
      [12_500_000],
    );
    assert.equal(unknown.length, 2);
  });

  it("reads a dive JSON with and without lists of files", () => {
    const dive = {
      layer: [
        {
          index: 0,
          id: "a",
          digestId: "sha256:a",
          sizeBytes: 100,
          command: "FROM x",
          fileList: [
            {
              path: "big",
              typeFlag: 48,
              linkName: "",
              size: 100,
              fileMode: 420,
              uid: 0,
              gid: 0,
              isDir: false,
            },
          ],
        },
        {
          index: 1,
          id: "b",
          digestId: "sha256:b",
          sizeBytes: 0,
          command: "RUN rm big",
          fileList: [
            {
              path: ".wh.big",
              typeFlag: 48,
              linkName: "",
              size: 0,
              fileMode: 0,
              uid: 0,
              gid: 0,
              isDir: false,
            },
          ],
        },
      ],
      image: {
        sizeBytes: 100,
        inefficientBytes: 100,
        efficiencyScore: 0.5,
        fileReference: [{ count: 2, sizeBytes: 100, file: "/big" }],
      },
    };
    const whole = readForeignImage(JSON.stringify(dive))!;
    assert.equal(whole.files, true);
    assert.equal(whole.image.layers[0]!.entries!.length, 1);
    const lean = { ...dive, layer: dive.layer.map(({ fileList: _list, ...rest }) => rest) };
    const foreign = readForeignImage(JSON.stringify(lean))!;
    assert.equal(foreign.files, false);
    const waste = wasteOfDive(foreign);
    assert.deepEqual([waste.score, waste.wastedBytes, waste.reclaimableBytes], [0.5, 100, 50]);
  });

  it("takes nothing else for one of these", () => {
    for (const text of [
      "",
      "hello",
      "{}",
      "[]",
      "[1]",
      "null",
      '{"layer":[]}',
      '[{"RootFS":null}]',
      '{"CreatedBy":1}\n{',
      "IMAGE CREATED",
    ])
      assert.equal(readForeignImage(text), undefined, text);
  });
});
