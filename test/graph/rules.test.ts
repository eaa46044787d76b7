/** Rules of the graph one by one: names, merging, reachability, mounts, links, options, refusals, hostile input. */

import assert from "node:assert/strict";
import {
  lint,
  walkVertices,
  type ExecOp,
  type FileOp,
  type LocalOp,
  type Vertex,
} from "../../kernel-helpers/src/graph";
import { convertText, inputOf, refusal, steps } from "./helpers";

const names = async (...args: Parameters<typeof convertText>): Promise<string[]> =>
  steps(await convertText(...args)).map(({ name }) => name.replace(/@sha256:\w+/, ""));

async function execs(text: string, options?: Parameters<typeof convertText>[1]): Promise<ExecOp[]> {
  return steps(await convertText(text, options)).flatMap(({ op }) => (op.kind === "exec" ? [op] : []));
}

describe("step names", () => {
  it("count what is shown and pad to the width of the total", async () => {
    const runs = Array.from({ length: 9 }, (_, i) => `RUN ${i}\n`).join("");
    const shown = await names("FROM a\n" + runs);
    assert.equal(shown[0], "[ 1/10] FROM docker.io/library/a:latest");
    assert.equal(shown[9], "[10/10] RUN 8");
    assert.deepEqual(await names("FROM scratch\nWORKDIR /\nWORKDIR /x\n"), ["[1/2] WORKDIR /x"]);
  });

  it("show the stage when there is more than one state", async () => {
    assert.deepEqual(await names("FROM a\nRUN --mount=type=tmpfs,target=/t x\n"), [
      "[stage-0 1/2] FROM docker.io/library/a:latest",
      "[stage-0 2/2] RUN --mount=type=tmpfs,target=/t x",
    ]);
    assert.deepEqual(await names("FROM scratch\nCOPY --from=b /x /y\n"), [
      "FROM docker.io/library/b:latest",
      "[stage-0 1/1] COPY --from=b /x /y",
    ]);
  });

  it("expand what the builder knows and hide secrets", async () => {
    const [, run] = await names(
      "FROM a\nENV A=1\nRUN --mount=type=secret,id=t,env=T echo $A $T ${N} '$A' \\$A\n",
    );
    assert.equal(run, "[stage-0 2/2] RUN --mount=type=secret,id=t,env=T echo 1 **** ${N} '$A' \\$A");
    const [, heredoc] = await names("FROM a\nRUN <<-'E'\n\techo\n\tb\n\tE\n");
    assert.equal(heredoc, "[2/2] RUN <<-'E' (echo...)");
  });

  it("come from the stage that is walked last when steps are equal", async () => {
    const conversion = await convertText(
      "FROM a AS x\nRUN r\nFROM a AS y\nRUN r\nFROM x\nCOPY --from=y / /\n",
    );
    assert.deepEqual(
      steps(conversion).map(({ name }) => name.replace(/@sha256:\w+/, "")),
      ["[y 1/2] FROM docker.io/library/a:latest", "[y 2/2] RUN r", "[stage-2 1/1] COPY --from=y / /"],
    );
  });
});

