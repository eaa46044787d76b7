/** FROM: the manifest is always looked at; layers are fetched and unpacked when a step needs the files (BuildKit source/containerimage/pull.go). */

import type { ImageOp, Vertex } from "../graph/types";
import type { BaseImage } from "../image/base-image";
import { type LayerChain, pushLayer } from "../image/layer";
import { downloadTime, extractTime, RESOLVE_TIME } from "./durations";
import type { ExecuteAnswer, SourceAnswer } from "./operations";
import { clockAt, type Session } from "./session";

/** Resolves the reference again, as every build does. */
export function resolveImageSource(session: Session, vertex: Vertex, op: ImageOp, at: number): SourceAnswer {
  const end = at + RESOLVE_TIME;
  const image = find(session, op);
  session.timeline.statusSpan(vertex.digest, `resolve ${op.ref}`, at, end);
  return "error" in image ? { at: end, error: image.error } : { at: end };
}

function find(session: Session, op: ImageOp): BaseImage | { readonly error: string } {
  const name = op.ref.includes("@") ? op.ref.slice(0, op.ref.indexOf("@")) : op.ref;
  const image = session.world.images.find(name, op.platform);
  if (!("error" in image) && (op.digest === "" || image.digest === op.digest)) return image;
  return session.world.images.find(op.ref, op.platform);
}

/** Downloads what is not here (in parallel) and unpacks what is not unpacked (one after the other). */
export function pullImage(session: Session, vertex: Vertex, op: ImageOp, at: number): ExecuteAnswer {
  const image = find(session, op);
  if ("error" in image) return { at, error: image.error };
  const { builder, timeline } = session;
  let unpackAt = at;
  let chainName = "";
  const downloaded = new Map<string, number>();
  for (const layer of image.layers) {
    if (builder.blobs.has(layer.digest)) continue;
    builder.blobs.add(layer.digest);
    const end = at + downloadTime(layer.size);
    downloaded.set(layer.digest, end);
    timeline.statusSpan(vertex.digest, layer.digest, at, end, { current: layer.size, total: layer.size });
  }
  let layers: LayerChain | undefined;
  for (const layer of image.layers) {
    layers = pushLayer(layers, layer);
    chainName += " " + layer.diffId;
    if (builder.chains.has(chainName)) continue;
    builder.chains.add(chainName);
    const start = Math.max(unpackAt, downloaded.get(layer.digest) ?? at);
    unpackAt = start + extractTime(layer.size);
    timeline.statusSpan(vertex.digest, `extracting ${layer.digest}`, start, unpackAt);
  }
  const end = Math.max(unpackAt, ...downloaded.values());
  const result = {
    id: session.newRef(),
    snapshot: image.snapshot(),
    layers,
    createdAt: clockAt(session, end),
    duration: end - at,
  };
  return { at: end, result };
}
