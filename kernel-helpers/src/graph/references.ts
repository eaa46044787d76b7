/** Image references as the frontend uses them (distribution/reference). */

import { parseReference, type Reference } from "../dockerfile/reference";
import { isDockerfileError } from "../dockerfile/refusal";
import { Refusal } from "./refusal";

function read(text: string, prefix: string): Reference {
  const parsed = parseReference(text);
  if (!isDockerfileError(parsed)) return parsed;
  throw new Refusal(prefix === "" ? parsed.message : `${prefix}: ${parsed.message}`, parsed.code);
}

/** The complete name: `docker.io/library/alpine:latest`. Throws Refusal, its text behind *prefix*. */
export function canonicalReference(text: string, prefix = ""): string {
  return read(text, prefix).canonical;
}

/** What a named context is called: the familiar name without `:latest`. Throws Refusal. */
export function contextName(text: string): string {
  return read(text, `invalid context name ${text}`).familiarBare.replace(/:latest$/, "");
}

/** Is *text* a valid reference? */
export function isReference(text: string): boolean {
  return !isDockerfileError(parseReference(text));
}

/** The repository of an image name, without tag and digest: `docker.io/library/alpine`; undefined where *text* is no name. */
export function repositoryOf(text: string): string | undefined {
  const parsed = parseReference(text);
  return isDockerfileError(parsed) ? undefined : `${parsed.domain}/${parsed.path}`;
}

/** *canonical* pinned to *digest*. */
export function withDigest(canonical: string, digest: string): string {
  const at = canonical.indexOf("@");
  return `${at === -1 ? canonical : canonical.slice(0, at)}@${digest}`;
}
