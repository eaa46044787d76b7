// What differs between Windows, macOS and Linux, in one place: names, folders, commands. Nothing here touches the machine, so that
// each system can be asked on any other one.
import os from "node:os";
import path from "node:path";

/** What the program answers that Windows puts in place of a Python that is not installed: it opens the Microsoft Store. */
const STORE_ALIAS = /Microsoft Store/i;

/** The exit code of that program (and of cmd.exe for an unknown command). */
const STORE_EXIT = 9009;

/** Windows knows more, but these are what programs named on a PATH are installed as. */
const WINDOWS_PROGRAMS = [".exe", ".cmd", ".bat"];

/**
 * The ways of the system *platform* (`process.platform`'s names; anything but `win32` and `darwin` is treated as Linux) with the
 * environment *env* and the home folder *home*.
 */
export function systemOf(platform = process.platform, env = process.env, home = os.homedir()) {
  const windows = platform === "win32";
  const mac = platform === "darwin";
  const { join, delimiter, dirname } = windows ? path.win32 : path.posix;
  /** Windows does not mind the case of a variable's name, but a copy of its environment does. */
  const variable = (name) =>
    env[name] ??
    (windows ? env[Object.keys(env).find((key) => key.toUpperCase() === name) ?? ""] : undefined);

  const quoted = (file) => {
    if (/^[\w@%+=:,./\\-]+$/.test(file)) return file;
    return windows ? `"${file}"` : `'${file.replaceAll("'", "'\\''")}'`;
  };

  return {
    windows,

    /** Quotes a path for a command line. */
    quoted,

    /** Where programs keep what they install for one user. */
    userData() {
      if (windows) return variable("LOCALAPPDATA") || join(home, "AppData", "Local");
      if (mac) return join(home, "Library", "Application Support");
      return variable("XDG_DATA_HOME") || join(home, ".local", "share");
    },

    /** The Python of the virtual environment `venv`. */
    venvPython: (venv) => (windows ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python")),

    /** Where the program *name* may be, in the order of PATH. Folders of npm's own programs are left out: they come and go. */
    programFiles(name, PATH = variable("PATH") ?? "") {
      return PATH.split(delimiter)
        .map((folder) => (windows ? folder.replace(/^"(.*)"$/, "$1") : folder))
        .filter((folder) => folder && !folder.includes("node_modules"))
        .flatMap((folder) =>
          (windows ? WINDOWS_PROGRAMS : [""]).map((ending) => join(folder, name + ending)),
        );
    },

    /** Node starts Windows' batch files by a shell only. */
    needsShell: (file) => windows && !/\.exe$/i.test(file),

    /** Where the Python of an installed command may be, beside it; empty where the command's own first line tells. */
    pythonsBeside: (command) =>
      windows ? [join(dirname(command), "python.exe"), join(dirname(command), "..", "python.exe")] : [],

    /** The commands that may be a Python, the likeliest first, each with its first arguments. */
    pythonCommands() {
      const chosen = variable("LAYERBOOK_PYTHON");
      if (chosen) return [[chosen]];
      const named = ["python3", "python", ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
      return [...named.map((name) => [name]), ...(windows ? [["py", "-3"]] : [])];
    },

    /** Was it Windows' empty `python`, which only opens the Microsoft Store? */
    isStoreAlias: ({ code, output }) => windows && (code === STORE_EXIT || STORE_ALIAS.test(output)),

    /** The commands that install Python; *packages* are Debian's names. */
    installPython(packages) {
      if (windows) return ["winget install Python.Python.3.13"];
      if (mac) return ["brew install python"];
      return [
        `sudo apt install ${packages}   (Debian, Ubuntu)`,
        "sudo dnf install python3   (Fedora)",
        "sudo pacman -S python   (Arch)",
      ];
    },

    /** How npm is started: by the npm that runs this script, else the one on PATH. */
    npm() {
      const self = variable("npm_execpath") ?? variable("NPM_EXECPATH");
      if (self && /npm-cli\.js$/.test(self)) return { command: process.execPath, args: [self], shell: false };
      return { command: windows ? "npm.cmd" : "npm", args: [], shell: windows };
    },

    /** The command that opens an address in the browser; *wsl*: Linux inside Windows, whose browser is Windows'. */
    opener({ wsl = false } = {}) {
      if (windows) return ["cmd", "/c", "start", ""];
      if (mac) return ["open"];
      return wsl ? ["cmd.exe", "/c", "start", ""] : ["xdg-open"];
    },

    /** Where Chromium's family is installed without being on PATH. */
    browserFiles() {
      if (mac)
        return ["Google Chrome", "Chromium", "Microsoft Edge"].map(
          (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
        );
      if (!windows) return [];
      const of = (name, ...parts) => (variable(name) ? [join(variable(name), ...parts)] : []);
      return [
        ...of("PROGRAMFILES", "Google", "Chrome", "Application", "chrome.exe"),
        ...of("LOCALAPPDATA", "Google", "Chrome", "Application", "chrome.exe"),
        ...of("PROGRAMFILES(X86)", "Microsoft", "Edge", "Application", "msedge.exe"),
        ...of("PROGRAMFILES", "Microsoft", "Edge", "Application", "msedge.exe"),
      ];
    },

    /** The command that shows a text file. */
    show: (file) => `${windows ? "type" : "cat"} ${quoted(file)}`,

    /** The command that gives `folder` back to this user. */
    own: (folder) =>
      windows
        ? `icacls ${quoted(folder)} /grant "%USERNAME%:(OI)(CI)F"`
        : `sudo chown -R "$(id -un)" ${quoted(folder)} && chmod -R u+rwX ${quoted(folder)}`,

    /** The commands that make room on the disk of `folder`. */
    makeRoom: (folder) =>
      windows
        ? ["cleanmgr", "npm cache clean --force"]
        : [`df -h ${quoted(folder)}`, "npm cache clean --force", "pip cache purge"],

    /** The command that tells who listens on `port`. */
    whoHas: (port) =>
      windows ? `netstat -ano | findstr :${port}` : `lsof -i :${port}   (누가 쓰는지 · who has it)`,

    /** `command` with a variable of the environment set. */
    withVariable: (name, value, command) =>
      windows ? `set "${name}=${value}" && ${command}` : `${name}=${quoted(value)} ${command}`,

    /**
     * Can a group of processes be ended by one signal? Then the server gets one of its own, so that Ctrl-C reaches only the script.
     */
    processGroups: !windows,
  };
}

/** This machine's. */
export const system = systemOf();
