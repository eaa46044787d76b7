import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";

import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import {
  ciReport,
  ciReportOfFile,
  type CiBuild,
  renderCi,
  withSources,
} from "../../kernel-helpers/src/report";
import { Lab } from "../../kernel-helpers/src";
import { golden } from "./golden";

const LOGS = join(__dirname, "ci-logs");
const log = (name: string): string => readFileSync(join(LOGS, `${name}.log`), "utf8");
const codes = (build: CiBuild): string[] => build.findings.map(({ code }) => code);
const seconds = (build: CiBuild, phase: string): number =>
  Math.round((build.phases.find((one) => one.phase === phase)?.ms ?? 0) / 1000);

interface ProgressCase {
  readonly id: string;
  readonly plain: string;
  readonly tty: readonly { readonly width: number; readonly frames: readonly { readonly raw: string }[] }[];
  readonly events: readonly {
    readonly vertexes?: readonly {
      readonly d: string;
      readonly name: string;
      readonly started?: number;
      readonly completed?: number;
      readonly cached?: boolean;
      readonly error?: string;
      readonly group?: unknown;
      readonly progressGroup?: unknown;
    }[];
  }[];
}

const { cases } = JSON.parse(readFileSync(join(__dirname, "../vectors/progress.json"), "utf8")) as {
  cases: ProgressCase[];
};

