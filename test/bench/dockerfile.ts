/** How fast Dockerfiles are read and checked. */

import {
  expandWord,
  isDockerfileError,
  parseDockerfile,
  parseInstructions,
} from "../../kernel-helpers/src/dockerfile";
import { check } from "../dockerfile/lint-client";

/** One thing to measure. */
export interface BenchCase {
  readonly name: string;
  /** Instructions read in one call, where a rate in instructions per second makes sense. */
  readonly instructions?: number;
  readonly fn: () => unknown;
}

const body = [
  "RUN apt-get update && apt-get install -y --no-install-recommends curl",
  "COPY --chown=1000:1000 package.json package-lock.json /app/",
  'ENV NODE_ENV=production GREETING="two words"',
  "WORKDIR /app/src",
  "LABEL org.opencontainers.image.title=sample",
  "# a comment",
  "EXPOSE 8080 8443/tcp",
  "USER node",
  "ARG VERSION=1.2.3",
  "RUN --mount=type=cache,target=/root/.npm npm ci \\\n    --omit=dev",
  'HEALTHCHECK --interval=30s CMD ["curl", "-f", "http://localhost/"]',
];

/** A Dockerfile of *count* instructions. */
export function sampleDockerfile(count: number): string {
  const lines = ["FROM node:22-alpine AS build"];
  for (let made = 1, at = 0; made < count; at++) {
    const line = body[at % body.length]!;
    lines.push(line);
    if (!line.startsWith("#")) made++;
  }
  return lines.join("\n") + "\n";
}

/** Reads *text* completely; throws when it is refused, so that nothing else is measured by mistake. */
function read(text: string): unknown {
  const parsed = parseDockerfile(text);
  const answer = isDockerfileError(parsed) ? parsed : parseInstructions(parsed);
  if (isDockerfileError(answer)) throw new Error(answer.message);
  return answer;
}

const env = new Map([
  ["HOME", "/root"],
  ["VERSION", "1.2.3"],
]);

export const cases: readonly BenchCase[] = [
  ...[10, 1_000, 100_000].map((instructions): BenchCase => {
    const text = sampleDockerfile(instructions);
    return {
      name: `read ${instructions.toLocaleString("en")} instructions`,
      instructions,
      fn: () => read(text),
    };
  }),
  (() => {
    const dockerfile = sampleDockerfile(50);
    return { name: "read and check 50 instructions", instructions: 50, fn: () => check({ dockerfile }) };
  })(),
  { name: "expand ${VERSION%.*}", fn: () => expandWord("$HOME/app-${VERSION%.*}", env) },
];
