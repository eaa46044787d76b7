/** Terminal text with ANSI colours as HTML. */

import { escapeHtml } from "../report/html";

interface Style {
  color?: string;
  background?: string;
  bold?: boolean;
  faint?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
}

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

const SEQUENCE = /\u001b\[([0-9;?]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;

/** *text* as HTML with `<span class="ansi-red …">`; other control sequences are dropped. */
export function ansiToHtml(text: string): string {
  if (!text.includes("\u001b")) return escapeHtml(text);
  let html = "";
  let last = 0;
  let style: Style = {};
  for (const match of text.matchAll(SEQUENCE)) {
    html += span(text.slice(last, match.index), style);
    last = match.index + match[0].length;
    if (match[2] === "m") style = changed(style, match[1] ?? "");
  }
  return html + span(text.slice(last), style);
}

/** *text* without control sequences. */
export function stripAnsi(text: string): string {
  return text.replace(SEQUENCE, "");
}

function span(text: string, style: Style): string {
  if (text === "") return "";
  const [color, background] = style.inverse
    ? [style.background ?? "inverse", style.color ?? "inverse"]
    : [style.color, style.background];
  const classes = [
    color && `ansi-${color}`,
    background && `ansi-on-${background}`,
    style.bold && "ansi-bold",
    style.faint && "ansi-faint",
    style.italic && "ansi-italic",
    style.underline && "ansi-underline",
  ].filter(Boolean);
  return classes.length === 0
    ? escapeHtml(text)
    : `<span class="${classes.join(" ")}">${escapeHtml(text)}</span>`;
}

function changed(style: Style, codes: string): Style {
  const next = { ...style };
  const list = codes === "" ? [0] : codes.split(";").map(Number);
  for (let i = 0; i < list.length; i++) {
    const code = list[i] ?? 0;
    if (code === 0) for (const key of Object.keys(next)) delete next[key as keyof Style];
    else if (code === 1) next.bold = true;
    else if (code === 2) next.faint = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 22) next.bold = next.faint = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code === 27) next.inverse = false;
    else if (code >= 30 && code <= 37) next.color = NAMES[code - 30];
    else if (code >= 90 && code <= 97) next.color = NAMES[code - 90];
    else if (code >= 40 && code <= 47) next.background = NAMES[code - 40];
    else if (code >= 100 && code <= 107) next.background = NAMES[code - 100];
    else if (code === 39) next.color = undefined;
    else if (code === 49) next.background = undefined;
    else if (code === 38 || code === 48) {
      // 256 colours and true colour: the nearest of the eight, by the first six levels of each.
      const name =
        list[i + 1] === 5
          ? nearest256(list[i + 2] ?? 0)
          : nearest(list[i + 2] ?? 0, list[i + 3] ?? 0, list[i + 4] ?? 0);
      i += list[i + 1] === 5 ? 2 : 4;
      if (code === 38) next.color = name;
      else next.background = name;
    }
  }
  return next;
}

function nearest256(index: number): string | undefined {
  if (index < 16) return NAMES[index % 8];
  if (index >= 232) return index < 244 ? "black" : "white";
  const cube = index - 16;
  return nearest(Math.trunc(cube / 36) * 51, (Math.trunc(cube / 6) % 6) * 51, (cube % 6) * 51);
}

function nearest(red: number, green: number, blue: number): string | undefined {
  const level = Math.max(red, green, blue);
  const on = (value: number): number => (level > 60 && value > level * 0.6 ? 1 : 0);
  return NAMES[on(red) + 2 * on(green) + 4 * on(blue)];
}
