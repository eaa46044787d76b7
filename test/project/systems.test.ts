/** The launchers' ways on Windows, macOS and Linux, asked of each on this machine: a fake platform and its own path rules. */
import assert from "node:assert/strict";
import path from "node:path";
import { ROOT } from "./sources";

interface Answer {
  readonly code: number | null;
  readonly output: string;
}

/** The part of `scripts/lib/system.mjs` used here; the scripts have no types. */
interface System {
  readonly windows: boolean;
  readonly processGroups: boolean;
  quoted(file: string): string;
  userData(): string;
  venvPython(venv: string): string;
  programFiles(name: string, PATH?: string): string[];
  needsShell(file: string): boolean;
  pythonsBeside(command: string): string[];
  pythonCommands(): string[][];
  isStoreAlias(answer: Answer): boolean;
  installPython(packages: string): string[];
  npm(): { command: string; args: string[]; shell: boolean };
  opener(where?: { wsl: boolean }): string[];
  browserFiles(): string[];
  show(file: string): string;
  own(folder: string): string;
  makeRoom(folder: string): string[];
  whoHas(port: number): string;
  withVariable(name: string, value: string, command: string): string;
}

type Env = Record<string, string>;
const LIB = path.join(ROOT, "kernel-helpers/scripts/lib");

