/** FROM: the manifest is always looked at; layers are fetched and unpacked when a step needs the files (BuildKit source/containerimage/pull.go). */

import type { ImageOp, Vertex } from "../graph/types";
import type { BaseImage } from "../image/base-image";
import { type BaseLayer, type LayerChain, layersOf, pushLayer } from "../image/layer";
import { downloadTime, extractTime, RESOLVE_TIME } from "./durations";
import { CATALOG } from "./open-paths";
import type { ExecuteAnswer, SourceAnswer } from "./operations";
import { clockAt, type Session } from "./session";
import type { StepResult } from "./step-result";

/** Resolves the reference again, as every build does. */
export function resolveImageSource(session: Session, vertex: Vertex, op: ImageOp, at: number): SourceAnswer {
  const end = at + RESOLVE_TIME;
  const image = find(session, op);
  session.timeline.statusSpan(vertex.digest, `resolve ${op.ref}`, at, end);
  if (!("error" in image) && image.assumed !== undefined)
    session.assumed.set(vertex.digest, [`image:${image.assumed}`]);
  return "error" in image ? { at: end, error: image.error } : { at: end };
}

function find(session: Session, op: ImageOp): BaseImage | { readonly error: string } {
  const name = op.ref.includes("@") ? op.ref.slice(0, op.ref.indexOf("@")) : op.ref;
  const image = session.world.images.find(name, op.platform);
  if (!("error" in image) && (op.digest === "" || image.digest === op.digest)) return image;
  return session.world.images.find(op.ref, op.platform);
}

/** The image as a result. Nothing is fetched yet: only what needs the files does that (`unlazyImage`, `fetchLayers`). */
export function openImage(session: Session, op: ImageOp, at: number): ExecuteAnswer {
  const image = find(session, op);
  if ("error" in image) return { at, error: image.error };
  let layers: LayerChain | undefined;
  for (const layer of image.layers) layers = pushLayer(layers, layer);
  const id = session.newRef();
  const root = image.snapshot().fork(clockAt(session, at));
  // A snapshot's own root directory is as old as the snapshot: no layer brings it.
  root.utimes("/", root.now);
  return {
    at,
    result: {
      id,
      snapshot: root.snapshot(),
      layers,
      createdAt: clockAt(session, at),
      duration: 0,
      ...(image.assumed !== undefined && { assumed: true, unknownBase: op.ref }),
      // Of the catalog's images only some of the files are known.
      ...(image.catalog &&
        image.assumed === undefined &&
        session.options.assume && { unknownBase: CATALOG + op.ref }),
    },
  };
}

/** Downloads what is not here, side by side. Gives the moment at which each blob has come. */
function download(
  session: Session,
  vertex: Vertex,
  layers: readonly BaseLayer[],
  at: number,
): Map<string, number> {
  const { blobs } = session.builder;
  const came = new Map<string, number>();
  for (const layer of layers) {
    if (blobs.has(layer.digest)) continue;
    blobs.add(layer.digest);
    const end = at + downloadTime(layer.size);
    came.set(layer.digest, end);
    session.timeline.statusSpan(vertex.digest, layer.digest, at, end, {
      current: layer.size,
      total: layer.size,
    });
    session.undos.push({ at: end, undo: () => void blobs.delete(layer.digest) });
  }
  return came;
}

/**
 * Downloads and unpacks the layers, one on the other, as far as they are not there: somebody needs the files. Gives the end, ms. When
 * a merge is that somebody, the unpacking is a part of its row (*under*; cache/refs.go unlazyDiffMerge).
 */
export function unlazyImage(
  session: Session,
  vertex: Vertex,
  op: ImageOp,
  at: number,
  under = vertex,
): number {
  const image = find(session, op);
  if ("error" in image) return at;
  const { timeline } = session;
  const missing = notUnpacked(session, image.layers);
  if (missing.length === 0) return at;
  timeline.start(vertex.digest, at);
  if (under !== vertex) timeline.start(under.digest, at);
  const came = download(session, vertex, image.layers, at);
  const end = Math.max(unpack(session, under, missing, came, at), ...came.values());
  timeline.complete(vertex.digest, under === vertex ? end : Math.max(at, ...came.values()));
  if (under !== vertex) timeline.complete(under.digest, end);
  return end;
}

/** A layer of an image, and the name of the chain that it is the last of. */
interface ChainedLayer {
  readonly layer: BaseLayer;
  readonly chain: string;
}

function notUnpacked(session: Session, layers: readonly BaseLayer[]): ChainedLayer[] {
  const missing: ChainedLayer[] = [];
  let chain = "";
  for (const layer of layers) {
    chain += " " + layer.diffId;
    if (!session.builder.chains.has(chain)) missing.push({ layer, chain });
  }
  return missing;
}

/** Unpacks *missing* one on the other, on the row of *vertex*. *came*: when each blob is there. Gives the end, ms. */
function unpack(
  session: Session,
  vertex: Vertex,
  missing: readonly ChainedLayer[],
  came: ReadonlyMap<string, number>,
  at: number,
): number {
  const { chains } = session.builder;
  let end = at;
  for (const { layer, chain } of missing) {
    chains.add(chain);
    const start = Math.max(end, came.get(layer.digest) ?? at);
    end = start + extractTime(layer.size);
    session.timeline.statusSpan(vertex.digest, `extracting ${layer.digest}`, start, end);
    session.undos.push({ at: end, undo: () => void chains.delete(chain) });
  }
  return end;
}

/**
 * A result of an imported cache brings all layers below it along: they are downloaded and unpacked on the row of *vertex*, and FROM
 * need not do it later (worker/base FromRemote). Gives the end, ms.
 */
export function fetchImported(session: Session, vertex: Vertex, result: StepResult, at: number): number {
  const { merged } = session.builder;
  if (vertex.op.kind === "merge" && !merged.has(result.id)) {
    // What was merged there comes as one stack of layers.
    merged.add(result.id);
    session.undos.push({ at, undo: () => void merged.delete(result.id) });
  }
  const base = layersOf(result.layers).filter((layer) => layer.kind === "base");
  const missing = notUnpacked(session, base);
  if (missing.length === 0) return at;
  const came = download(session, vertex, base, at);
  return Math.max(unpack(session, vertex, missing, came, at), ...came.values());
}

/** Downloads the layers for an export, which needs the blobs and not the files. Gives the end, ms. */
export function fetchLayers(session: Session, vertex: Vertex, op: ImageOp, at: number): number {
  const image = find(session, op);
  if ("error" in image || image.layers.every((layer) => session.builder.blobs.has(layer.digest))) return at;
  session.timeline.start(vertex.digest, at);
  const end = Math.max(at, ...download(session, vertex, image.layers, at).values());
  session.timeline.complete(vertex.digest, end);
  return end;
}