describe("several platforms", () => {
  const text =
    "FROM --platform=$BUILDPLATFORM go AS build\nWORKDIR /s\nARG TARGETARCH\nRUN b\nFROM a\nCOPY --from=build /o /o\n";
  it("share what does not depend on the target", async () => {
    const conversion = await convertText(text, { platform: "linux/amd64,linux/arm64" });
    const shown = walkVertices(conversion.targets.map(({ root }) => root)).map(({ name }) =>
      name.replace(/@sha256:\w+/, ""),
    );
    assert.deepEqual(shown, [
      "[linux/amd64 stage-1 1/2] FROM docker.io/library/a:latest",
      "[linux/amd64 build 1/3] FROM docker.io/library/go:latest",
      "[linux/amd64 build 2/3] WORKDIR /s",
      "[linux/amd64 build 3/3] RUN b",
      "[linux/amd64 stage-1 2/2] COPY --from=build /o /o",
      "[linux/arm64 stage-1 1/2] FROM docker.io/library/a:latest",
      "[linux/amd64->arm64 build 3/3] RUN b",
      "[linux/arm64 stage-1 2/2] COPY --from=build /o /o",
    ]);
    assert.deepEqual(
      conversion.targets.map(({ platformId }) => platformId),
      ["linux/amd64", "linux/arm64"],
    );
    assert.ok(
      conversion.internal.some(
        ({ name }) => name === "[linux/arm64 internal] load metadata for docker.io/library/a:latest",
      ),
    );
  });

  it("are refused together when the result must be one image", async () => {
    const message = await refusal(text, {
      platform: "linux/amd64,linux/arm64",
      buildArgs: { BUILDKIT_MULTI_PLATFORM: "0" },
    });
    assert.equal(message, "conflicting config: returning multiple target platforms is not allowed");
  });
});

describe("requests", () => {
  it("come in phases: definition, frontend, metadata, ignore file", async () => {
    const { internal } = await convertText(
      "# syntax=docker/dockerfile:1\nFROM a\nCOPY --from=b x y\nCOPY z .\n",
    );
    assert.deepEqual(
      internal.map(({ phase, name }) => [phase, name.replace(/@sha256:\w+/, "")]),
      [
        [0, "[internal] load build definition from Dockerfile"],
        [1, "resolve image config for docker-image://docker.io/docker/dockerfile:1"],
        [2, "docker-image://docker.io/docker/dockerfile:1"],
        [3, "[internal] load metadata for docker.io/library/a:latest"],
        [3, "[internal] load metadata for docker.io/library/b:latest"],
        [4, "[internal] load .dockerignore"],
      ],
    );
  });

  it("leave the ignore file out when the Dockerfile has its own, even an empty one", async () => {
    const { internal, targets } = await convertText(
      "FROM scratch\nCOPY a b\n",
      {},
      { dockerignore: "x\n", fileDockerignore: "" },
    );
    assert.deepEqual(
      internal.map(({ name }) => name),
      ["[internal] load build definition from Dockerfile"],
    );
    const context = walkVertices([targets[0]?.root ?? null]).find(({ op }) => op.kind === "local");
    assert.deepEqual((context?.op as LocalOp).excludePatterns, []);
  });

  it("look up each image once", async () => {
    let asked = 0;
    await convertText(
      "FROM a AS x\nFROM a AS y\nCOPY --from=a / /\nCOPY --from=x / /\n",
      {},
      {
        resolveImage: () => {
          asked++;
          return Promise.resolve({ digest: "sha256:" + "3".repeat(64), config: {} });
        },
      },
    );
    assert.equal(asked, 1);
  });

  it("are passed over for Docker's frontend when it is not there", async () => {
    const { internal, error } = await convertText(
      "# syntax=docker/dockerfile:1\nFROM scratch\n",
      {},
      {
        resolveImage: () => Promise.resolve({ error: "no network" }),
      },
    );
    assert.equal(error, undefined);
    assert.ok(!internal.some(({ name }) => name.includes("docker-image")));
  });

  it("fail for a frontend that is not Docker's and not there", async () => {
    const { internal, error } = await convertText(
      "# syntax=nobody/x\nFROM scratch\n",
      {},
      {
        resolveImage: () => Promise.resolve({ error: "not found" }),
      },
    );
    assert.equal(
      error?.message,
      "failed to resolve source metadata for docker.io/nobody/x:latest: not found",
    );
    assert.equal(internal.at(-1)?.name, "resolve image config for docker-image://docker.io/nobody/x:latest");
  });
});