describe("the launchers on every system", () => {
  let systemOf: (platform: string, env?: Env, home?: string) => System;
  let findPython: (fake: { on: System; run: (command: string) => Promise<Answer> }) => Promise<string>;

  before(async () => {
    ({ systemOf } = (await import(path.join(LIB, "system.mjs"))) as { systemOf: typeof systemOf });
    ({ findPython } = (await import(path.join(LIB, "python.mjs"))) as { findPython: typeof findPython });
  });

  const WINDOWS_HOME = "C:\\Users\\김 철수";
  const windows = (env: Env = {}): System => systemOf("win32", env, WINDOWS_HOME);
  const mac = (env: Env = {}): System => systemOf("darwin", env, "/Users/김 철수");
  const linux = (env: Env = {}): System => systemOf("linux", env, "/home/김 철수");

  it("keeps what is installed for one user where each system keeps it", () => {
    assert.equal(windows().userData(), `${WINDOWS_HOME}\\AppData\\Local`);
    assert.equal(windows({ LocalAppData: "D:\\Daten" }).userData(), "D:\\Daten");
    assert.equal(mac().userData(), "/Users/김 철수/Library/Application Support");
    assert.equal(linux().userData(), "/home/김 철수/.local/share");
    assert.equal(linux({ XDG_DATA_HOME: "/data" }).userData(), "/data");
  });

  it("knows Scripts\\ and bin/", () => {
    assert.equal(windows().venvPython("C:\\레이어북\\venv"), "C:\\레이어북\\venv\\Scripts\\python.exe");
    for (const system of [mac(), linux()])
      assert.equal(system.venvPython("/a b/venv"), "/a b/venv/bin/python");
    assert.deepEqual(windows().pythonsBeside("C:\\p\\Scripts\\jupyter-lab.exe"), [
      "C:\\p\\Scripts\\python.exe",
      "C:\\p\\python.exe",
    ]);
    assert.deepEqual(linux().pythonsBeside("/p/bin/jupyter-lab"), []);
  });

  it("finds programs by PATH as each system writes it, npm's own folders left out", () => {
    const found = windows({ Path: 'C:\\one;;"D:\\two words";C:\\x\\node_modules\\.bin' }).programFiles("lab");
    assert.deepEqual(found, [
      ...["exe", "cmd", "bat"].map((ending) => `C:\\one\\lab.${ending}`),
      ...["exe", "cmd", "bat"].map((ending) => `D:\\two words\\lab.${ending}`),
    ]);
    assert.deepEqual(linux({ PATH: "/a b:/x/node_modules/.bin::/usr/bin" }).programFiles("lab"), [
      "/a b/lab",
      "/usr/bin/lab",
    ]);
    assert.deepEqual(mac({}).programFiles("lab"), []);
    assert.deepEqual(linux({ PATH: "/a" }).programFiles("lab", "/other"), ["/other/lab"]);
  });

  it("starts batch files by a shell, and nothing else", () => {
    assert.equal(windows().needsShell("C:\\x\\jupyter-lab.cmd"), true);
    assert.equal(windows().needsShell("C:\\x\\JUPYTER-LAB.EXE"), false);
    assert.equal(linux().needsShell("/x/jupyter-lab"), false);
    assert.deepEqual(windows().npm(), { command: "npm.cmd", args: [], shell: true });
    assert.deepEqual(mac().npm(), { command: "npm", args: [], shell: false });
    const cli = "C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js";
    assert.deepEqual(windows({ npm_execpath: cli }).npm(), {
      command: process.execPath,
      args: [cli],
      shell: false,
    });
    // pnpm and yarn set the variable too, and cannot do what is asked of npm.
    assert.equal(linux({ npm_execpath: "/x/pnpm.cjs" }).npm().command, "npm");
  });

  it("opens the browser of each system", () => {
    assert.deepEqual(windows().opener(), ["cmd", "/c", "start", ""]);
    assert.deepEqual(mac().opener(), ["open"]);
    assert.deepEqual(linux().opener(), ["xdg-open"]);
    assert.deepEqual(linux().opener({ wsl: true }), ["cmd.exe", "/c", "start", ""]);
    const browsers = windows({ PROGRAMFILES: "C:\\Program Files", LocalAppData: "C:\\l" }).browserFiles();
    assert.ok(browsers.includes("C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"));
    assert.ok(browsers.includes("C:\\l\\Google\\Chrome\\Application\\chrome.exe"));
    assert.ok(
      browsers.every((file) => path.win32.isAbsolute(file)),
      "a variable that is not set leaves no relative path",
    );
    assert.ok(mac().browserFiles().every(path.posix.isAbsolute));
    assert.deepEqual(linux().browserFiles(), []);
  });

  it("names commands that can be pasted into each system's own shell", () => {
    assert.equal(windows().show("logs\\한 글.log"), 'type "logs\\한 글.log"');
    assert.equal(linux().show("logs/it's.log"), "cat 'logs/it'\\''s.log'");
    assert.match(windows().own("C:\\a b"), /^icacls "C:\\a b" \/grant/);
    assert.match(mac().own("/a b"), /^sudo chown -R .* '\/a b' && chmod/);
    assert.match(windows().whoHas(8888), /^netstat .*:8888$/);
    assert.match(linux().whoHas(8888), /^lsof -i :8888/);
    assert.equal(windows().withVariable("A", "C:\\x y", "npm start"), 'set "A=C:\\x y" && npm start');
    assert.equal(linux().withVariable("A", "/x y", "npm start"), "A='/x y' npm start");
    assert.match(windows().makeRoom("C:\\")[0] ?? "", /cleanmgr/);
    assert.match(linux().makeRoom("/x")[0] ?? "", /^df -h/);
    assert.match(windows().installPython("python3")[0] ?? "", /^winget/);
    assert.match(mac().installPython("python3")[0] ?? "", /^brew/);
    assert.match(
      linux().installPython("python3 python3-venv")[0] ?? "",
      /^sudo apt install python3 python3-venv/,
    );
  });

  it("ends processes in groups where there are groups", () => {
    assert.deepEqual(
      [windows(), mac(), linux()].map((system) => [system.windows, system.processGroups]),
      [
        [true, false],
        [false, true],
        [false, true],
      ],
    );
  });

  describe("Python on Windows", () => {
    const STORE = {
      code: 9009,
      output:
        "Python was not found; run without arguments to install from the Microsoft Store, or disable this shortcut from Settings.\r\n",
    };
    const ABSENT = { code: null, output: "spawn ENOENT" };
    const python = (version: number[], venv = true): Answer => ({
      code: 0,
      output: `${JSON.stringify(["C:\\Python\\python.exe", version, venv])}\r\n`,
    });
    const find = (programs: Record<string, Answer>, env: Env = {}): Promise<string> =>
      findPython({ on: windows(env), run: (command) => Promise.resolve(programs[command] ?? ABSENT) });

    it("passes the empty alias by and takes what the launcher py finds", async () => {
      assert.equal(
        await find({ python3: STORE, python: STORE, py: python([3, 13, 1]) }),
        "C:\\Python\\python.exe",
      );
    });

    it("says that the alias is no Python when there is no other", async () => {
      await assert.rejects(
        find({ python: STORE }),
        (problem: Record<"code" | "ko" | "en" | "fix", unknown>) => {
          const { code, ko, en, fix } = problem;
          assert.equal(code, "LB_NO_PYTHON");
          assert.match(
            JSON.stringify(ko),
            /지금 있는 python은 Python이 아니라 Microsoft Store를 여는 빈 명령/,
          );
          assert.match(JSON.stringify(en), /The python that is there is not Python/);
          assert.match(JSON.stringify(fix), /winget install Python/);
          return true;
        },
      );
      // Windows in another language says it in that language; the exit code is the same.
      const korean = { code: 9009, output: "Python을 찾을 수 없습니다." };
      await assert.rejects(find({ python: korean }), (problem: { ko: unknown }) => {
        assert.match(JSON.stringify(problem.ko), /빈 명령/);
        return true;
      });
      await assert.rejects(find({}), (problem: { ko: unknown }) => {
        assert.doesNotMatch(JSON.stringify(problem.ko), /빈 명령/);
        return true;
      });
    });

    it("says that it is too old, or has no venv", async () => {
      await assert.rejects(find({ python: python([3, 9, 2]) }), /3\.9\.2/);
      await assert.rejects(find({ python: python([3, 12, 0], false) }), (problem: { code: string }) => {
        assert.equal(problem.code, "LB_NO_VENV");
        return true;
      });
    });

    it("asks only the one that was named", async () => {
      const named = "D:\\py\\python.exe";
      assert.equal(
        await find({ [named]: python([3, 11, 0]), python: STORE }, { LAYERBOOK_PYTHON: named }),
        "C:\\Python\\python.exe",
      );
      await assert.rejects(find({ python: python([3, 13, 0]) }, { LAYERBOOK_PYTHON: named }));
    });
  });
});
