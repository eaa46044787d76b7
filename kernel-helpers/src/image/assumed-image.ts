/** Base images that no source knows, taken to be like one that is known: for builds of real projects that may assume (추정). */

import type { PlatformSpec } from "../graph/types";
import type { BaseImage, ImageSource } from "./base-image";

/** By a part of the repository's name: what stands in for it when the catalog has no other tag of the name itself. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)(maven|gradle|openjdk|amazoncorretto|sapmachine|ibm-semeru-runtimes)$/, "eclipse-temurin:21"],
  [/(^|\/)(composer|wordpress)$/, "php:8-apache"],
  [/(^|\/)(rails|jruby)$/, "ruby:3"],
  [/(^|\/)(bun|deno)$/, "node:22-slim"],
  [/(^|\/)(uv|poetry|jupyter\/.*|tensorflow|pytorch)$/, "python:3.12-slim"],
  [/(^|\/)(nginx-unprivileged|openresty|caddy)$/, "nginx:latest"],
];

/** Answers for every reference with the nearest image that *known* has, under a digest of its own, marked `assumed`. */
export function assumedImages(known: ImageSource, sha256Hex: (text: string) => string): ImageSource {
  const look = (name: string, platform: PlatformSpec): BaseImage | undefined => {
    const image = known.find(`docker.io/library/${name}`, platform);
    return "error" in image ? undefined : image;
  };
  return {
    find(ref, platform) {
      const bare = ref.replace(/@.*$/, "");
      const { name, tag } = cut(bare);
      for (const like of candidates(name, tag)) {
        const image = look(like, platform);
        if (!image) continue;
        return {
          ...image,
          snapshot: () => image.snapshot(),
          digest: `sha256:${sha256Hex(`assumed ${bare}`)}`,
          assumed: like,
          ...(image.pack && { pack: undefined }),
        };
      }
      return { error: `${ref}: not found` };
    },
  };
}

function cut(ref: string): { readonly name: string; readonly tag: string } {
  const colon = ref.lastIndexOf(":");
  const hasTag = colon > ref.lastIndexOf("/");
  const name = (hasTag ? ref.slice(0, colon) : ref).replace(/^docker\.io\/(library\/)?/, "");
  return { name, tag: hasTag ? ref.slice(colon + 1) : "latest" };
}

/** References of the catalog that are like `name:tag`, nearest first. */
function candidates(name: string, tag: string): string[] {
  const variant = /alpine/.test(tag) ? "-alpine" : /slim/.test(tag) ? "-slim" : /jre/.test(tag) ? "-jre" : "";
  const known: Readonly<Record<string, readonly string[]>> = {
    node: ["22", "20"],
    python: ["3.12"],
    golang: ["1.23"],
    "eclipse-temurin": ["21"],
    rust: ["1"],
    ruby: ["3"],
    php: ["8-apache"],
    postgres: ["16"],
    debian: ["bookworm"],
    ubuntu: ["24.04"],
    alpine: ["3.24.2"],
  };
  const base = name.slice(name.lastIndexOf("/") + 1);
  const own = (known[base] ?? ["latest"]).flatMap((version) => [
    `${base}:${version}${variant}`,
    `${base}:${version}`,
  ]);
  const standIn = STAND_INS.find(([pattern]) => pattern.test(name))?.[1];
  const alpine = /alpine/.test(tag + name) ? ["alpine:3.24.2"] : [];
  return [
    ...own,
    ...(base === "nginx" && variant === "-alpine" ? ["nginx:alpine"] : []),
    ...(standIn === undefined ? [] : [standIn]),
    ...alpine,
    "debian:bookworm-slim",
  ];
}
