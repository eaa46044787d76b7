/** The small readers of the graph folder: platforms, ports, modes, owners, git references, environments, paths, durations. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { EnvList } from "../../kernel-helpers/src/graph/env-list";
import { isIpAddress, parsePort } from "../../kernel-helpers/src/graph/expose";
import { isGitSource, isHttpSource, parseGitRef } from "../../kernel-helpers/src/graph/git-ref";
import { formatDuration, formatList, formatQuotedList } from "../../kernel-helpers/src/graph/go-text";
import { isOwnerByName, parseChmod, parseOwner } from "../../kernel-helpers/src/graph/modes";
import { basePath, cleanPath, dirPath, joinPath, normalizePath } from "../../kernel-helpers/src/graph/paths";
import {
  formatPlatform,
  formatPlatformAll,
  normalizePlatform,
  parsePlatform,
} from "../../kernel-helpers/src/graph/platform-spec";
import { checkSignal } from "../../kernel-helpers/src/graph/signals";

/** Each line: input | expected; `!` before an expected refusal. */
function table(rows: string, answer: (input: string) => string): void {
  for (const row of rows.trim().split("\n")) {
    const bar = row.lastIndexOf(" | ");
    const input = row.slice(0, bar).trim();
    const expected = row.slice(bar + 3).trim();
    let actual: string;
    try {
      actual = answer(input);
    } catch (error) {
      actual = "! " + (error as Error).message;
    }
    assert.equal(actual, expected, input);
  }
}

describe("platforms", () => {
  it("are read, completed and written as containerd does", () => {
    table(
      `
      linux/amd64 | linux/amd64
      linux | linux/amd64
      arm64 | linux/arm64
      aarch64 | linux/arm64
      linux/x86_64 | linux/amd64
      linux/arm/v7 | linux/arm/v7
      linux/arm | linux/arm
      armhf | linux/arm
      linux/arm64 | linux/arm64
      linux/arm64/v8 | linux/arm64/v8
      macOS/amd64 | darwin/amd64
      windows(10.0.1)/amd64 | windows(10.0.1)/amd64
      linux/none64 | linux/none64
      nonsense | ! "nonsense": unknown operating system or architecture: invalid argument
      a/b/c/d | ! "a/b/c/d": cannot parse platform specifier: invalid argument
      linux/* | ! "linux/*": wildcards not yet supported: invalid argument
      linux/ | ! "" is an invalid component of "linux/": platform specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument
      `,
      (text) => formatPlatformAll(parsePlatform(text)),
    );
  });

  it("have one spelling when normalised", () => {
    assert.equal(formatPlatform(normalizePlatform(parsePlatform("linux/arm64/v8"))), "linux/arm64");
    assert.equal(formatPlatform(normalizePlatform(parsePlatform("linux/arm"))), "linux/arm/v7");
    fc.assert(
      fc.property(
        fc.constantFrom("amd64", "arm", "arm64", "386", "s390x"),
        fc.constantFrom("", "/v6", "/v7", "/v8"),
        (arch, variant) => {
          const once = normalizePlatform(parsePlatform(`linux/${arch}${variant}`));
          assert.deepEqual(normalizePlatform(once), once);
        },
      ),
    );
  });
});