describe("RUN", () => {
  it("has the environment in the order of the last assignment", async () => {
    const [run] = await execs("FROM a\nENV A=1 B=2\nARG C=3\nENV A=4\nRUN x\n");
    assert.deepEqual(run?.env, ["PATH=/bin", "B=2", "C=3", "A=4"]);
  });

  it("sees proxies beside its environment", async () => {
    const [run] = await execs("FROM a\nRUN x\n", { buildArgs: { http_proxy: "p", Unused: "u" } });
    assert.deepEqual([run?.env, run?.proxyEnv], [["PATH=/bin"], { HTTP_PROXY: "p" }]);
  });

  it("gives caches the id of their target", async () => {
    const [run] = await execs(
      "FROM a\nWORKDIR /app\nRUN --mount=type=cache,target=/c --mount=type=cache,target=rel --mount=type=cache,id=k,target=/d,sharing=locked x\n",
    );
    const caches = run?.mounts
      .slice(1)
      .map(({ dest, cache }) => [dest, cache?.id, cache?.sharing, cache?.isDefaultId]);
    assert.deepEqual(caches, [
      ["/app/rel", "/rel", "shared", false],
      ["/c", "//c", "shared", true],
      ["/d", "/k", "locked", false],
    ]);
  });

  it("makes a folder for a cache with an owner", async () => {
    const conversion = await convertText("FROM a\nRUN --mount=type=cache,target=/c,uid=5,mode=0700 x\n");
    const folder = walkVertices([conversion.targets[0]?.root ?? null]).find(({ name }) =>
      name.includes("cache mount permissions"),
    );
    assert.ok(folder?.internal);
    assert.deepEqual((folder.op as FileOp).actions[0], {
      action: "mkdir",
      input: -1,
      path: "/cache",
      mode: 0o700,
      makeParents: false,
      owner: { user: { id: 5 }, group: { id: 0 } },
      timestamp: -1,
    });
  });

  it("needs leave for the host's network and for insecure mode", async () => {
    assert.equal(
      await refusal("FROM a\nRUN --network=host x\n"),
      "failed to load LLB: network.host is not allowed",
    );
    assert.equal(
      await refusal("FROM a\nRUN --security=insecure x\n", { allow: ["network.host"] }),
      "failed to load LLB: security.insecure is not allowed",
    );
    assert.equal(await refusal("FROM a\nRUN --network=host x\n", { allow: ["network.host"] }), undefined);
  });
});

describe("COPY", () => {
  it("--link is a copy and a merge in one row", async () => {
    const [, copy, merge] = steps(await convertText("FROM a\nCOPY --link x /y/\n"));
    assert.deepEqual([copy?.op.kind, merge?.op.kind], ["file", "merge"]);
    assert.equal(merge?.name, "[2/2] LINK COPY --link x /y/");
    assert.equal(copy?.progressGroup?.id, merge?.progressGroup?.id);
    assert.deepEqual(
      [copy?.progressGroup, merge?.progressGroup].map((group) => [group?.name, group?.weak]),
      [
        ["[2/2] COPY --link x /y/", true],
        ["[2/2] COPY --link x /y/", false],
      ],
    );
  });

  it("asks for the union of all paths, or for everything", async () => {
    const follow = async (text: string): Promise<readonly string[]> => {
      const { targets } = await convertText(text);
      const context = walkVertices([targets[0]?.root ?? null]).find(({ op }) => op.kind === "local");
      return (context?.op as LocalOp).followPaths;
    };
    assert.deepEqual(await follow("FROM a AS x\nCOPY b /b\nFROM a\nCOPY a/../c ./d /\nCOPY --from=x / /\n"), [
      "b",
      "c",
      "d",
    ]);
    assert.deepEqual(await follow("FROM a\nCOPY b /b\nCOPY . /\n"), []);
    assert.deepEqual(await follow("FROM a\nRUN --mount=type=bind,source=s,target=/t x\n"), ["s"]);
  });

  it("from a named local context follows only what is used of it", async () => {
    const { internal, targets } = await convertText(
      "FROM a\nCOPY --from=docs g /h/ /d/\n",
      { buildContexts: { docs: {} } },
      {
        contextDockerignores: { docs: "*.tmp\n" },
      },
    );
    assert.ok(internal.some(({ name }) => name === "[context docs] load .dockerignore"));
    const local = walkVertices([targets[0]?.root ?? null]).find(
      ({ name }) => name === "[context docs] load from client",
    );
    assert.deepEqual(
      [(local?.op as LocalOp).followPaths, (local?.op as LocalOp).excludePatterns],
      [["g", "h"], ["*.tmp"]],
    );
  });
});