describe("report/ci: logs", () => {
  it("reads a GitHub log with several platforms: builder, emulation, context, push", () => {
    const { builds } = ciReport(log("github-multiplatform"));
    assert.equal(builds.length, 1);
    const [build] = builds as [CiBuild];
    assert.equal(build.name, "ghcr.io/naru/memo:main");
    assert.equal(build.result, "succeeded");
    assert.equal(build.began, "2026-03-02T09:14:07.200Z");
    assert.equal(Math.round(build.wall!.ms / 1000), 208);
    assert.equal(build.wall!.basis, "computed");
    assert.deepEqual(
      ["setup", "context", "pull", "steps", "export", "push"].map((phase) => seconds(build, phase)),
      [8, 10, 5, 158, 9, 20],
    );
    assert.deepEqual([build.reused, build.ran], [0, 6]);
    const found = codes(build);
    for (const code of [
      "no-cache-import",
      "dependencies-after-copy",
      "emulation",
      "huge-context",
      "slow-push",
    ])
      assert.ok(found.includes(code), code);
    const emulation = build.findings.find(({ code }) => code === "emulation")!;
    assert.deepEqual(
      emulation.statements.map(({ basis }) => basis),
      ["recorded", "computed", "recorded", "inferred"],
    );
    assert.equal(Math.round(emulation.ms / 1000), 137);
    assert.equal(build.rows.find(({ name }) => name === "[internal] load build context")!.parts.length, 1);
  });

  it("reads a GitLab log: an imported cache that fits, and an export that takes most of the time", () => {
    const [build] = ciReport(log("gitlab")).builds as [CiBuild];
    assert.deepEqual([build.reused, build.ran], [3, 1]);
    assert.deepEqual(codes(build), ["slow-cache-export"]);
    assert.equal(seconds(build, "cache-export"), 24);
    assert.equal(build.rows.find(({ phase }) => phase === "cache-import")!.status, "DONE");
  });

  it("tells two builds of a Jenkins log apart, one failed, and finds the step that both ran", () => {
    const report = ciReport(log("jenkins-two-builds"));
    assert.deepEqual(
      report.builds.map(({ name, result }) => [name, result]),
      [
        ["api", "succeeded"],
        ["", "failed"],
      ],
    );
    assert.equal(codes(report.builds[1]!)[0], "failed");
    assert.equal(report.findings[0]!.code, "repeated-steps");
    assert.equal(report.findings[0]!.ms, 30_000);
  });

  it("reads what a terminal showed, and the classic builder", () => {
    const terminal = ciReport(log("terminal"));
    assert.deepEqual(
      terminal.builds.map(({ wall, reused, ran }) => [wall, reused, ran]),
      [
        [{ ms: 14_200, basis: "recorded" }, 1, 2],
        [{ ms: 100, basis: "recorded" }, 3, 0],
      ],
    );
    const [classic] = ciReport(log("classic")).builds as [CiBuild];
    assert.equal(classic.format, "classic");
    assert.equal(classic.name, "memo:latest");
    assert.equal(classic.rows.find(({ index }) => index === 4)!.time!.ms, 44_000);
    assert.deepEqual(codes(classic), [
      "dependencies-after-copy",
      "huge-context",
      "legacy-builder",
      "slowest-step",
    ]);
  });

  it("finds a cache that was not there, a cache mount that was empty, a slow load", () => {
    const [build] = ciReport(log("cache-mount")).builds as [CiBuild];
    assert.equal(build.wall, undefined);
    assert.deepEqual(codes(build), ["cache-import-failed", "cache-mount-empty", "slow-load", "slowest-step"]);
    assert.equal(build.result, "succeeded", "a cache that is not there is no failure");
  });

  it("keeps branches that print at the same time apart", () => {
    const { builds } = ciReport(log("compose-interleaved"));
    assert.deepEqual(
      builds.map(({ name, reused, ran }) => [name, reused, ran]),
      [
        ["web", 1, 0],
        ["api", 0, 1],
      ],
    );
  });

  it("reads the printer of 2019", () => {
    const [build] = ciReport(log("old-2019")).builds as [CiBuild];
    assert.deepEqual(
      build.rows.map(({ status, time }) => [status, time?.ms]),
      [
        ["DONE", 100],
        ["DONE", 12_500],
        ["CACHED", 0],
      ],
    );
  });

  for (const [name, wrap] of [
    [
      "gh run view",
      (line: string, i: number) => `build (amd64)\tBuild\t2026-01-01T00:00:${two(i)}.0000000Z ${line}`,
    ],
    ["TeamCity", (line: string, i: number) => `[00:00:${two(i)}]W:\t [Step 1/3] ${line}`],
    ["bracketed", (line: string, i: number) => `[2026-01-01 00:00:${two(i)}] ${line}`],
    ["a comma and a zone", (line: string, i: number) => `2026-01-01T09:00:${two(i)},000+09:00 ${line}`],
    ["syslog", (line: string, i: number) => `Jan  1 00:00:${two(i)} runner docker[12]: ${line}`],
    ["Cloud Build", (line: string) => `Step #2 - "image": ${line}`],
    ["compose", (line: string) => `builder-1  | ${line}`],
    [
      "container log",
      (line: string, i: number) =>
        JSON.stringify({ log: line + "\n", stream: "stderr", time: `2026-01-01T00:00:${two(i)}Z` }),
    ],
    [
      "logfmt",
      (line: string, i: number) =>
        `time="2026-01-01T00:00:${two(i)}Z" level=info msg=${JSON.stringify(line)}`,
    ],
    ["Buildkite", (line: string, i: number) => `\u001b_bk;t=17672256${two(i)}000\u0007${line}\r`],
    ["act", (line: string) => `[Build/build]   | ${line}`],
    ["colours and CRLF", (line: string) => `\u001b[36m${line}\u001b[0m\r`],
    ["colours without their escape", (line: string) => `[36m${line}[0m`],
    ["an unknown prefix", (line: string) => `worker-7 :: build-log >> ${line}`],
  ] as const) {
    it(`sees through ${name}`, () => {
      const lines = log("cache-mount")
        .split("\n")
        .filter((line) => line !== "");
      const [plain] = ciReport(log("cache-mount")).builds as [CiBuild];
      const [build] = ciReport(lines.map(wrap).join("\n")).builds as [CiBuild];
      assert.ok(build, "a build is found");
      assert.deepEqual(
        build.rows.map(({ name: row, status, parts }) => [row, status, parts.length]),
        plain.rows.map(({ name: row, status, parts }) => [row, status, parts.length]),
      );
    });
  }

  it("tells builds apart that begin with another row, and a row that runs twice", () => {
    const build = (first: string): string[] => [
      `#1 ${first}`,
      "#1 DONE 0.0s",
      "",
      "#2 [1/2] FROM x",
      "#2 DONE 0.0s",
      "",
      "#3 [2/2] RUN y",
      "#3 DONE 1.0s",
      "",
    ];
    const firsts = [
      "[internal] load .dockerignore",
      "[internal] load local bake definitions",
      "[web internal] load build definition from Dockerfile",
      "[internal] load git source https://example.com/x.git",
      "resolve image config for docker.io/docker/dockerfile:1",
    ];
    const log = firsts.flatMap(build).join("\n");
    assert.equal(ciReport(log).builds.length, firsts.length);
    const again = [
      ...build(firsts[0]!),
      "#2 [1/2] FROM x",
      "#2 sha256:0123456789abcdef 1.0MB / 1.0MB 0.5s done",
      "#2 DONE 3.0s",
      "",
      ...build(firsts[0]!),
    ];
    const { builds } = ciReport(again.join("\n"));
    assert.deepEqual(
      builds.map(({ rows }) => rows.map(({ time }) => time?.ms)),
      [
        [0, 3000, 1000],
        [0, 0, 1000],
      ],
    );
  });

  it("agrees with the recorded progress of BuildKit, plain and in a terminal", () => {
    let compared = 0;
    for (const { id, plain, tty, events } of cases) {
      const [build] = ciReport(plain).builds;
      const last = new Map<string, NonNullable<ProgressCase["events"][number]["vertexes"]>[number]>();
      let grouped = false;
      for (const event of events)
        for (const vertex of event.vertexes ?? []) {
          last.set(vertex.d, vertex);
          if (vertex.group !== undefined || vertex.progressGroup !== undefined) grouped = true;
        }
      if (!build || grouped) continue;
      for (const row of build.rows) {
        if (row.name.startsWith("#")) continue;
        const vertex = [...last.values()].find(({ name }) => name.trim() === row.name);
        assert.ok(vertex, `${id}: ${row.name}`);
        const isError = (vertex.error ?? "") !== "";
        if (vertex.completed === undefined) continue;
        if (row.status === "unfinished") continue;
        const status = isError
          ? /context canceled$/.test(vertex.error!)
            ? "CANCELED"
            : "ERROR"
          : vertex.cached
            ? "CACHED"
            : "DONE";
        assert.equal(row.status, status, `${id}: ${row.name}`);
        compared++;
      }
      const wide = tty.find(({ width }) => width >= 80);
      const frames = wide?.frames.map(({ raw }) => raw).join("") ?? "";
      const captured = ciReport(frames).builds;
      assert.equal(captured.length, 1, `${id}: one build in the frames`);
    }
    assert.ok(compared > 60, `${compared} rows compared`);
  });

  it("tells the same of a build in plain, rawjson and on the terminal", async () => {
    const lab = await Lab.open();
    lab.context.write("server.js", "1");
    const record = await lab.build({
      dockerfile: "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN echo hi\n",
      tags: ["memo"],
    });
    const forms = (["plain", "rawjson", "tty"] as const).map((kind) => {
      const report = ciReport(record.progress(kind, { width: 200 }));
      assert.equal(report.builds.length, 1, kind);
      const [build] = report.builds as [CiBuild];
      assert.equal(build.name, "memo:latest", kind);
      assert.equal(build.result, "succeeded", kind);
      return build.rows
        .filter(({ phase }) => phase === "steps" || phase === "pull")
        .map(({ name, status }) => `${name} ${status}`)
        .sort();
    });
    assert.deepEqual(forms[1], forms[0]);
    assert.deepEqual(forms[2], forms[0]);
  });
});

