/** `layerbook.json`: commands that a project declares, with what they leave behind, so that a build need not guess. */

/** One command of the file. */
export interface DeclaredCommand {
  /** The words that the command begins with: `./gradlew build`, `npm run build`. */
  readonly run: string;
  /** By path (relative to where the command runs; a trailing slash makes a folder): what it writes. Default: nothing. */
  readonly outputs?: Readonly<Record<string, DeclaredOutput>>;
  /** How long it takes, in seconds, simulated. Default: 10. */
  readonly seconds?: number;
  /** What it prints. Default: nothing. */
  readonly prints?: string;
  /** Its exit status, 0 to 255. Default: 0. */
  readonly exit?: number;
}

/** A file, or a folder of *files* files of that size together. */
export interface DeclaredOutput {
  /** Bytes, or text with a unit: `38MB`, `1.5 MiB`. Default: 100 kB. */
  readonly size?: number | string;
  /** The file's text itself, instead of a size. */
  readonly text?: string;
  /** Files in a folder. Default: 1. */
  readonly files?: number;
  /** Files and folders that it is made from: the output is another one exactly when they are. Without it nobody knows. */
  readonly from?: readonly string[];
}

/** What is wrong with a `layerbook.json`, and where in it: `commands[0].outputs["dist/"].size`. */
export interface DeclaredProblem {
  readonly code: "LB_LAYERBOOK_JSON";
  readonly place: string;
  readonly ko: string;
  readonly en: string;
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30,
}; // prettier-ignore
const MOST = 64e9;

/** Commands between declared ones that leave nothing of which a declaration could be wrong. */
const PLAIN = new Set(["cd", "mkdir", "chmod", "set", "true", ":", "test", "["]);

/** Is a RUN of *args* nothing but declared commands (and a few plain ones), joined by `&&`, `;` or new lines? */
export function isDeclaredRun(args: readonly string[], declared: readonly DeclaredCommand[]): boolean {
  if (declared.length === 0) return false;
  const isOne = (words: readonly string[]): boolean =>
    declared.some(({ run }) =>
      run
        .trim()
        .split(/\s+/)
        .every((word, i) => words[i] === word),
    );
  const [shell = "", flag, script, ...rest] = args;
  if (!/(^|\/)(ba|da|a)?sh$/.test(shell)) return isOne(args);
  // Quotes, variables, pipes and the like are for the shell: then only a build knows.
  if (
    flag !== "-c" ||
    script === undefined ||
    rest.length > 0 ||
    /["'`\\$|<>(){}*?#!&]/.test(script.replaceAll("&&", ""))
  )
    return false;
  const commands = script
    .split(/&&|[;\n]/)
    .map((command) => command.trim())
    .filter((command) => command !== "")
    .map((command) => command.split(/\s+/));
  return commands.some(isOne) && commands.every((words) => isOne(words) || PLAIN.has(words[0] ?? ""));
}

/** Bytes of `38MB`; undefined for what is no size. */
export function sizeOf(size: unknown): number | undefined {
  const match = typeof size === "string" ? /^(\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(size.trim()) : null;
  const unit = match && UNITS[(match[2] ?? "").toLowerCase()];
  const bytes = typeof size === "number" ? size : unit ? Math.round(Number(match[1]) * unit) : NaN;
  return Number.isFinite(bytes) && bytes >= 0 && bytes <= MOST && Number.isInteger(bytes) ? bytes : undefined;
}

/** The commands of a `layerbook.json`, or what is wrong with it. Other members of the file than `commands` are left alone. */
export function readDeclared(text: string): readonly DeclaredCommand[] | DeclaredProblem {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    return problem("", `JSON이 아닙니다 (${reason})`, `it is no JSON (${reason})`);
  }
  if (!isRecord(file)) return problem("", "객체 { … }여야 합니다", "it must be an object { … }");
  const { commands = [] } = file;
  if (!Array.isArray(commands))
    return problem("commands", "목록 [ … ]이어야 합니다", "it must be a list [ … ]");
  for (const [i, command] of commands.entries()) {
    const found = checkCommand(`commands[${i}]`, command);
    if (found) return found;
  }
  return commands as readonly DeclaredCommand[];
}

function checkCommand(place: string, command: unknown): DeclaredProblem | undefined {
  if (!isRecord(command)) return problem(place, "객체 { … }여야 합니다", "it must be an object { … }");
  const wrong = unknownName(place, command, ["run", "outputs", "seconds", "prints", "exit"]);
  if (wrong) return wrong;
  const { run, outputs = {}, seconds = 0, prints = "", exit = 0 } = command;
  if (typeof run !== "string" || run.trim() === "")
    return problem(
      `${place}.run`,
      '명령의 첫 낱말들이 필요합니다 (보기: "npm run build")',
      'the first words of a command are needed (example: "npm run build")',
    );
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= 86_400))
    return problem(
      `${place}.seconds`,
      `0부터 86400까지의 수여야 합니다: ${shown(seconds)}`,
      `it must be a number from 0 to 86400: ${shown(seconds)}`,
    );
  if (typeof prints !== "string")
    return problem(
      `${place}.prints`,
      `글이어야 합니다: ${shown(prints)}`,
      `it must be a text: ${shown(prints)}`,
    );
  if (typeof exit !== "number" || !Number.isInteger(exit) || exit < 0 || exit > 255)
    return problem(
      `${place}.exit`,
      `0부터 255까지의 정수여야 합니다: ${shown(exit)}`,
      `it must be an integer from 0 to 255: ${shown(exit)}`,
    );
  if (!isRecord(outputs))
    return problem(`${place}.outputs`, "객체 { 경로: … }여야 합니다", "it must be an object { path: … }");
  for (const [path, output] of Object.entries(outputs)) {
    const found = checkOutput(`${place}.outputs[${JSON.stringify(path)}]`, path, output);
    if (found) return found;
  }
  return undefined;
}

