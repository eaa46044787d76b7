/** Finds steps by what they do (the install step, the copy of server.js), so that any solution can be judged. */

import type { Step } from "../build/types";

const INSTALL =
  /\b(npm\s+(ci|i|install)|yarn(\s+install)?|pnpm\s+(i|install|fetch)|pip3?\s+install|go\s+mod\s+download)\b/;
const APT_UPDATE =
  /\b(apt-get|apt)\s+(-\S+\s+)*update\b|\bapk\s+(update|add\s+(-\S+\s+)*--no-cache|--no-cache\s+add)\b/;
const APT_INSTALL = /\b(apt-get|apt)\s+(-\S+\s+)*install\b|\bapk\s+(-\S+\s+)*add\b/;

/**
 * The steps of *steps* that play *role*, in their order. Roles: `install`, `os-update`, `os-install`, `run TEXT`
 * (a RUN whose command contains TEXT), `copy PATH` (a COPY or ADD from the context whose sources cover PATH), `copy-from`
 * (a COPY from another stage or image), `workdir`, `from`, or `name TEXT` (shown name contains TEXT).
 */
export function findSteps(steps: readonly Step[], role: string): readonly Step[] {
  const [kind = "", ...rest] = role.split(" ");
  const argument = rest.join(" ");
  return steps.filter((step) => {
    const text = instructionText(step);
    switch (kind) {
      case "install":
        return step.instruction === "RUN" && INSTALL.test(text);
      case "os-update":
        return step.instruction === "RUN" && APT_UPDATE.test(text);
      case "os-install":
        return step.instruction === "RUN" && APT_INSTALL.test(text);
      case "run":
        return step.instruction === "RUN" && text.includes(argument);
      case "copy":
        return (
          isCopy(step) &&
          !/\s--from=/.test(text) &&
          copySources(text).some((source) => covers(source, argument))
        );
      case "copy-from":
        return isCopy(step) && /\s--from=/.test(text);
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

function isCopy(step: Step): boolean {
  return step.instruction === "COPY" || step.instruction === "ADD";
}

/** What follows `[3/4] ` in the shown name. */
export function instructionText(step: Step): string {
  return step.name.replace(/^\[[^\]]*\]\s*/, "");
}

function copySources(text: string): readonly string[] {
  const rest = text.replace(/^\S+\s*/, "").replace(/^(--\S+\s+)*/, "");
  if (rest.startsWith("[")) {
    try {
      const list = JSON.parse(rest) as unknown;
      if (Array.isArray(list)) return list.slice(0, -1).map(String);
    } catch {
      return [];
    }
  }
  return rest.split(/\s+/).slice(0, -1);
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