describe("report/ci: records", () => {
  it("reads a .dockerbuild file", () => {
    const [build] = ciReportOfFile(dockerbuild(), nodePlatform).builds as [CiBuild];
    assert.equal(build.format, "record");
    assert.deepEqual(build.wall, { ms: 20_000, basis: "recorded" });
    assert.deepEqual(
      build.rows.map(({ name, status, time }) => [name, status, time?.ms]),
      [
        ["[internal] load build context", "DONE", 4000],
        ["[2/2] RUN make", "CACHED", 0],
        ["[1/2] FROM docker.io/library/gcc", "ERROR", 6000],
      ],
    );
    assert.equal(build.result, "failed");
    assert.ok(codes(build).includes("huge-context"));
  });

  it("reads records of BuildKit v0.34.2 as its own plain progress tells them", () => {
    const file = (name: string): Buffer => readFileSync(join(__dirname, "ci-records", name));
    const { builds } = ciReportOfFile(file("recorded.dockerbuild"), nodePlatform);
    assert.equal(builds.length, 2);
    builds.forEach((build, i) => {
      const [plain] = ciReport(file(`plain-${i + 1}.log`).toString()).builds as [CiBuild];
      const rows = (one: CiBuild): string[] =>
        one.rows.map(({ name, status, error }) => `${name} ${status} ${error ?? ""}`).sort();
      assert.deepEqual(rows(build), rows(plain));
      assert.equal(build.result, plain.result);
      for (const row of build.rows) {
        // A row that failed says no time there.
        const shown = plain.rows.find(({ name }) => name === row.name)!.time?.ms ?? row.time!.ms;
        assert.ok(Math.abs(row.time!.ms - shown) <= 50, `${row.name}: ${row.time!.ms} and ${shown}`);
      }
    });
  });

  it("refuses other archives, and survives broken ones", () => {
    assert.throws(() => ciReportOfFile(gzipSync("no tar"), nodePlatform), /LB_NO_RECORD/);
    assert.throws(() => ciReportOfFile(tarOf({ "index.json": "{}" }), nodePlatform), /LB_NO_RECORD/);
    const whole = dockerbuild(false);
    for (let at = 0; at < whole.length; at += 97) {
      const broken = whole.slice();
      broken[at] = (broken[at]! + 13) & 255;
      try {
        ciReportOfFile(broken, nodePlatform);
      } catch (error) {
        assert.match(String(error), /LB_NO_RECORD/);
      }
    }
  });
});

