/** What a RUN step asks of the simulated machine, and what it answers. */

import type { WritableFileSystem } from "../platform/files";
import type { RunCatalog } from "./catalog";
import type { DeclaredCommand } from "./declared";
import type { Journal } from "./journal";

export interface RunRequest {
  /** argv, as BuildKit gives it to the container: `["/bin/sh", "-c", "npm ci"]`. */
  readonly args: readonly string[];
  /** `NAME=value` in order. */
  readonly env: readonly string[];
  readonly cwd: string;
  /** As in USER: name, uid, name:group, uid:gid; empty is root. */
  readonly user: string;
  /** The root file system with every mount already in place under its target. */
  readonly fs: WritableFileSystem;
  /** Where the mounts are. One below /dev, /proc, /sys or on a file that the container lays over /etc is seen there; default: none. */
  readonly mounts?: readonly string[];
  readonly hostname?: string;
  /** `name` to IP, as --add-host gives. */
  readonly addHosts?: Readonly<Record<string, string>>;
  readonly network: "default" | "none" | "host";
  /** Seconds since 1970: what `date` says and new files get. */
  readonly now: number;
  /** Standard input; default empty. */
  readonly stdin?: string;
  /** Unknown programs succeed and are marked instead of failing with 127. */
  readonly assume?: boolean;
  /** With *assume*: the file system may hold more than is known. A user that is not in it is taken to be root. Default: false. */
  readonly open?: boolean;
  readonly limits?: RunLimits;
  readonly signal?: AbortSignal;
  /** Facts about real packages, for the package managers of images without contents. */
  readonly catalog?: RunCatalog;
  /** Commands that the project declares in layerbook.json: they do what it says. */
  readonly declared?: readonly DeclaredCommand[];
  /** Programs from outside the machine, by name: they run where a file without known contents of that name is started. */
  readonly tools?: ReadonlyMap<string, Tool>;
  /** Notes what the command asks of its file system and clock. Not for a command with *tools*. */
  readonly journal?: Journal;
  /** Called with output as it is printed; `at` is simulated ms since the step began. */
  readonly onOutput?: (stream: 1 | 2, data: string, at: number) => void;
}

/** Bounds of one RUN; each has a generous default. */
export interface RunLimits {
  /** Shell commands executed. */
  readonly commands?: number;
  /** Bytes written to the file system. */
  readonly bytes?: number;
  /** Bytes of output. */
  readonly output?: number;
}

export interface RunResult {
  readonly exitCode: number;
  /** Everything printed, in order. */
  readonly output: readonly { readonly stream: 1 | 2; readonly data: string }[];
  /** Set when the process could not be started (runc's words) or a limit stopped it: shown as the step's last log line. */
  readonly startError?: string;
  /** Simulated milliseconds that the command took. */
  readonly duration: number;
  /** Programs that were assumed, not simulated. */
  readonly assumed: readonly string[];
  /** Commands that ran as layerbook.json declares them; absent for none. */
  readonly declared?: readonly string[];
  /** Packages that the simulated package managers fetched; absent for none. */
  readonly downloads?: number;
}

/** What a tool is called with. Paths are those of the machine. */
export interface ToolCall {
  /** argv, the tool's name first. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: ReadonlyMap<string, string>;
  readonly fs: WritableFileSystem;
  /** Everything on standard input; "" at once when it is a terminal or /dev/null. */
  readonly stdin: string;
  out(text: string): void;
  err(text: string): void;
}

/** A program of the outside: answers its exit status, 0 to 255. The machine's processes rest until it has ended. */
export type Tool = (call: ToolCall) => Promise<number>;
