/** Where the bytes of an image went: what each layer adds, changes and hides, what could be saved, and with which change. */

import type { BuiltImage, ImageLayer, LayerEntry } from "../../build/types";
import { isSecretName } from "../../graph";
import { efficiencyOf, type WastedPath } from "./efficiency";
import type { LayerFile } from "./file-tree";

/** What one layer of the image's own does to the files. */
export interface LayerWaste {
  /** Position in the image, the bottom layer is 1. */
  readonly layer: number;
  readonly diffId: string;
  /** The history entry that made it. */
  readonly instruction: string;
  /** Bytes of its files. */
  readonly bytes: number;
  readonly added: readonly string[];
  /** Files that a lower layer of the image's own holds too. */
  readonly changed: readonly string[];
  /** Paths that it hides. */
  readonly removed: readonly string[];
}

export type WasteKind = "replaced" | "removed" | "attributes" | "again";

/** Bytes that no container sees but every download carries. */
export interface Reclaimable {
  readonly path: string;
  readonly kind: WasteKind;
  /** Bytes that would be saved: hidden copies; the copy that is kept is not among them. */
  readonly bytes: number;
  /** Layers (1 = bottom) that hold a hidden copy, and the layer that hides it. */
  readonly layers: readonly number[];
  readonly hiddenBy: number;
  readonly fix: { readonly ko: string; readonly en: string };
}

export interface Waste {
  /** dive's score over the layers whose files are known, and the bytes it calls wasted. */
  readonly score: number;
  readonly wastedBytes: number;
  readonly wastedPaths: readonly WastedPath[];
  /** Bytes of all layers; of base layers the tar. */
  readonly totalBytes: number;
  readonly baseBytes: number;
  readonly ownBytes: number;
  /** What would be saved by writing every file once, at its end. */
  readonly reclaimableBytes: number;
  /** Largest first. */
  readonly reclaimable: readonly Reclaimable[];
  readonly layers: readonly LayerWaste[];
  /** Layers whose files are not known (of the base): they are in no figure but the totals. */
  readonly unknownLayers: number;
}

interface Copy {
  readonly layer: number;
  readonly fromBase: boolean;
  readonly size: number;
  readonly sha256?: string;
  readonly attributes: string;
}

/** The account of *image*. */
export function wasteOf(image: BuiltImage): Waste {
  const { layers } = image;
  const instructions = instructionsOf(image);
  const present = new Map<string, Copy[]>();
  const folders = new Set<string>();
  const reclaimable: Reclaimable[] = [];
  const account: LayerWaste[] = [];
  layers.forEach((layer, i) => {
    if (!layer.entries) return;
    const number = i + 1;
    const removed: string[] = [];
    const added: string[] = [];
    const changed: string[] = [];
    // What a layer hides is hidden before its own files are there.
    for (const { path } of layer.entries) {
      const hidden = hiddenBy(path);
      if (!hidden) continue;
      if (!hidden.opaque) removed.push(hidden.path);
      for (const [known, copies] of present) {
        if (known !== hidden.path && !known.startsWith(hidden.path + "/")) continue;
        if (hidden.opaque && known === hidden.path) continue;
        reclaimable.push(saved(known, "removed", copies, number));
        present.delete(known);
      }
    }
    for (const entry of layer.entries) {
      if (hiddenBy(entry.path)) continue;
      const path = cleaned(entry.path);
      const before = present.get(path);
      if (entry.type === "dir") {
        // A folder in the place of a file hides it.
        if (before) {
          removed.push(path);
          reclaimable.push(saved(path, "removed", before, number));
          present.delete(path);
        }
        folders.add(path);
        continue;
      }
      if (folders.has(path)) {
        // A file in the place of a folder hides all that was in it.
        folders.delete(path);
        for (const [known, copies] of present) {
          if (!known.startsWith(path + "/")) continue;
          removed.push(known);
          reclaimable.push(saved(known, "removed", copies, number));
          present.delete(known);
        }
      }
      if (before) {
        changed.push(path);
        reclaimable.push(saved(path, kindOf(before.at(-1), entry), before, number));
      } else added.push(path);
      const { sha256 } = entry;
      const attributes = attributesOf(entry);
      present.set(path, [
        {
          layer: number,
          fromBase: layer.fromBase,
          size: sizeOf(entry),
          attributes,
          ...(sha256 !== undefined && { sha256 }),
        },
      ]);
    }
    account.push({
      layer: number,
      diffId: layer.diffId,
      instruction: instructions[i] ?? "",
      bytes: bytesOf(layer),
      added,
      changed,
      removed,
    });
  });
  const known = layers.flatMap(({ entries }) => (entries ? [entries.map(layerFile)] : []));
  const { score, wastedBytes, paths } = efficiencyOf(known);
  const baseBytes = sum(layers.filter(({ fromBase }) => fromBase).map(bytesOf));
  const ownBytes = sum(layers.filter(({ fromBase }) => !fromBase).map(bytesOf));
  const found = reclaimable
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  return {
    score,
    wastedBytes,
    wastedPaths: paths,
    totalBytes: baseBytes + ownBytes,
    baseBytes,
    ownBytes,
    reclaimableBytes: sum(found.map(({ bytes }) => bytes)),
    reclaimable: found,
    layers: account,
    unknownLayers: layers.filter(({ entries }) => !entries).length,
  };
}

