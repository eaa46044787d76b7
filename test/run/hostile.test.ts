/** Commands that never end, fill the disk, fork, or try to leave the machine. */

import assert from "node:assert/strict";

import { runCommand, type RunRequest, type RunResult } from "../../kernel-helpers/src/run";
import { BoundedRegExp } from "../../kernel-helpers/src/run/machine/bounded-regex";
import { baseSnapshot, debianTree } from "./base";

const NOW = 1735689600;

function run(command: string, more: Partial<RunRequest> = {}): Promise<RunResult> {
  return runCommand({
    args: ["/bin/sh", "-c", command],
    env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    cwd: "/",
    user: "",
    fs: baseSnapshot("busybox:latest").fork(NOW),
    network: "none",
    now: NOW,
    ...more,
  });
}

const text = (result: RunResult): string => result.output.map((piece) => piece.data).join("");

describe("limits of a RUN", function () {
  this.timeout(60_000);
  const endless: Record<string, string> = {
    "a loop of builtins": "while :; do :; done",
    "a loop of programs": "while true; do ls / > /dev/null; done",
    "a loop that sleeps": "while true; do sleep 3600; done",
    "a pipe that never ends": "yes > /dev/null",
    "an endless awk": "awk 'BEGIN { while (1) x++ }'",
    "an endless sed": "echo x | sed ':a;ba'",
    "a full disk": "cat /dev/zero > /big",
    "a file that doubles": "echo x > /f; while :; do cat /f /f > /g; mv /g /f; done",
    "a variable that doubles": "x=aaaaaaaa; while :; do x=$x$x; done",
    "a fork bomb": "f() { f | f; }; f",
    "a function without end": "f() { f; }; f",
    "a script that starts itself": "printf '#!/bin/sh\\n\"$0\"\\n' > /s; chmod +x /s; /s",
    "everything waiting": "mkfifo /p; cat /p",
    "too much output": "yes",
    "a huge range": "seq 1 100000000000 > /dev/null",
    "a huge file name of truncate": "truncate -s 100T /x",
    "a huge printf": "printf '%999999999999s' x",
    "a huge block of dd": "dd if=/dev/zero bs=1T count=1 of=/dev/null",
    "a disk filled by dd": "dd if=/dev/zero bs=1G count=100 of=/x",
    "a huge head": "head -c 100G /dev/zero > /f",
    "a huge pipe": "yes | head -c 10G > /dev/null",
    "a substitution without end": "x=$(yes)",
    "a variable that grows by a file": 'x=a; while :; do x="$x$(cat /etc/passwd)"; done',
    "arguments that double": 'set -- a; while :; do set -- "$@" "$@"; done',
    "a glob of globs": "echo /*/../*/../*/../*/../*/../*",
    "folders without end": "cd /tmp; while :; do mkdir d; cd d; done",
    "here-documents without end": "while :; do cat <<E > /dev/null\n$(yes | head -c 1000000)\nE\ndone",
    "nested substitutions": "f() { echo $(f); }; f",
    "children in the background": "while :; do sleep 1 & done",
    "an expression that looks back": `echo ${"a".repeat(50)}c | grep '\\(a*\\)*\\1b'`,
    "a string of awk that doubles": "awk 'BEGIN { s = \"x\"; while (1) s = s s }'",
    "a width of awk": "awk 'BEGIN { printf \"%999999999d\", 1 }'",
  };
  for (const [name, command] of Object.entries(endless)) {
    it(`stops ${name}`, async () => {
      const before = Date.now();
      // Those that take seconds on a quiet core have a tenth of the usual bound.
      const slow = /programs|glob|folders|by a file|builtins|sleeps/.test(name);
      const result = await run(command, slow ? { limits: { commands: 100_000 } } : {});
      assert.notEqual(result.exitCode, 0, text(result).slice(0, 200));
      assert.ok(Date.now() - before < 40_000, "in time");
      // What the machine itself stopped says why, in both languages, with a code.
      if (result.exitCode === 137)
        assert.match(result.startError ?? "", /^LB_RUN_[A-Z]+: stopped: .+ \/ .*[가-힣]/);
    });
  }

  const bash: Record<string, string> = {
    "a brace bomb": `echo ${"{a,b,c,d,e,f}".repeat(10)}`,
    "a huge range of braces": "echo {1..99999}{1..99999}",
  };
  for (const [name, command] of Object.entries(bash)) {
    it(`stops ${name} of bash`, async () => {
      const result = await run("", { args: ["/bin/bash", "-c", command], fs: debianTree().fork(NOW) });
      assert.match(result.startError ?? "", /^LB_RUN_COMMANDS/);
    });
  }

  it("answers expressions that other engines never finish", async () => {
    const long = "a".repeat(50);
    const result = await run(
      `echo ${long}b | grep -cE '^(a+)+$'; echo ${long}b | sed -E 's/^(a|aa)+$/x/'; echo ${long}b | awk '/^(a*)*$/ { print "awk" }'; ` +
        `case ${long} in *a*a*a*a*a*a*a*a*a*a*a*a*b) echo case;; esac; expr ${long}b : '\\(a*\\)*$' ; echo ${long} | grep -cE '^(a+)+$'`,
    );
    assert.equal(text(result), `0\n${long}b\n\n1\n`);
    const bashed = await run("", {
      args: [
        "/bin/bash",
        "-c",
        `[[ ${long}b =~ ^(a+)+$ ]] || echo no; x=${long}b; shopt -s extglob; echo \${x//+(+(a))c/y}`,
      ],
      fs: debianTree().fork(NOW),
    });
    assert.equal(text(bashed), `no\n${long}b\n`);
  });

  it("matches as JavaScript does where it looks for itself", () => {
    for (const [source, sample] of [
      ["(a|b)*?c(d+)+", "xxababcdddd_ababcd"],
      ["^(?:(x)|y)*\\b", "xyxyxyyyyyyyy zz"],
      ["(\\w+\\s*)+;$", "one two three four;"],
      ["([ab]{2,3})+b", "aabababbbbabaab"],
      ["(?:[^,]*,){3}([^,]*)", "a,b,c,d,e,f,g,h"],
      ["(.*)(\\d+)(.*)", "abc 123 def 45 xyz"],
      ["((a)?b)*", "abbabbbabbababab"],
    ] as const) {
      for (const flags of ["", "g", "y", "i"]) {
        const own = new BoundedRegExp(source, flags);
        (own as unknown as { shape: unknown }).shape = { open: 9, nested: true };
        assert.deepEqual(
          [...(own.exec(sample) ?? [])],
          [...(new RegExp(source, flags).exec(sample) ?? [])],
          source,
        );
        own.lastIndex = 0;
        assert.equal(sample.replace(own, "<$1>"), sample.replace(new RegExp(source, flags), "<$1>"));
      }
    }
  });

  it("stops at the caller's wish", async () => {
    const controller = new AbortController();
    const running = run("while :; do :; done", { signal: controller.signal, limits: { commands: 1e9 } });
    setTimeout(() => controller.abort(), 50);
    const result = await running;
    assert.match(result.startError ?? "", /canceled/);
  });

  it("gives the same answer twice", async () => {
    const command =
      "date; echo $$ $RANDOM; mktemp; head -c 16 /dev/urandom | md5sum; shuf -i 1-9; sleep 2; date; cat /proc/uptime";
    const [a, b] = [await run(command), await run(command)];
    assert.deepEqual(a, b);
  });
});