describe("ports", () => {
  it("are read as EXPOSE reads them", () => {
    table(
      `
      80 | 80/tcp
      80/UDP | 80/udp ExposeProtoCasing
      8000-8002/tcp | 8000/tcp 8001/tcp 8002/tcp
      1:2 | 2/tcp ExposeInvalidFormat
      127.0.0.1:80:81/sctp | 81/sctp ExposeInvalidFormat
      [::1]:80:81 | 81/tcp ExposeInvalidFormat
      0 | 0/tcp
      70000 | ! invalid containerPort: 70000
      http | ! invalid containerPort: http
      9-8 | ! invalid containerPort: 9-8
      80/icmp | ! invalid port: "80/icmp": invalid proto: icmp
      /tcp | ! invalid port: "/tcp": no port specified
      300.1.1.1:1:2 | ! invalid IP address: 300.1.1.1
      1-3:5-6 | ! invalid ranges specified for container and host Ports: 5-6 and 1-3
      x:80 | ! invalid hostPort: x
      `,
      (text) => {
        const found: string[] = [];
        const ports = parsePort(text, ({ rule }) => found.push(rule));
        return [...ports, ...found].join(" ");
      },
    );
  });

  it("tells addresses from other texts", () => {
    for (const good of ["1.2.3.4", "::", "::1", "fe80::1:2", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8"])
      assert.ok(isIpAddress(good), good);
    for (const bad of [
      "",
      "1.2.3",
      "01.2.3.4",
      "1.2.3.4.5",
      ":::",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "g::",
      "::%eth0",
      "256.1.1.1",
    ]) {
      assert.ok(!isIpAddress(bad), bad);
    }
  });
});

describe("--chmod and --chown", () => {
  it("takes octal and symbolic modes", () => {
    const octal = (text: string): string =>
      `! invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`;
    table(
      `
      755 | {"mode":493}
      07777 | {"mode":4095}
      u+x | {"symbolic":"u+x"}
      a+rX,go-w | {"symbolic":"a+rX,go-w"}
      +x | {"symbolic":"+x"}
      u=g | {"symbolic":"u=g"}
      888 | ${octal("888")}
      10000 | ${octal("10000")}
      7x | ${octal("7x")}
      rwx | ! invalid syntax
      u | ! invalid syntax
      u+x, | ! invalid syntax
      u+q | ! invalid syntax
      `,
      (text) => JSON.stringify(parseChmod(text)),
    );
  });

  it("keeps names for the image to look up", () => {
    assert.deepEqual(parseOwner("1000:node", 3), { user: { id: 1000 }, group: { name: "node", input: 3 } });
    assert.deepEqual(parseOwner("root", 0), { user: { id: 0 } });
    assert.deepEqual(parseOwner("5:", 0), { user: { id: 5 } });
    assert.deepEqual(parseOwner(":7", 0), { user: { id: 0 }, group: { id: 7 } });
    assert.ok(isOwnerByName("1:node"));
    assert.ok(!isOwnerByName("1:2"));
  });
});

describe("git references", () => {
  it("are told from URLs and paths", () => {
    assert.deepEqual(parseGitRef("https://github.com/a/b.git#main:docs"), {
      remote: "https://github.com/a/b.git",
      id: "github.com/a/b.git#main:docs",
      ref: "main",
      checksum: "",
      subdir: "docs",
      fetchByCommit: false,
    });
    assert.equal(parseGitRef("git@github.com:a/b.git?tag=v1")?.ref, "refs/tags/v1");
    for (const path of ["a/b", "./git@h:x", "https://h/a.tgz", "github.com/a/b", "ftp://h/a.git", "한글"]) {
      assert.equal(parseGitRef(path), undefined, path);
    }
    assert.ok(isHttpSource("https://h/a.tgz") && !isHttpSource("https://h/a.git"));
    assert.ok(isGitSource("github.com/a/b") && !isGitSource("a/b"));
  });

  it("refuses contradictions", () => {
    table(
      `
      https://h/r.git?ref=a#b | ! ref conflicts: "b" vs "a"
      https://h/r.git?tag=a&branch=b | ! branch conflicts with tag
      https://h/r.git?subdir=a#:b | ! subdir conflicts: "b" vs "a"
      https://h/r.git?ref= | ! query "ref" has no value
      https://h/r.git?ref=a&ref=b | ! query "ref" has multiple values
      https://h/r.git?submodules=maybe | ! invalid submodules value: "maybe"
      https://h/r.git?mtime=x | ! invalid mtime value: "x" (must be "checkout" or "commit")
      https://h/r.git?bogus=1 | ! unexpected query "bogus"
      `,
      (text) => JSON.stringify(parseGitRef(text)),
    );
  });
});

describe("environments", () => {
  it("keep the order of the last assignment, whatever branches off", () => {
    const step = fc.tuple(
      fc.constantFrom("A", "B", "C", "D"),
      fc.oneof(fc.string({ maxLength: 3 }), fc.constant(undefined)),
      fc.nat(9),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (all) => {
        const lists = [EnvList.empty];
        const models: [string, string][][] = [[]];
        for (const [key, value, from] of all) {
          const base = from % lists.length;
          lists.push(
            value === undefined
              ? (lists[base] as EnvList).delete(key)
              : (lists[base] as EnvList).set(key, value),
          );
          const rest = (models[base] as [string, string][]).filter(([name]) => name !== key);
          models.push(value === undefined ? rest : [...rest, [key, value]]);
        }
        lists.forEach((list, i) => {
          const model = models[i] as [string, string][];
          assert.deepEqual(
            list.toArray(),
            model.map(([key, value]) => `${key}=${value}`),
          );
          for (const key of "ABCD") assert.equal(list.get(key), model.find(([name]) => name === key)?.[1]);
        });
      }),
    );
  });
});

describe("paths", () => {
  it("are cleaned and joined as Go does", () => {
    table(
      `
      /a//b/../c/ | /a/c
      ./a | a
      a/../.. | ..
      /.. | /
      .git/x | .git/x
      a/.b | a/.b
      `,
      cleanPath,
    );
    assert.equal(joinPath("", "a", "", "b/"), "a/b");
    assert.equal(joinPath("", ""), "");
    assert.deepEqual(
      [basePath("/a/b/"), basePath("//"), basePath(""), dirPath("a/b"), dirPath("a")],
      ["b", "/", ".", "a", "."],
    );
  });

  it("keep the slash that says directory", () => {
    assert.equal(normalizePath("/w", "d/", "linux", true), "/w/d/");
    assert.equal(normalizePath("/w", "/d/.", "linux", true), "/d/./.");
    assert.equal(normalizePath("", "", "linux", true), "/");
    assert.equal(normalizePath("C:\\w", "C:\\x\\y", "windows", false), "/x/y");
    assert.throws(() => normalizePath("/", "D:\\x", "windows", false), /not on the system drive/);
  });
});

describe("Go's spellings", () => {
  it("of durations and lists", () => {
    const ns = (text: string): string => formatDuration(Number(text));
    table(
      `
      0 | 0s
      1500000000 | 1.5s
      30000000000 | 30s
      90000000000 | 1m30s
      3600000000000 | 1h0m0s
      100000000 | 100ms
      1500000 | 1.5ms
      2500 | 2.5µs
      7 | 7ns
      -90000000000 | -1m30s
      `,
      ns,
    );
    assert.equal(formatList(["a", "b c"]), "[a b c]");
    assert.equal(formatQuotedList(["a", 'b"', "한\n"]), '["a" "b\\"" "한\\n"]');
  });

  it("of signals", () => {
    for (const good of ["SIGTERM", "term", "9", "SIGRTMIN+3", "-1"]) checkSignal(good);
    for (const bad of ["", "0", "SIGBOGUS", "RTMAX-15"])
      assert.throws(() => checkSignal(bad), { message: "invalid signal: " + bad });
  });
});
