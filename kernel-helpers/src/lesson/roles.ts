/** Finds steps by what they do (the install step, the copy of server.js), so that any solution can be judged. */

import type { BuildRecord, Step } from "../build/types";

const INSTALL =
  /\b(npm\s+(ci|i|install)|yarn(\s+install)?|pnpm\s+(i|install|fetch)|pip3?\s+(-\S+\s+)*install|go\s+mod\s+download)\b/;
const APT_UPDATE =
  /\b(apt-get|apt)\s+(-\S+\s+)*update\b|\bapk\s+(update|add\s+(-\S+\s+)*--no-cache|--no-cache\s+add)\b/;
const APT_INSTALL = /\b(apt-get|apt)\s+(-\S+\s+)*install\b|\bapk\s+(-\S+\s+)*add\b/;

/** Options of npm that take the word after them along. */
const NPM_WITH_VALUE = /^(-w|--workspace|--prefix|-C|--cache|--loglevel|--registry)$/;

/**
 * The steps of a build that play *role*, in their order. Roles: `install`, `os-update`, `os-install`, `run TEXT`
 * (a RUN whose command has the words TEXT), `copy PATH` (a COPY or ADD from the context whose sources cover PATH), `copy-from`
 * (a COPY from another stage or image, or a RUN that mounts one), `workdir`, `from`, or `name TEXT` (shown name contains TEXT).
 * Of a RUN all of its command counts, whatever form it is written in: a heredoc's name shows only its first line.
 */
export function findSteps(record: Pick<BuildRecord, "steps" | "dockerfile">, role: string): readonly Step[] {
  const [kind = "", ...rest] = role.split(" ");
  const argument = rest.join(" ");
  return record.steps.filter((step) => {
    const text = instructionText(step);
    const command = (): string => (step.instruction === "RUN" ? commandText(step, record.dockerfile) : "");
    switch (kind) {
      case "install":
        return INSTALL.test(command());
      case "os-update":
        return APT_UPDATE.test(command());
      case "os-install":
        return APT_INSTALL.test(command());
      case "run":
        return hasWords(command(), argument);
      case "copy":
        return (
          isCopy(step) &&
          !/\s--from=/.test(text) &&
          copySources(text).some((source) => covers(source, argument))
        );
      case "copy-from":
        return isCopy(step) ? /\s--from=/.test(text) : /\s--mount=(\S*,)?from=/.test(command());
      case "workdir":
        return step.instruction === "WORKDIR";
      case "from":
        return step.instruction === "FROM";
      case "name":
        return step.name.includes(argument);
      default:
        throw new Error(`LB_EXERCISE_ROLE: unknown role "${role}"`);
    }
  });
}

/** What a learner is told of a role that no step plays: a Korean noun phrase. */
export function roleName(role: string): string {
  const [kind = "", ...rest] = role.split(" ");
  const argument = rest.join(" ");
  const names: Readonly<Record<string, string>> = {
    install: "의존성을 설치하는 RUN",
    "os-update": "패키지 색인을 받는 RUN",
    "os-install": "운영 체제의 패키지를 설치하는 RUN",
    run: `\`${argument}\`를 실행하는 RUN`,
    copy: `\`${argument}\`를 옮기는 COPY`,
    "copy-from": "다른 스테이지의 결과를 옮기는 COPY",
    workdir: "WORKDIR",
    from: "FROM",
    name: `\`${argument}\``,
  };
  return names[kind] ?? role;
}

/** The command of a RUN as one line a command: heredocs with their body, a JSON list as words, npm without its options. */
function commandText(step: Step, dockerfile: string): string {
  let text = instructionText(step);
  if (/<<-?\s*["']?\w/.test(text) && step.range !== undefined) {
    text = dockerfile
      .split("\n")
      .slice(step.range.start.line - 1, step.range.end.line)
      .filter((line) => !/^\s*#/.test(line))
      .join("\n")
      .replace(/\\[ \t]*\r?\n/g, " ");
  }
  const list = /^RUN\s+(?:--\S+\s+)*(\[.*\])\s*$/i.exec(text)?.[1];
  const words = list === undefined ? undefined : jsonWords(list);
  return withoutNpmOptions(
    words === undefined ? text : text.slice(0, text.length - (list ?? "").length) + words.join(" "),
  ).replace(/[ \t]+/g, " ");
}

/** `npm -w @memo/api run build` and `npm run build -w @memo/api` are the same to the roles. */
function withoutNpmOptions(text: string): string {
  return text.replace(/\bnpm((?:[ \t]+[^\s;&|]+)+)/g, (_whole, rest: string) => {
    const words = rest.trim().split(/[ \t]+/);
    const kept = words.filter((word, i) => !word.startsWith("-") && !NPM_WITH_VALUE.test(words[i - 1] ?? ""));
    return ["npm", ...kept].join(" ").replace(/^npm run-script\b/, "npm run");
  });
}

/** Does *text* have the words of *wanted* one after another? `date` is no word of `apt-get update`. */
function hasWords(text: string, wanted: string): boolean {
  const plain = wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w-])${plain}(?![\\w-])`, "u").test(text);
}

function isCopy(step: Step): boolean {
  return step.instruction === "COPY" || step.instruction === "ADD";
}

/** What follows `[3/4] ` in the shown name. */
export function instructionText(step: Step): string {
  return step.name.replace(/^\[[^\]]*\]\s*/, "");
}

function copySources(text: string): readonly string[] {
  const rest = text.replace(/^\S+\s*/, "").replace(/^(--\S+\s+)*/, "");
  // A JSON list is shown without its quotes.
  if (rest.startsWith("["))
    return rest
      .replace(/^\[|\]$/g, "")
      .split(", ")
      .slice(0, -1);
  return rest.split(/\s+/).slice(0, -1);
}

function jsonWords(text: string): readonly string[] | undefined {
  try {
    const list = JSON.parse(text) as unknown;
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** Does a COPY source (`.`, a folder, a file, a one-level pattern) take *path* of the context with it? */
function covers(source: string, path: string): boolean {
  const clean = source.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  if (clean === "" || clean === ".") return true;
  const wanted = path.split("/");
  const pattern = clean.split("/");
  if (pattern.length > wanted.length) return false;
  return pattern.every((part, i) => matchPart(part, wanted[i] ?? ""));
}

function matchPart(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "u").test(name);
}
