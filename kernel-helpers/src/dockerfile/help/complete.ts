/** Proposals for what could stand at a place: instructions, flags, stages, variables, files, images. */

import { instructionNames } from "../arguments";
import { rules } from "../checks/rules";
import type { Bilingual } from "../checks/rule";
import { flagSpecs } from "../flags";
import { lineStartBefore, LogicalLine, rangeAt } from "../fixes/place";
import { toLower, toUpper } from "../go-text";
import type { SourceRange } from "../types";
import { directiveTexts, flagTexts, mountKeyTexts, mountTypeTexts, predefinedTexts } from "./flag-texts";
import { instructionTexts } from "./instruction-texts";
import { readModel, type DocumentModel } from "./model";
import { scopeAt, type Scope, type ScopeOptions } from "./scope";

/** What is known besides the file. */
export interface CompletionOptions extends ScopeOptions {
  /** Files of the build context, relative with `/`; directories need not be named. */
  readonly files?: readonly string[];
  /** Base images, as one would write them: `node:22-alpine`. */
  readonly images?: readonly string[];
}

/** One proposal. */
export interface Completion {
  /** What is shown and what a person types to find it. */
  readonly label: string;
  readonly kind:
    | "instruction"
    | "flag"
    | "value"
    | "keyword"
    | "stage"
    | "variable"
    | "file"
    | "image"
    | "directive"
    | "rule";
  /** What is replaced: from the beginning of the word to the place asked about. */
  readonly range: SourceRange;
  readonly insert: string;
  /** A sentence, where there is one. */
  readonly detail?: Bilingual;
}

type Draft = Omit<Completion, "range">;

