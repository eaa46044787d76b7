/** `--build-context name=…` (BuildKit frontend/dockerui/namedcontext.go). */

import { equalFold } from "../dockerfile/go-text";
import { followPaths, readPatterns } from "./build-context";
import type { ConvertContext } from "./context";
import type { LoadableContext } from "./frontend-options";
import { readImageConfig, type ImageDraft } from "./image-config";
import { sourceNode } from "./nodes";
import { joinPath } from "./paths";
import { formatPlatformAll, linuxAmd64, normalizePlatform } from "./platform-spec";
import { canonicalReference, contextName } from "./references";
import { smallTransfer } from "./requests";
import { scratchName } from "./stages";
import { addEnv, scratch, stateOf, type Node, type State } from "./state";
import type { LocalOp, PlatformSpec } from "./types";
import { splitVariable } from "./env-list";

/**
 * The context called *reference* (a stage's name or an image reference), if one was given. `scratch` and `context` cannot be
 * replaced. Throws Refusal for a name that is no reference.
 */
export function findNamedContext(
  context: ConvertContext,
  reference: string,
  platform: PlatformSpec | undefined,
): LoadableContext | undefined {
  if (equalFold(reference, scratchName) || equalFold(reference, "context")) return undefined;
  const name = contextName(reference);
  const wanted = platform ?? (context.implicitTarget ? undefined : context.targetPlatform);
  const withPlatform = `${name}::${formatPlatformAll(normalizePlatform(wanted ?? linuxAmd64))}`;
  for (const key of [withPlatform, name]) {
    const source = context.options.contexts.get(key);
    if (source !== undefined) return { name: key, source, platform: wanted };
  }
  return undefined;
}

/** Loads *named*: its files, and the image config when it is an image. *paths*: what is used of a local one, read at the end. */
export async function loadNamedContext(
  context: ConvertContext,
  named: LoadableContext,
  paths: () => ReadonlySet<string>,
): Promise<{ readonly state: State; readonly image: ImageDraft | undefined }> {
  const { name, source } = named;
  if (source.kind === "local") return { state: loadLocal(context, name, paths), image: undefined };
  if (source.ref === scratchName) return { state: scratch, image: undefined };
  const canonical = canonicalReference(source.ref);
  const platform = named.platform ?? context.targetPlatform;
  const resolved = await context.requests.lookUp(
    `[context ${name}] load metadata for ${source.ref}`,
    canonical,
    platform,
  );
  const image = readImageConfig(resolved.config);
  const node = sourceNode(
    { kind: "image", ref: canonical, digest: resolved.digest, platform },
    { name: `[context ${name}] ${source.ref}`, internal: true },
  );
  const own = image.platform;
  let state = stateOf(
    node,
    own.os !== "" && own.architecture !== "" ? normalizePlatform(own) : named.platform,
  );
  for (const variable of image.env) state = addEnv(state, ...splitVariable(variable));
  const dir = image.workingDir.startsWith("/") ? image.workingDir : joinPath("/", image.workingDir);
  return { state: { ...state, dir }, image };
}

function loadLocal(context: ConvertContext, name: string, paths: () => ReadonlySet<string>): State {
  const { requests, input } = context;
  const label = `[context ${name}]`;
  requests.transfer(
    `${label} load .dockerignore`,
    smallTransfer(name, [".dockerignore"], `context:${name}-.dockerignore`),
  );
  const excludePatterns = readPatterns(input.contextDockerignores?.[name], ".dockerignore");
  const node: Node = {
    meta: { name: `${label} load from client`, internal: true },
    walk: () => [],
    op: (): LocalOp => ({
      kind: "local",
      name,
      followPaths: followPaths(paths()),
      excludePatterns,
      includePatterns: [],
      sharedKeyHint: `context:${name}-`,
    }),
  };
  return stateOf(node);
}
