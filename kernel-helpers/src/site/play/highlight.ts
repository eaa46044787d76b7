/** Colours for the text of a Dockerfile: pieces with the name of their colour, which together are the text again. */

/** A piece of text: `key` instruction, `flag`, `str`, `var`, `note` comment, or plain. */
export interface Piece {
  readonly kind: "key" | "flag" | "str" | "var" | "note" | "plain";
  readonly text: string;
}

/** Longer texts stay plain: colouring follows every key press. */
const LIMIT = 60_000;

const INSTRUCTION =
  /^(\s*)(FROM|RUN|CMD|LABEL|MAINTAINER|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ARG|ONBUILD|STOPSIGNAL|HEALTHCHECK|SHELL)(?=\s|$)/i;
const PIECE = /(--[\w-]+(?==|\s|$))|("(?:[^"\\\n]|\\.)*"|'[^'\n]*')|(\$\{[^}\n]*\}|\$\w+)|(\bAS\b)/gi;

/** *text* in pieces, in order. */
export function highlight(text: string): Piece[] {
  if (text.length > LIMIT) return [{ kind: "plain", text }];
  const pieces: Piece[] = [];
  let continued = false;
  let heredoc: string | undefined;
  for (const [number, line] of text.split("\n").entries()) {
    if (number > 0) pieces.push({ kind: "plain", text: "\n" });
    if (heredoc !== undefined) {
      pieces.push({ kind: line.replace(/^\t+/, "") === heredoc ? "key" : "str", text: line });
      if (line.replace(/^\t+/, "") === heredoc) heredoc = undefined;
      continue;
    }
    if (/^\s*#/.test(line)) {
      pieces.push({ kind: "note", text: line });
      continue;
    }
    const word = continued ? null : INSTRUCTION.exec(line);
    if (word) pieces.push({ kind: "plain", text: word[1] ?? "" }, { kind: "key", text: word[2] ?? "" });
    rest(word ? line.slice(word[0].length) : line, pieces);
    heredoc = /<<-?(["']?)(\w+)\1/.exec(line)?.[2];
    continued = heredoc === undefined && /\\\s*$/.test(line);
  }
  return pieces.filter((piece) => piece.text !== "");
}

function rest(line: string, pieces: Piece[]): void {
  let at = 0;
  for (const match of line.matchAll(PIECE)) {
    const [all, flag, quoted, variable] = match;
    pieces.push({ kind: "plain", text: line.slice(at, match.index) });
    const kind =
      flag !== undefined ? "flag" : quoted !== undefined ? "str" : variable !== undefined ? "var" : "key";
    pieces.push({ kind, text: all });
    at = match.index + all.length;
  }
  pieces.push({ kind: "plain", text: line.slice(at) });
}