describe("the way out of a RUN", () => {
  it("shows nothing of the host", async () => {
    process.env["LAYERBOOK_CANARY"] = "canary-of-the-host";
    const result = await run(
      "env; set; cat /proc/self/environ /proc/1/environ; ls -la / /proc /proc/1 /proc/1/root /proc/1/cwd/ /root /home /tmp; cat /etc/passwd /etc/hostname /proc/self/cmdline /proc/mounts",
    );
    assert.doesNotMatch(text(result), /canary-of-the-host|node_modules|kernel-helpers/);
    delete process.env["LAYERBOOK_CANARY"];
  });

  it("leads no path out of the root", async () => {
    const result = await run(
      "cat ../../../../../../etc/passwd /proc/1/root/etc/passwd | sort -u; ln -s ../../../../../.. /up; ls /up; ln -s /proc/1/root/../../etc /e; cd /up/up/up/..; pwd -P; mkdir -p /a/b; cd /a/b; echo x > ../../../../../escaped; ls /escaped",
    );
    assert.match(text(result), /^node:x:1000:1000/m);
    assert.match(text(result), /\/escaped/);
  });

  it("does not count the files beside it for the command [, which is no pattern", async () => {
    const loop = "mkdir /n; cd /n; i=0; while [ $i -lt 1000 ]; do echo x > f$i; i=$((i+1)); done; ls | wc -l";
    assert.equal(text(await run(loop)).trim(), "1000");
    assert.equal(text(await run("cd /n 2>/dev/null; echo > [; echo [ [a a[b]")), "[ [a a[b]\n");
  });

  it("has no tricks with names of objects", async () => {
    const names = "__proto__ constructor prototype toString hasOwnProperty valueOf";
    const result = await run(
      `for n in ${names}; do eval "$n=1"; eval "echo \\$$n"; export $n; env | grep -c "^$n="; mkdir /$n; touch /$n/$n; $n; eval "$n() { echo fn; }; $n; unset -f $n"; done; ls /; awk 'BEGIN { a["__proto__"] = 1; for (k in a) print k, a[k]; print length(a["constructor"]) }'; printf '%s' "\${__proto__}" ; kill -constructor 1; date +%constructor; echo '\\constructor'`,
    );
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.doesNotMatch(text(result), /native code|\[object|undefined|TypeError/);
    assert.equal((text(result).match(/^fn$/gm) ?? []).length, 6);
  });

  it("starts no program and opens no connection of the host", async () => {
    const result = await run(
      "node -e 1; python3 -c 1; /usr/bin/node -v; wget -q -O- http://127.0.0.1:1/; nc 127.0.0.1 1 < /dev/null; kill -9 -1; kill -9 1; echo alive",
    );
    assert.match(text(result), /alive\n$/);
  });

  it("survives broken input", async () => {
    for (const command of [
      "",
      " ",
      "\0",
      "$(",
      "`",
      "'",
      "${",
      "$((",
      "<<",
      "<<<",
      "((",
      "\\",
      "|",
      "&",
      ";;",
      "{",
      "a=(",
      "[[",
      "!",
      "case",
      "\ud800",
      "echo \uffff",
      "printf '\\xff\\xfe'",
      "awk '",
      "sed 's/",
      "grep '['",
      "[ -f",
      "expr \\(",
      "find -exec",
      "x".repeat(100_000),
      "(".repeat(5000),
      "$(".repeat(500),
      "{ ".repeat(3000),
    ]) {
      const result = await run(command);
      assert.equal(typeof result.exitCode, "number", command.slice(0, 20));
    }
  });
});

describe("what the runtime says before the program", () => {
  const cases: [string, Partial<RunRequest>, RegExp][] = [
    [
      "a program that is not there",
      { args: ["nosuch"] },
      /exec: "nosuch": executable file not found in \$PATH$/,
    ],
    [
      "a path that is not there",
      { args: ["/bin/fish", "-c", "x"] },
      /exec: "\/bin\/fish": stat \/bin\/fish: no such file or directory$/,
    ],
    [
      "a user that is not there",
      { user: "ghost" },
      /^unable to find user ghost: no matching entries in passwd file$/,
    ],
    [
      "a group that is not there",
      { user: "node:ghosts" },
      /^unable to find group ghosts: no matching entries in group file$/,
    ],
    [
      "a file that may not be executed",
      { args: ["/etc/passwd"] },
      /exec: "\/etc\/passwd": permission denied$/,
    ],
  ];
  for (const [name, request, words] of cases) {
    it(`knows ${name}`, async () => {
      const result = await run("true", request);
      assert.equal(result.exitCode, 1);
      assert.match(result.startError ?? "", words);
    });
  }

  it("gives HOME and ids by the passwd file", async () => {
    for (const [user, expected] of [
      ["", "0 0 /root"],
      ["node", "1000 1000 /home/node"],
      ["1000", "1000 1000 /home/node"],
      ["12345", "12345 0 /"],
      ["12345:6789", "12345 6789 /"],
      ["node:0", "1000 0 /home/node"],
    ] as const) {
      const result = await run("echo $(id -u) $(id -g) $HOME", { user });
      assert.equal(text(result), expected + "\n", user);
    }
  });
});