describe("--no-cache", () => {
  const ignored = (vertices: readonly Vertex[]): string[] =>
    vertices.filter((vertex) => vertex.ignoreCache).map(({ name }) => name);
  it("marks RUN, COPY and ADD of every stage, or of those named", async () => {
    const text = "FROM a AS one\nWORKDIR /w\nRUN x\nFROM a AS two\nCOPY --from=one /a /b\nADD c d\n";
    assert.deepEqual(ignored(steps(await convertText(text, { noCache: true }))), [
      "[one 3/3] RUN x",
      "[two 2/3] COPY --from=one /a /b",
      "[two 3/3] ADD c d",
    ]);
    assert.deepEqual(ignored(steps(await convertText(text, { noCacheFilter: ["ONE", "unknown"] }))), [
      "[one 3/3] RUN x",
    ]);
  });
});

describe("SOURCE_DATE_EPOCH", () => {
  it("dates history and WORKDIR, and is no variable", async () => {
    const { targets } = await convertText("FROM a\nWORKDIR /w\nRUN x\n", { sourceDateEpoch: 1735689600 });
    const vertices = steps({ targets, internal: [], rows: [], warnings: [] });
    assert.deepEqual(
      targets[0]?.history.map(({ entry }) => entry.created),
      ["2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"],
    );
    assert.equal((vertices[1]?.op as FileOp).actions[0]?.timestamp, 1735689600e9);
    assert.ok(!(vertices[2]?.op as ExecOp).env.some((variable) => variable.startsWith("SOURCE")));
    assert.equal(
      await refusal("FROM a\n", { buildArgs: { SOURCE_DATE_EPOCH: "never" } }),
      "invalid SOURCE_DATE_EPOCH: never",
    );
  });
});

describe("rows", () => {
  it("list every instruction of the stages needed, with its step", async () => {
    const { rows } = await convertText(
      'FROM a AS unused\nRUN q\nFROM a AS b\nENV A=1\nRUN x\nFROM scratch\nLABEL l=1\nCOPY --from=b /a /b\nCMD ["c"]\n',
    );
    assert.deepEqual(
      rows.map(({ stage, instruction, line, layer, history, vertex }) => [
        stage,
        instruction,
        line,
        layer,
        history,
        vertex?.name.replace(/@sha256:\w+/, ""),
      ]),
      [
        ["b", "FROM", 3, false, false, "[b 1/2] FROM docker.io/library/a:latest"],
        ["b", "ENV", 4, false, false, undefined],
        ["b", "RUN", 5, true, false, "[b 2/2] RUN x"],
        ["stage-2", "FROM", 6, false, false, undefined],
        ["stage-2", "LABEL", 7, false, true, undefined],
        ["stage-2", "COPY", 8, true, true, "[stage-2 1/1] COPY --from=b /a /b"],
        ["stage-2", "CMD", 9, false, true, undefined],
      ],
    );
  });
});