describe("report/ci: sources", () => {
  it("names a file only when both trees are known, and tells a cold cache from a change", async () => {
    const lab = await Lab.open();
    const dockerfile =
      "FROM node:22-slim\nWORKDIR /app\nCOPY package.json .\nRUN echo install\nCOPY . .\nRUN echo build\n";
    lab.context.writeAll({ "package.json": "{}", "server.js": "1", Dockerfile: dockerfile });
    await lab.build({ dockerfile });
    lab.context.write("server.js", "2");
    const after = await lab.build();
    const text = [
      "#1 [1/6] FROM docker.io/library/node:22-slim",
      "#1 DONE 0.0s",
      "#2 [2/5] WORKDIR /app",
      "#2 DONE 0.1s",
      "#3 [3/5] COPY package.json .",
      "#3 DONE 0.1s",
      "#4 [4/6] RUN echo install",
      "#4 DONE 30.0s",
      "#5 [5/6] COPY . .",
      "#5 DONE 0.2s",
      "#6 [6/6] RUN echo build",
      "#6 DONE 7.0s",
    ].join("\n");
    const alone = ciReport(text);
    assert.ok(!JSON.stringify(alone).includes("server.js"));
    const report = withSources(alone, after);
    const [build] = report.builds as [CiBuild];
    const changed = build.findings.find(({ code }) => code === "changed-files")!;
    assert.match(changed.statements[0]!.text.ko, /server\.js/);
    assert.equal(changed.statements[0]!.basis, "computed");
    assert.equal(changed.ms, 7200);
    const cold = build.findings.find(({ code }) => code === "would-be-reused")!;
    assert.equal(cold.ms, 30_200);
    assert.ok(!report.unknown.some(({ en }) => en.includes("--before")));
  });
});

describe("report/ci: outputs", () => {
  for (const name of readdirSync(LOGS).map((file) => file.replace(/\.log$/, ""))) {
    it(`prints ${name} as the golden files`, () => {
      const report = ciReport(log(name));
      const path = join(__dirname, "golden/ci", name);
      golden(`${path}.txt`, renderCi(report, "text"));
      golden(`${path}.en.txt`, renderCi(report, "text", { locale: "en" }));
      golden(`${path}.md`, renderCi(report, "markdown"));
      golden(`${path}.html`, renderCi(report, "html"));
      assert.deepEqual(JSON.parse(renderCi(report, "json")), JSON.parse(JSON.stringify(report)));
    });
  }

  it("says so when there is no build", () => {
    for (const text of ["", "hello\n#12 fix a bug\n", "\u0000\u001b[", "{}"]) {
      const report = ciReport(text);
      assert.deepEqual(report.builds, []);
      assert.match(renderCi(report, "text"), /찾지 못했습니다/);
    }
  });

  it("never throws", () => {
    const pieces = readdirSync(LOGS).flatMap((file) => readFileSync(join(LOGS, file), "utf8").split("\n"));
    const line = fc.oneof(
      fc.constantFrom(...pieces),
      fc.string({ maxLength: 60 }),
      fc
        .tuple(
          fc.constantFrom("#1 ", "#2 ", " => ", "[+] Building ", "Step 1/2 : ", '{"vertexes":[', "\u001b["),
          fc.string({ maxLength: 30 }),
        )
        .map(([a, b]) => a + b),
      fc.constantFrom(
        '{"vertexes":[{"digest":1,"name":null}]}',
        '{"statuses":[null,{"id":{}}]}',
        '{"logs":[{"vertex":"a","data":"%%%"}]}',
        '{"vertexes":5}',
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.constantFrom("\n", "\r\n", "\r"), (lines, end) => {
        const report = ciReport(lines.join(end));
        for (const medium of ["text", "markdown", "html", "json"] as const) renderCi(report, medium);
      }),
      { numRuns: 150 },
    );
  });

  it("takes time in proportion to the length", () => {
    const hostile = [
      "#1 [a] x\n" + "#1 0.1 y\n".repeat(60_000),
      " ".repeat(400_000),
      "[".repeat(200_000),
      "#1 [1/2] RUN x\n#1 " + "sha256:".repeat(60_000),
      ("\u001b]" + "a".repeat(20)).repeat(20_000),
      "#1 [1/2] RUN x\n" + Array.from({ length: 20_000 }, (_, i) => `#1 part ${i} 1.0s done`).join("\n"),
      "[+] Building 1.0s (1/1)\n" + Array.from({ length: 20_000 }, (_, i) => ` => step ${i} 1.0s`).join("\n"),
      Array.from(
        { length: 20_000 },
        (_, i) => `#${i + 1} [linux/arm64 a ${i + 1}/9] RUN x\n#${i + 1} DONE 1.1s\n`,
      ).join(""),
      "2026-01-01T00:00:00Z ".repeat(20_000),
      "\r".repeat(300_000),
    ];
    for (const text of hostile) {
      const since = process.hrtime.bigint();
      ciReport(text);
      const ms = Number(process.hrtime.bigint() - since) / 1e6;
      assert.ok(ms < 3000, `${ms} ms for ${JSON.stringify(text.slice(0, 30))}`);
    }
  });
});

