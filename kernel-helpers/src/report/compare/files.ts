/** The files that a container sees of an image, and how two such views differ. */

import type { BuiltImage, LayerEntry } from "../../build/types";
import type { ComparedFile } from "./types";

/** What of a path counts. */
interface Facts {
  readonly type: LayerEntry["type"];
  readonly size: number;
  readonly mode: string;
  readonly owner: string;
  readonly sha256?: string;
  readonly linkname?: string;
}

/** The view from above of the layers from *from* on whose files are known. Paths without a slash at either end. */
export function viewOf(image: BuiltImage, from = 0): Map<string, Facts> {
  const view = new Map<string, Facts>();
  for (const { entries = [] } of image.layers.slice(from)) {
    hideBelow(view, entries);
    for (const entry of entries) {
      const path = cleanPath(entry.path);
      if (path === "" || path.slice(path.lastIndexOf("/") + 1).startsWith(".wh.")) continue;
      const linked = entry.type === "hardlink" ? view.get(cleanPath(entry.linkname ?? "")) : undefined;
      view.set(
        path,
        linked ?? {
          type: entry.type,
          size: entry.size,
          mode: entry.mode.replace(/^0+(?=.)/, ""),
          owner: `${entry.uid}:${entry.gid}`,
          ...(entry.sha256 !== undefined && { sha256: entry.sha256 }),
          ...(entry.linkname !== undefined && { linkname: entry.linkname }),
        },
      );
    }
  }
  return view;
}

/** Takes out of *view* what a layer of *entries* hides: by whiteouts, by opaque folders, by a file in a folder's place. */
function hideBelow(view: Map<string, Facts>, entries: readonly LayerEntry[]): void {
  const hidden = new Set<string>();
  const emptied = new Set<string>();
  for (const { path, type } of entries) {
    const clean = cleanPath(path);
    const cut = clean.lastIndexOf("/") + 1;
    const name = clean.slice(cut);
    if (name === ".wh..wh..opq") emptied.add(clean.slice(0, Math.max(0, cut - 1)));
    else if (name.startsWith(".wh.") && !name.startsWith(".wh..wh."))
      hidden.add(clean.slice(0, cut) + name.slice(4));
    else if (type !== "dir" && view.get(clean)?.type === "dir") hidden.add(clean);
  }
  if (hidden.size + emptied.size === 0) return;
  for (const path of view.keys()) {
    if (hidden.has(path) || emptied.has("")) view.delete(path);
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const above = path.slice(0, at);
      if (hidden.has(above) || emptied.has(above)) {
        view.delete(path);
        break;
      }
    }
  }
}

function cleanPath(path: string): string {
  return path.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
}

/** Paths that differ, sorted, and the bytes of files that are the same. */
export function compareFiles(
  a: ReadonlyMap<string, Facts>,
  b: ReadonlyMap<string, Facts>,
): { readonly files: readonly ComparedFile[]; readonly same: number } {
  const files: ComparedFile[] = [];
  let same = 0;
  for (const path of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const [before, after] = [a.get(path), b.get(path)];
    if (!before || !after) {
      files.push({
        path,
        change: before ? "removed" : "added",
        ...(before ? { bytesA: before.size } : { bytesB: after!.size }),
      });
      continue;
    }
    const bytes = { bytesA: before.size, bytesB: after.size };
    if (before.type !== after.type)
      files.push({ path, change: "type", ...bytes, detail: `${before.type} → ${after.type}` });
    else if (
      before.size !== after.size ||
      before.sha256 !== after.sha256 ||
      before.linkname !== after.linkname
    )
      files.push({ path, change: "content", ...bytes });
    else {
      const details = [
        before.mode === after.mode ? "" : `mode ${before.mode} → ${after.mode}`,
        before.owner === after.owner ? "" : `owner ${before.owner} → ${after.owner}`,
      ].filter((detail) => detail !== "");
      if (details.length > 0)
        files.push({ path, change: "attributes", ...bytes, detail: details.join(", ") });
      else same += before.size;
    }
  }
  return { files, same };
}
