/** Colours for code on screen, weight and slant on paper: keywords, strings, comments of the languages that lessons use. */

import { escapeHtml } from "../report/html";

interface Rule {
  readonly kind: "comment" | "string" | "keyword" | "variable" | "number";
  readonly pattern: RegExp;
}

const JS_WORDS =
  "as|async|await|break|case|catch|class|const|continue|default|delete|do|else|export|extends|false|finally|for|from|function|if|import|in|instanceof|interface|let|new|null|of|return|switch|this|throw|true|try|type|typeof|undefined|var|void|while|yield";
const PY_WORDS =
  "and|as|assert|async|await|break|class|continue|def|del|elif|else|except|False|finally|for|from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|raise|return|True|try|while|with|yield";
const SH_WORDS = "if|then|else|elif|fi|for|in|do|done|case|esac|while|until|export|cd|set";

const STRING: Rule = { kind: "string", pattern: /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/y };
const NUMBER: Rule = { kind: "number", pattern: /\b\d[\d_.]*(?:[eE][+-]?\d+)?\b/y };
const HASH: Rule = { kind: "comment", pattern: /(?<![^\s])#[^\n]*/y };
const SHELL_VARIABLE: Rule = { kind: "variable", pattern: /\$\{[^}\n]*\}|\$[A-Za-z_]\w*|\$[0-9@*#?!-]/y };

const word = (words: string): Rule => ({ kind: "keyword", pattern: new RegExp(`\\b(?:${words})\\b`, "y") });

const SHELL: readonly Rule[] = [
  HASH,
  STRING,
  SHELL_VARIABLE,
  { kind: "keyword", pattern: /&&|\|\||[;|]/y },
  word(SH_WORDS),
];
const JAVASCRIPT: readonly Rule[] = [
  { kind: "comment", pattern: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y },
  { kind: "string", pattern: /`(?:\\[\s\S]|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/y },
  word(JS_WORDS),
  NUMBER,
];

const LANGUAGES: Readonly<Record<string, readonly Rule[]>> = {
  dockerfile: [
    { kind: "comment", pattern: /(?<=^|\n)[ \t]*#[^\n]*/y },
    {
      kind: "keyword",
      pattern:
        /(?<=^|\n)[ \t]*(?:ONBUILD[ \t]+)?(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\b/iy,
    },
    { kind: "keyword", pattern: /(?<=\s)AS(?=\s)/iy },
    { kind: "variable", pattern: /(?<=\s)--[a-z][\w-]*/y },
    STRING,
    SHELL_VARIABLE,
    { kind: "keyword", pattern: /&&|\|\|/y },
  ],
  shell: SHELL,
  typescript: JAVASCRIPT,
  json: [
    { kind: "variable", pattern: /"(?:\\.|[^"\\\n])*"(?=\s*:)/y },
    STRING,
    word("true|false|null"),
    NUMBER,
  ],
  python: [
    HASH,
    { kind: "string", pattern: /"""[\s\S]*?"""|'''[\s\S]*?'''/y },
    STRING,
    word(PY_WORDS),
    NUMBER,
  ],
};

const NAMES: Readonly<Record<string, string>> = {
  docker: "dockerfile",
  containerfile: "dockerfile",
  sh: "shell",
  bash: "shell",
  console: "shell",
  "shell-session": "shell",
  ts: "typescript",
  js: "typescript",
  jsx: "typescript",
  tsx: "typescript",
  javascript: "typescript",
  py: "python",
  python3: "python",
  ipython: "python",
  ipython3: "python",
  jsonc: "json",
};

/** *code* as HTML: escaped, with `<span class="c-keyword">` around what *language* knows. Unknown languages are only escaped. */
export function highlight(code: string, language: string): string {
  const name = language.toLowerCase();
  const rules = LANGUAGES[NAMES[name] ?? name];
  if (!rules) return escapeHtml(code);
  let html = "";
  let plain = 0;
  for (let at = 0; at < code.length;) {
    const found = firstMatch(rules, code, at);
    if (!found) {
      at++;
      continue;
    }
    html +=
      escapeHtml(code.slice(plain, at)) + `<span class="c-${found.kind}">${escapeHtml(found.text)}</span>`;
    at += found.text.length;
    plain = at;
  }
  return html + escapeHtml(code.slice(plain));
}

function firstMatch(
  rules: readonly Rule[],
  code: string,
  at: number,
): { kind: Rule["kind"]; text: string } | undefined {
  for (const { kind, pattern } of rules) {
    pattern.lastIndex = at;
    const text = pattern.exec(code)?.[0];
    if (text) return { kind, text };
  }
  return undefined;
}

/** The language of a file by its name. */
export function languageOf(file: string): string {
  const name = (file.split("/").pop() ?? file).toLowerCase();
  if (/^(dockerfile|containerfile)(\.|$)|\.dockerfile$/.test(name)) return "dockerfile";
  const extension = /\.(\w+)$/.exec(name)?.[1] ?? "";
  return (
    {
      js: "typescript",
      mjs: "typescript",
      cjs: "typescript",
      ts: "typescript",
      json: "json",
      sh: "shell",
      py: "python",
    }[extension] ?? "text"
  );
}