function two(number: number): string {
  return String(number % 60).padStart(2, "0");
}

type Field = readonly [number, number | string | Uint8Array];

/** A protobuf message; numbers as varints. */
function proto(fields: readonly Field[]): Uint8Array {
  const bytes: number[] = [];
  const varint = (value: number): void => {
    while (value > 127) {
      bytes.push((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    bytes.push(value);
  };
  for (const [field, value] of fields) {
    if (typeof value === "number") {
      varint(field * 8);
      varint(value);
      continue;
    }
    const content = typeof value === "string" ? new TextEncoder().encode(value) : value;
    varint(field * 8 + 2);
    varint(content.length);
    bytes.push(...content);
  }
  return Uint8Array.from(bytes);
}

const EPOCH = 1_767_225_600;
const time = (second: number): Uint8Array => proto([[1, EPOCH + second]]);

function tarOf(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const blocks: Buffer[] = [];
  for (const [name, data] of Object.entries(files)) {
    const content = Buffer.from(data as Uint8Array);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(content.length.toString(8).padStart(11, "0") + "\0", 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write("0", 156);
    header.write("ustar\u000000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(sum.toString(8).padStart(6, "0") + "\0 ", 148);
    blocks.push(header, content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A record as `docker buildx history export` writes it. */
function dockerbuild(zipped = true): Uint8Array {
  const vertex = (digest: string, name: string, more: readonly Field[]): Field => [
    1,
    proto([[1, digest], [3, name], ...more]),
  ];
  const messages = [
    proto([
      vertex("sha256:a", "[internal] load build context", [[5, time(1)]]),
      vertex("sha256:b", "[2/2] RUN make", [
        [2, "sha256:c"],
        [4, 1],
        [5, time(6)],
        [6, time(6)],
      ]),
    ]),
    proto([
      vertex("sha256:a", "[internal] load build context", [
        [5, time(1)],
        [6, time(5)],
      ]),
      [
        2,
        proto([
          [1, "transferring context:"],
          [2, "sha256:a"],
          [4, 123_456_789],
          [7, time(1)],
          [8, time(5)],
        ]),
      ],
      [
        3,
        proto([
          [1, "sha256:b"],
          [3, 1],
          [4, "hello\n"],
        ]),
      ],
    ]),
    proto([
      vertex("sha256:c", "[1/2] FROM docker.io/library/gcc", [
        [5, time(6)],
        [6, time(12)],
        [7, "boom"],
      ]),
    ]),
  ];
  const status = Buffer.concat(
    messages.flatMap((bytes) => {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(bytes.length);
      return [head, Buffer.from(bytes)];
    }),
  );
  const record = JSON.stringify({
    Ref: "abc",
    FrontendAttrs: { filename: "Dockerfile" },
    CreatedAt: { seconds: EPOCH },
    CompletedAt: { seconds: EPOCH + 20 },
    error: { code: 2, message: "boom" },
  });
  const manifest = JSON.stringify({
    config: { mediaType: "application/vnd.buildkit.historyrecord.v0", digest: "sha256:config" },
    layers: [{ mediaType: "application/vnd.buildkit.status.v0", digest: "sha256:status" }],
  });
  const tar = tarOf({
    "oci-layout": '{"imageLayoutVersion":"1.0.0"}',
    "index.json": JSON.stringify({ manifests: [{ digest: "sha256:manifest" }] }),
    "blobs/sha256/manifest": manifest,
    "blobs/sha256/config": record,
    "blobs/sha256/status": status,
  });
  return zipped ? gzipSync(tar) : tar;
}
