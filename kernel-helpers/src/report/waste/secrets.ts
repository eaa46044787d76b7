/** Finds a secret in all that an image carries: every layer (also what a later layer hides), history, config. */

import type { BuiltImage } from "../../build/types";

/** Where a value stands. */
export interface SecretPlace {
  readonly where: "layer" | "history" | "config" | "label";
  /** For a layer: its position, the bottom layer is 1. */
  readonly layer?: number;
  /** The file, the history entry, or the field of the config (`Env[2]`). */
  readonly place: string;
  /** Some characters around it, the value itself masked. */
  readonly excerpt: string;
  /** Is the file hidden by a higher layer? It is in the image all the same. */
  readonly hidden?: boolean;
  /** How whoever has the image gets at it. */
  readonly recover: { readonly ko: string; readonly en: string };
}

/** The bytes of the files in the layers of an image's own, by position (1 = bottom): `undefined` where they are not known. */
export interface LayerContents {
  readonly layer: number;
  readonly entries: readonly {
    readonly path: string;
    readonly size?: number;
    read(): Uint8Array | undefined;
  }[];
}

const MASK = "****";
const AROUND = 24;

/** Every place of *value* in *image*. Throws RangeError for a value of less than 4 characters, which would be found everywhere. */
export function findSecret(
  image: BuiltImage,
  value: string,
  contents: readonly LayerContents[],
): SecretPlace[] {
  if (value.length < 4)
    throw new RangeError(
      "LB_SHORT_SECRET: a value of at least 4 characters is needed / 찾을 값은 4글자 이상이어야 합니다",
    );
  const forms = [...new Set([value, base64Of(value)])];
  const places: SecretPlace[] = [];
  const hiddenAt = hiddenPaths(image);
  for (const { layer, entries } of contents) {
    for (const { path, read } of entries) {
      const bytes = read();
      const text = bytes && new TextDecoder("latin1").decode(bytes);
      const form = text === undefined ? undefined : forms.map(asLatin1).find((one) => text.includes(one));
      const inName = path.includes(value);
      if (form === undefined && !inName) continue;
      const clean = path.replace(/^\/+/, "");
      const hidden =
        (hiddenAt.get(clean) ?? 0) > layer ||
        [...hiddenAt].some(([at, by]) => by > layer && clean.startsWith(at + "/"));
      places.push({
        where: "layer",
        layer,
        place: "/" + clean.replaceAll(value, MASK),
        excerpt: form === undefined ? MASK : excerptOf(text!, form),
        ...(hidden && { hidden }),
        recover: {
          ko: `docker save로 이미지를 풀면 ${layer}번째 층의 tar에 그대로 있습니다.`,
          en: `docker save, then unpack the tar of layer ${layer}`,
        },
      });
    }
  }
  image.history.forEach(({ created_by: text = "" }, i) => {
    const form = forms.find((one) => text.includes(one));
    if (form === undefined) return;
    places.push({
      where: "history",
      place: `history[${i}]`,
      excerpt: excerptOf(text, form),
      recover: {
        ko: "docker history --no-trunc 명령이 그대로 보여 줍니다.",
        en: "docker history --no-trunc shows it",
      },
    });
  });
  visit(image.config, "", (path, text) => {
    const form = forms.find((one) => text.includes(one));
    if (form === undefined) return;
    places.push({
      where: /(^|\.)Labels\./.test(path) ? "label" : "config",
      place: path.replaceAll(value, MASK),
      excerpt: excerptOf(text, form),
      recover: { ko: "docker image inspect 명령이 그대로 보여 줍니다.", en: "docker image inspect shows it" },
    });
  });
  return places;
}

/** By path: the highest layer that hides or replaces it. */
export function hiddenPaths({ layers }: BuiltImage): Map<string, number> {
  const hidden = new Map<string, number>();
  const seen = new Set<string>();
  layers.forEach(({ entries = [] }, i) => {
    for (const { path, type } of entries) {
      const clean = path.replace(/^\/+/, "").replace(/\/+$/, "");
      const name = clean.slice(clean.lastIndexOf("/") + 1);
      if (name.startsWith(".wh.") && !name.startsWith(".wh..wh."))
        hidden.set(clean.slice(0, clean.length - name.length) + name.slice(4), i + 1);
      else if (type !== "dir" && seen.has(clean)) hidden.set(clean, i + 1);
      seen.add(clean);
    }
  });
  return hidden;
}

function visit(value: unknown, path: string, found: (path: string, text: string) => void): void {
  if (typeof value === "string") found(path, value);
  else if (Array.isArray(value)) value.forEach((item, i) => visit(item, `${path}[${i}]`, found));
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value))
      visit(inner, path === "" ? key : `${path}.${key}`, found);
  }
}

function excerptOf(text: string, form: string): string {
  const needle = text.includes(form) ? form : asLatin1(form);
  const at = text.indexOf(needle);
  const line =
    text.slice(Math.max(0, at - AROUND), at) +
    MASK +
    text.slice(at + needle.length, at + needle.length + AROUND);
  return line
    .replaceAll(needle, MASK)
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trim();
}

/** As the bytes of its UTF-8 look one by one. */
function asLatin1(text: string): string {
  return new TextDecoder("latin1").decode(new TextEncoder().encode(text));
}

function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text))).replace(/=+$/, "");
}