describe("refusals", () => {
  it("come with the requests and warnings made before", async () => {
    const conversion = await convertText("from a AS X\nRUN x\nCOPY --chmod=9 a b\n");
    assert.equal(conversion.error?.code, "LB_CHMOD");
    assert.deepEqual(conversion.error?.lines, [[[3, 3]]]);
    assert.ok(
      conversion.warnings.length > 0 && conversion.internal.length === 3 && conversion.targets.length === 0,
    );
  });

  it("name what is not there", async () => {
    assert.equal(
      await refusal("", {}, { text: undefined, file: "x/My.Dockerfile" }),
      "failed to read dockerfile: open My.Dockerfile: no such file or directory",
    );
    assert.equal(
      await refusal("FROM nobody\n"),
      "nobody: failed to resolve source metadata for docker.io/library/nobody:latest: docker.io/library/nobody:latest: not found",
    );
    assert.equal(
      await refusal("FROM a AS build\nFROM a\nCOPY --from=nobuild / /\n"),
      "nobuild: failed to resolve source metadata for docker.io/library/nobuild:latest: docker.io/library/nobuild:latest: not found (did you mean build?)",
    );
    assert.equal(await refusal("FROM a\n", { target: "bild" }), 'target stage "bild" could not be found');
    assert.equal(
      await refusal("FROM a\n", { ulimit: ["bogus=1"] }),
      "failed to parse ulimit: invalid ulimit type: bogus",
    );
    assert.equal(
      await refusal("FROM a\n", { addHosts: { h: "nope" } }),
      "failed to parse additional hosts: failed to parse IP nope",
    );
  });
});

describe("checks", () => {
  it("look at every stage when there is no target", async () => {
    const text = "FROM a AS unused\nCMD x\nFROM a\n";
    assert.equal((await lint(inputOf(text))).warnings[0]?.rule, "JSONArgsRecommended");
    assert.equal((await lint(inputOf(text, { target: "unused" }))).warnings.length, 1);
    assert.equal((await convertText(text)).warnings.length, 0);
  });
});

describe("hostile input", () => {
  it("of great depth and length stays linear", async function () {
    this.timeout(20_000);
    const chain = Array.from(
      { length: 3000 },
      (_, i) => `FROM ${i === 0 ? "a" : `s${i - 1}`} AS s${i}\nRUN ${i}\n`,
    ).join("");
    assert.equal(steps(await convertText(chain)).length, 3001);
    const copies = Array.from(
      { length: 3000 },
      (_, i) => `FROM a AS c${i}\nCOPY --from=${i === 0 ? "b" : `c${i - 1}`} /x /y\n`,
    ).join("");
    assert.ok(steps(await convertText(copies)).length > 3000);
    const runs = "FROM a\n" + Array.from({ length: 20_000 }, (_, i) => `RUN ${i}\n`).join("");
    assert.equal(steps(await convertText(runs)).length, 20_001);
  });

  it("never throws, whatever the bytes", async () => {
    const pieces = [
      "FROM a\n",
      "RUN ",
      "COPY ",
      "--mount=",
      "--from=",
      "<<E\n",
      "${",
      "}",
      "\\\n",
      '["',
      "\0",
      "\ufffd",
      "한",
      "$A",
      "ONBUILD ",
      "E\n",
      "ARG A=",
      "WORKDIR ",
      "\n",
      ",",
      "=",
      "type=cache",
    ];
    let seed = 7;
    for (let i = 0; i < 400; i++) {
      let text = "FROM a\n";
      for (let j = 0; j < 12; j++) {
        seed = (seed * 1103515245 + 12345) & 0x7fffffff;
        text += pieces[seed % pieces.length];
      }
      const conversion = await convertText(text);
      assert.ok(conversion.error === undefined || conversion.error.message !== "", text);
    }
  });

  it("cannot reach prototypes by names", async () => {
    const { targets, error } = await convertText(
      "FROM a AS constructor\nENV __proto__=1 constructor=2\nLABEL __proto__=3 toString=4\nARG hasOwnProperty\nRUN x\n",
    );
    assert.equal(error, undefined);
    const config = targets[0]?.image["config"] as { Env: string[]; Labels: Record<string, string> };
    assert.deepEqual(config.Env, ["PATH=/bin", "__proto__=1", "constructor=2"]);
    assert.equal(JSON.stringify(config.Labels), '{"__proto__":"3","toString":"4"}');
  });
});