/** Proposals for *offset* of *text* (UTF-16 units), those that begin with what is written already, in the order to be shown. */
export function complete(
  text: string,
  offset: number,
  options: CompletionOptions = {},
): readonly Completion[] {
  const lineStart = lineStartBefore(text, offset);
  const line = text.slice(lineStart, offset);
  const model = readModel(text);
  const index = model.items.findIndex(
    ({ node }) => node.range.start.offset <= offset && offset <= node.range.end.offset,
  );
  const item = model.items[index];
  const logical = item === undefined ? undefined : new LogicalLine(text, item.node, model.escape);
  const at = logical?.indexAt(offset);
  const finish = (prefix: string, drafts: readonly Draft[]): readonly Completion[] => {
    const range = rangeAt(text, offset - prefix.length, offset);
    const wanted = toLower(prefix);
    return drafts
      .filter(({ label }) => toLower(label).startsWith(wanted))
      .map((draft) => ({ ...draft, range }));
  };
  if (item === undefined || logical === undefined) {
    if (/^\s*#/.test(line)) return finish(...directive(text, lineStart, line));
    if (/^\s*\w*$/.test(line)) return finish(line.trim(), instructions(line.trim(), text));
    return [];
  }
  if (at === undefined) return [];
  const before = item.node.original.slice(0, at);
  const scope = scopeAt(model, index, options);
  return finish(...proposals({ before, scope, model, text, options }));
}

interface Place {
  /** The joined line up to the place. */
  readonly before: string;
  readonly scope: Scope;
  readonly model: DocumentModel;
  readonly text: string;
  readonly options: CompletionOptions;
}

type Proposals = readonly [prefix: string, drafts: readonly Draft[]];

function proposals(place: Place): Proposals {
  const { before } = place;
  const trigger = /^onbuild\s+/i.exec(before);
  const line = trigger === null ? before : before.slice(trigger[0].length);
  if (/^\S*$/.test(line)) {
    const all = instructions(line, place.text);
    return [
      line,
      trigger === null ? all : all.filter(({ label }) => !/^(?:from|maintainer|onbuild)$/i.test(label)),
    ];
  }
  // A byte order mark inside the file is white space here, but no blank that BuildKit strips.
  const keyword = toLower(/\S+/.exec(line)?.[0] ?? "");
  const variable = /\$(\{?)((?:[A-Za-z_][A-Za-z0-9_]*)?)$/.exec(line);
  if (variable !== null && keyword !== "maintainer") return [variable[2]!, variables(place.scope)];
  const words = line.split(/\s+/).slice(1);
  const word = words.pop()!;
  const flagsOnly = words.every((other) => other.startsWith("--"));
  if (flagsOnly && word.startsWith("-")) return flag(keyword, word, place);
  return [
    word,
    argumentsOf(
      keyword,
      word,
      words.filter((other) => !other.startsWith("--")),
      words,
      place,
    ),
  ];
}

/** In the case that is typed, or that the file has. */
function instructions(prefix: string, text: string): readonly Draft[] {
  const isLower = prefix === "" ? /^\s*from\s/m.test(text) : prefix === toLower(prefix);
  return instructionNames.map((name) => {
    const label = isLower ? name : toUpper(name);
    return { label, kind: "instruction", insert: label + " ", detail: instructionTexts[name]!.summary };
  });
}

function variables({ variables: known }: Scope): readonly Draft[] {
  return [...known.values()].map(({ name, value }) => ({
    label: name,
    kind: "variable",
    insert: name,
    detail:
      value === undefined
        ? { ko: "값이 없습니다.", en: "Has no value." }
        : { ko: `여기서 값: ${value}`, en: `Value here: ${value}` },
  }));
}

function flag(keyword: string, word: string, place: Place): Proposals {
  const equals = word.indexOf("=");
  if (equals >= 0) return flagValue(keyword, word.slice(2, equals), word.slice(equals + 1), place);
  const drafts = Object.entries(flagSpecs[keyword] ?? {}).map(([name, type]): Draft => {
    const label = `--${name}`;
    return {
      label,
      kind: "flag",
      insert: type === "bool" ? label : `${label}=`,
      detail: flagTexts[keyword]?.[name],
    };
  });
  return [word, drafts];
}

const values = (...list: readonly string[]): readonly Draft[] =>
  list.map((label) => ({ label, kind: "value", insert: label }));

function flagValue(keyword: string, name: string, value: string, place: Place): Proposals {
  switch (`${keyword} ${name}`) {
    case "from platform":
      return [value, values("$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "linux/arm64")];
    case "copy from":
      return [value, [...stages(place, false), ...images(place)]];
    case "run network":
      return [value, values("default", "none", "host")];
    case "run security":
      return [value, values("sandbox", "insecure")];
    case "run mount":
      return mount(value, place);
    case "copy chmod":
    case "add chmod":
      return [value, values("644", "755")];
  }
  const isBool = flagSpecs[keyword]?.[name] === "bool";
  return [value, isBool ? values("true", "false") : []];
}

function mount(value: string, place: Place): Proposals {
  const fields = value.split(",");
  const last = fields.pop()!;
  const equals = last.indexOf("=");
  if (equals < 0) {
    const used = fields.map((field) => field.split("=", 1)[0]);
    const keys = Object.keys(mountKeyTexts).filter((key) => !used.includes(key));
    return [
      last,
      keys.map((label) => ({ label, kind: "keyword", insert: `${label}=`, detail: mountKeyTexts[label] })),
    ];
  }
  const written = last.slice(equals + 1);
  switch (last.slice(0, equals)) {
    case "type":
      return [
        written,
        Object.entries(mountTypeTexts).map(([label, detail]) => ({
          label,
          kind: "value",
          insert: label,
          detail,
        })),
      ];
    case "from":
      return [written, [...stages(place, false), ...images(place)]];
    case "sharing":
      return [written, values("shared", "private", "locked")];
    case "source":
    case "src":
      return [written, files(written, place)];
  }
  return [written, []];
}

function argumentsOf(
  keyword: string,
  word: string,
  before: readonly string[],
  all: readonly string[],
  place: Place,
): readonly Draft[] {
  switch (keyword) {
    case "from":
      if (before.length === 0) return [...stages(place, true), ...images(place), ...values("scratch")];
      return before.length === 1 ? [{ label: "AS", kind: "keyword", insert: "AS " }] : [];
    case "copy":
    case "add":
      return all.some((other) => other.startsWith("--from=")) ? [] : files(word, place);
    case "healthcheck":
      return before.length === 0
        ? ["CMD", "NONE"].map((label) => ({ label, kind: "keyword", insert: label }))
        : [];
    case "arg":
      return Object.entries(predefinedTexts).map(([label, detail]) => ({
        label,
        kind: "variable",
        insert: label,
        detail,
      }));
    case "stopsignal":
      return values("SIGTERM", "SIGINT", "SIGQUIT", "SIGKILL", "SIGHUP", "SIGUSR1");
    case "shell":
      return values('["/bin/bash", "-c"]', '["/bin/sh", "-c"]', '["/bin/bash", "-o", "pipefail", "-c"]');
  }
  return [];
}

/** Earlier stages; without *own* not the one the place is in, which cannot copy from itself. */
function stages({ scope }: Place, own: boolean): readonly Draft[] {
  return (own ? scope.stages : scope.stages.slice(0, -1))
    .filter(({ name }) => name !== "")
    .map(({ name, baseName, line }) => ({
      label: name,
      kind: "stage",
      insert: name,
      detail: {
        ko: `${line}번째 줄의 단계 (FROM ${baseName})`,
        en: `Stage of line ${line} (FROM ${baseName})`,
      },
    }));
}

const images = ({ options }: Place): readonly Draft[] =>
  (options.images ?? []).map((label) => ({ label, kind: "image", insert: label }));

/** The next path element below what is written: directories end with a slash. */
function files(written: string, { options }: Place): readonly Draft[] {
  const dot = written.startsWith("./") ? "./" : written.startsWith("/") ? "/" : "";
  const typed = written.slice(dot.length);
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  const found = new Set<string>();
  for (const file of options.files ?? []) {
    if (!file.startsWith(folder)) continue;
    const rest = file.slice(folder.length);
    const slash = rest.indexOf("/");
    found.add(dot + folder + (slash < 0 ? rest : rest.slice(0, slash + 1)));
  }
  return [...found].sort().map((label) => ({ label, kind: "file", insert: label }));
}

/** Directives stand at the very top only; above an instruction a comment may have `check=skip=`. */
function directive(text: string, lineStart: number, line: string): Proposals {
  const content = line.replace(/^\s*#\s*/, "");
  const skip = /^check\s*=\s*(?:.*;)?(?:skip|experimental)=(?:.*,)?(\w*)$/.exec(content);
  if (skip !== null) {
    return [
      skip[1]!,
      [
        { label: "all", kind: "rule", insert: "all" },
        ...rules.map(({ name, why }): Draft => ({ label: name, kind: "rule", insert: name, detail: why })),
      ],
    ];
  }
  if (!/^\w*$/.test(content)) return ["", []];
  const isTop = text
    .slice(0, lineStart)
    .split("\n")
    .slice(0, -1)
    .every((other) => /^#\s*(?:syntax|escape|check)\s*=/i.test(other));
  const names = isTop ? Object.keys(directiveTexts) : ["check"];
  return [
    content,
    names.map((label) => ({
      label,
      kind: "directive",
      insert: label === "check" ? "check=skip=" : `${label}=`,
      detail: directiveTexts[label],
    })),
  ];
}
