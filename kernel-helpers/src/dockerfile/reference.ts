/** Image names: `alpine`, `ghcr.io/org/app:1.2@sha256:…` (distribution/reference v0.6.0 ParseNormalizedNamed, TagNameOnly). */

import { toLower, utf8Length } from "./go-text";
import type { DockerfileError } from "./types";

/** An image name in all its forms. */
export interface Reference {
  readonly kind: "reference";
  /** Complete: `docker.io/library/alpine:latest`. The tag `latest` is added when neither tag nor digest is written. */
  readonly canonical: string;
  /** As people write it: `alpine:latest`. */
  readonly familiar: string;
  /** As `familiar`, but without an added tag: `alpine`. */
  readonly familiarBare: string;
  /** `docker.io`. */
  readonly domain: string;
  /** `library/alpine`. */
  readonly path: string;
  /** `latest` when added; absent beside a digest without a tag. */
  readonly tag?: string;
  readonly digest?: string;
  /** Was neither tag nor digest written? */
  readonly nameOnly: boolean;
}

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const path = `${component}(?:/${component})*`;
const hostPart = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domain = `(?:${hostPart}(?:\\.${hostPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const referencePattern = new RegExp(`^(?:(${domain})/)?(${path})(?::(\\w[\\w.-]{0,127}))?(?:@(${digest}))?$`);

/** Hex digits of each digest algorithm that is known. */
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Longer texts are no names, whatever they hold; Go reads on to find out which rule they break, but always ends up refusing. */
const longestSensible = 20_000;

/** Reads an image name. Never throws; a refusal has the library's text and no place. */
export function parseReference(text: string): Reference | DockerfileError {
  const fail = (code: string, message: string): DockerfileError => ({ code, message, lines: [] });
  if (/^[a-f0-9]{64}$/.test(text)) {
    return fail(
      "LB_REFERENCE_HEX",
      `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const [host, remainder] = splitDomain(text);
  const remote = remainder.split(":", 1)[0]!;
  if (toLower(remote) !== remote) {
    return fail(
      "LB_REFERENCE_CASE",
      `invalid reference format: repository name (${remote}) must be lowercase`,
    );
  }
  const full = `${host}/${remainder}`;
  const match = full.length > longestSensible ? null : referencePattern.exec(full);
  if (match === null) {
    if (full.length <= longestSensible && referencePattern.test(toLower(full))) {
      return fail("LB_REFERENCE_CASE", "repository name must be lowercase");
    }
    return fail("LB_REFERENCE_FORMAT", "invalid reference format");
  }
  const [, foundDomain = "", foundPath = "", tag, foundDigest] = match;
  if (utf8Length(foundPath) > 255) {
    return fail("LB_REFERENCE_LENGTH", "repository name must not be more than 255 characters");
  }
  const digestError = foundDigest === undefined ? undefined : checkDigest(foundDigest);
  if (digestError !== undefined) return fail("LB_REFERENCE_DIGEST", digestError);
  return makeReference(foundDomain, foundPath, tag, foundDigest);
}

function makeReference(
  host: string,
  path: string,
  written: string | undefined,
  digest: string | undefined,
): Reference {
  const nameOnly = written === undefined && digest === undefined;
  const tag = nameOnly ? "latest" : written;
  const name = host === "" ? path : `${host}/${path}`;
  const short = host === "docker.io" ? path.replace(/^library\/([^/]*)$/, "$1") : name;
  const suffix = (given: string | undefined) =>
    (given === undefined ? "" : `:${given}`) + (digest === undefined ? "" : `@${digest}`);
  return {
    kind: "reference",
    canonical: name + suffix(tag),
    familiar: short + suffix(tag),
    familiarBare: short + suffix(written),
    domain: host,
    path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    nameOnly,
  };
}

/** The registry and the rest. Names without a dot, a colon or a capital before their first slash are Docker Hub's. */
function splitDomain(name: string): readonly [domain: string, remainder: string] {
  const slash = name.indexOf("/");
  if (slash < 0) return ["docker.io", `library/${name}`];
  const first = name.slice(0, slash);
  const rest = name.slice(slash + 1);
  const isDomain = first === "localhost" || /[.:]/.test(first) || toLower(first) !== first;
  const host = first === "index.docker.io" || !isDomain ? "docker.io" : first;
  const remainder = isDomain ? rest : name;
  return [host, host === "docker.io" && !remainder.includes("/") ? `library/${remainder}` : remainder];
}

/** opencontainers/go-digest `Digest.Validate`: an error text, or undefined. */
export function checkDigest(text: string): string | undefined {
  const colon = text.indexOf(":");
  if (colon <= 0 || colon + 1 === text.length) return "invalid checksum digest format";
  const algorithm = text.slice(0, colon);
  const encoded = text.slice(colon + 1);
  if (!Object.hasOwn(digestLengths, algorithm)) {
    const wellFormed = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/.test(text);
    return wellFormed ? "unsupported digest algorithm" : "invalid checksum digest format";
  }
  if (utf8Length(encoded) !== digestLengths[algorithm]) return "invalid checksum digest length";
  return /^[a-f0-9]+$/.test(encoded) ? undefined : "invalid checksum digest format";
}
