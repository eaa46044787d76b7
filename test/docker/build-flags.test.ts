import assert from "node:assert/strict";

import { parseBuildFlags } from "../../kernel-helpers/src/docker/build-flags";
import { FlagError } from "../../kernel-helpers/src/docker/flags";

const parse = (line: string, env: Record<string, string> = {}): ReturnType<typeof parseBuildFlags> =>
  parseBuildFlags(line.split(" ").filter(Boolean), (name) => env[name]);

describe("the flags of docker build", () => {
  it("reads every way of writing a flag, before and after the path", () => {
    const flags = parse(
      "-t memo --tag=memo:2 -tmemo:3 . -f docker/Dockerfile --target build --no-cache --platform=linux/amd64,linux/arm64",
    );
    assert.deepEqual(flags.options, {
      file: "docker/Dockerfile",
      target: "build",
      noCache: true,
      platform: "linux/amd64,linux/arm64",
      tags: ["memo", "memo:2", "memo:3"],
    });
    assert.equal(flags.path, ".");
  });

  it("takes build arguments without a value from the environment, and leaves unset ones out", () => {
    const flags = parse("--build-arg A=1 --build-arg B=x=y --build-arg C --build-arg D .", { C: "from env" });
    assert.deepEqual(flags.options.buildArgs, { A: "1", B: "x=y", C: "from env" });
  });

  it("reads hosts, labels, caches, secrets and contexts", () => {
    const flags = parse(
      "--add-host a:10.0.0.1 --add-host b=[::1] --label x=1 --label y --cache-to type=local,dest=/c,mode=max --cache-from type=local,src=/c --cache-from memo:cache --secret id=t,src=f.txt --secret id=u,env=U --secret id=v --build-context lib=../lib --build-context base=docker-image://alpine --no-cache-filter a,b --call=check -",
    );
    assert.deepEqual(flags.options, {
      labels: { x: "1", y: "" },
      noCacheFilter: ["a", "b"],
      addHosts: { a: "10.0.0.1", b: "::1" },
      cacheTo: "/c",
      cacheMode: "max",
      cacheFrom: ["/c", "memo:cache"],
      check: true,
    });
    assert.deepEqual(flags.secrets, [
      { id: "t", file: "f.txt" },
      { id: "u", env: "U" },
      { id: "v", env: "v", file: "v" },
    ]);
    assert.deepEqual(flags.contexts, [
      { name: "lib", path: "../lib" },
      { name: "base", image: "alpine" },
    ]);
    assert.equal(flags.path, "-");
  });

  it("keeps a list of flags that change nothing here", () => {
    assert.deepEqual(parse("--provenance=false -m 1g --rm=false .").ignored, [
      "--provenance",
      "-m, --memory",
      "--rm",
    ]);
  });

  const refused: [line: string, code: string, message: string][] = [
    ["--nocache .", "LB_UNKNOWN_FLAG", "unknown flag: --nocache"],
    ["-x .", "LB_UNKNOWN_FLAG", "unknown shorthand flag: 'x' in -x"],
    ["--target", "LB_FLAG_VALUE", "flag needs an argument: --target"],
    ["-t", "LB_FLAG_VALUE", "flag needs an argument: 't' in -t"],
    [
      "--no-cache=maybe .",
      "LB_FLAG_VALUE",
      'invalid argument "maybe" for "--no-cache" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    ["--progress=loud .", "LB_FLAG_VALUE", "invalid progress mode loud"],
    ["--secret src=x .", "LB_FLAG_VALUE", 'missing secret "id" in "src=x"'],
    ["a b", "LB_ARGUMENTS", "requires 1 argument, but got 2: a b"],
    ["--__proto__ .", "LB_UNKNOWN_FLAG", "unknown flag: --__proto__"],
  ];
  for (const [line, code, message] of refused) {
    it(`refuses ${line}`, () => {
      assert.throws(
        () => parse(line),
        (error: unknown) => error instanceof FlagError && error.code === code && error.message === message,
      );
    });
  }
});