function checkOutput(place: string, path: string, output: unknown): DeclaredProblem | undefined {
  if (path === "" || path.includes("\0") || path.split("/").includes(".."))
    return problem(
      place,
      "경로는 비어 있거나 `..`를 지날 수 없습니다",
      "a path must not be empty or go through `..`",
    );
  if (!isRecord(output))
    return problem(place, '객체 { "size": "1MB" }여야 합니다', 'it must be an object { "size": "1MB" }');
  const wrong = unknownName(place, output, ["size", "text", "files", "from"]);
  if (wrong) return wrong;
  const { size = 0, text = "", files = 1, from = [] } = output;
  if (sizeOf(size) === undefined)
    return problem(
      `${place}.size`,
      `크기가 아닙니다: ${shown(size)} (보기: "38MB", 64 GB까지)`,
      `no size: ${shown(size)} (example: "38MB", at most 64 GB)`,
    );
  if (typeof text !== "string")
    return problem(`${place}.text`, `글이어야 합니다: ${shown(text)}`, `it must be a text: ${shown(text)}`);
  if (typeof files !== "number" || !Number.isInteger(files) || files < 1 || files > 10_000)
    return problem(
      `${place}.files`,
      `1부터 10000까지의 정수여야 합니다: ${shown(files)}`,
      `it must be an integer from 1 to 10000: ${shown(files)}`,
    );
  if (!Array.isArray(from) || !from.every((one) => typeof one === "string" && one !== ""))
    return problem(
      `${place}.from`,
      `경로의 목록이어야 합니다: ${shown(from)}`,
      `it must be a list of paths: ${shown(from)}`,
    );
  return undefined;
}

function unknownName(
  place: string,
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
): DeclaredProblem | undefined {
  const name = Object.keys(record).find((one) => !known.includes(one));
  return name === undefined
    ? undefined
    : problem(
        `${place}.${name}`,
        `모르는 이름입니다. 쓸 수 있는 이름: ${known.join(", ")}`,
        `unknown name; there are ${known.join(", ")}`,
      );
}

function problem(place: string, ko: string, en: string): DeclaredProblem {
  const where = place === "" ? "" : ` ${place}`;
  return {
    code: "LB_LAYERBOOK_JSON",
    place,
    ko: `layerbook.json${where}: ${ko}`,
    en: `layerbook.json${where}: ${en}`,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