const FIXES: Readonly<Record<WasteKind, { readonly ko: string; readonly en: string }>> = {
  removed: {
    ko: "만드는 명령과 지우는 명령을 한 RUN으로 합치거나, 그 파일을 쓰는 단계를 다른 스테이지로 옮기세요.",
    en: "make and remove it in one RUN, or move the step that needs it to another stage",
  },
  replaced: {
    ko: "처음부터 마지막 내용으로 한 번만 쓰세요.",
    en: "write it once, with its last content",
  },
  again: {
    ko: "같은 파일을 두 번 넣었습니다. 뒤의 COPY에서 --exclude로 빼거나, 한 번만 복사하세요.",
    en: "the same file was put in twice: leave it out of the later COPY (--exclude), or copy it once",
  },
  attributes: {
    ko: "내용은 같고 권한이나 소유자만 바뀌었습니다. RUN chmod·chown 대신 COPY --chmod·--chown을 쓰세요.",
    en: "only mode or owner changed: use COPY --chmod or --chown instead of RUN chmod or chown",
  },
};

function attributesOf({ mode, uid, gid, type }: LayerEntry): string {
  return `${type} ${mode} ${uid}:${gid}`;
}

function kindOf(before: Copy | undefined, entry: LayerEntry): WasteKind {
  if (entry.sha256 === undefined || before?.sha256 !== entry.sha256) return "replaced";
  return before.attributes === attributesOf(entry) ? "again" : "attributes";
}

/** Copies in layers of the base are the base's: no change of this Dockerfile saves them. */
function saved(path: string, kind: WasteKind, all: readonly Copy[], hiddenBy: number): Reclaimable {
  const copies = all.filter(({ fromBase }) => !fromBase);
  return {
    path: "/" + path,
    kind,
    bytes: sum(copies.map(({ size }) => size)),
    layers: copies.map(({ layer }) => layer),
    hiddenBy,
    fix: FIXES[kind],
  };
}

/** The path that a whiteout hides; of an opaque folder all that was below it. */
function hiddenBy(path: string): { readonly path: string; readonly opaque: boolean } | undefined {
  const clean = cleaned(path);
  const slash = clean.lastIndexOf("/");
  const name = clean.slice(slash + 1);
  if (!name.startsWith(".wh.")) return undefined;
  const folder = slash < 0 ? "" : clean.slice(0, slash);
  if (name === ".wh..wh..opq") return { path: folder, opaque: true };
  if (name.startsWith(".wh..wh.")) return undefined;
  const hidden = name.slice(".wh.".length);
  return { path: folder === "" ? hidden : `${folder}/${hidden}`, opaque: false };
}

function cleaned(path: string): string {
  return path.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
}

function layerFile(entry: LayerEntry): LayerFile {
  return { path: entry.path, size: sizeOf(entry), isDirectory: entry.type === "dir" };
}

/** A hard link has no bytes of its own. */
function sizeOf({ type, size }: LayerEntry): number {
  return type === "file" ? size : 0;
}

/** Bytes of a layer's files; of one whose files are not known those of its tar. */
function bytesOf(layer: ImageLayer): number {
  return layer.entries ? sum(layer.entries.map(sizeOf)) : layer.uncompressed;
}

/** By layer: the history entry that made it. */
function instructionsOf({ history, layers }: BuiltImage): string[] {
  const makers = history
    .filter((entry) => !entry.empty_layer)
    .map(({ created_by: text }) => masked((text ?? "").replace(/ # buildkit$/, "")));
  return makers.length === layers.length ? makers : layers.map(() => "");
}

/** The values of names that look like secrets are nobody's to read here. */
function masked(text: string): string {
  return text.replace(/\b([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S+)/g, (all, name: string) =>
    isSecretName(name) ? `${name}=****` : all,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
