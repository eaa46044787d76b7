/** Random Dockerfiles against what BuildKit's own frontend made of them: LLB, names, config, history, warnings, refusals, checks. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  convert,
  formatPlatformAll,
  lint,
  type ConvertInput,
  type ConvertOptions,
  type ImageResolver,
  type LintWarning,
} from "../../kernel-helpers/src/graph";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { shownVertices } from "./frontend-shape";

/** `opts` are the frontend's own options: `build-arg:A`, `context:name`, `no-cache`. */
interface FrontendCase {
  readonly id: string;
  readonly files: Readonly<Record<string, string>>;
  readonly locals?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly opts: Readonly<Record<string, string>>;
  readonly error?: string;
  readonly frames?: readonly (readonly (readonly [number, number])[])[];
  /** Short texts, sorted. */
  readonly warnings: readonly string[];
  /** `row | reference | platform`, sorted; absent when there is an error. */
  readonly lookups?: readonly string[];
  readonly targets?: readonly {
    readonly platform: string;
    readonly vertices: readonly unknown[];
    readonly config: Readonly<Record<string, unknown>>;
    readonly history: readonly unknown[];
  }[];
  readonly lint: {
    readonly warnings: readonly string[];
    readonly error?: string;
    readonly lines?: readonly unknown[];
  };
}

const recorded = JSON.parse(readFileSync(join(__dirname, "..", "vectors", "frontend.json"), "utf8")) as {
  readonly images: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly cases: readonly FrontendCase[];
};

const resolveImage: ImageResolver = (ref) => {
  const config = recorded.images[ref.replace(/@.*/, "")];
  if (config === undefined) return Promise.resolve({ error: `${ref}: not found` });
  return Promise.resolve({
    digest: "sha256:" + createHash("sha256").update(JSON.stringify(config)).digest("hex"),
    config,
  });
};

function withPrefix(opts: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(opts)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

function optionsOf(opts: Readonly<Record<string, string>>): ConvertOptions {
  const list = (text: string | undefined): string[] => (text ? text.split(",") : []);
  const contexts = Object.entries(withPrefix(opts, "context:")).map(([name, source]): [string, object] => [
    name,
    source.startsWith("docker-image://") ? { image: source.slice("docker-image://".length) } : {},
  ]);
  return {
    buildArgs: withPrefix(opts, "build-arg:"),
    labels: withPrefix(opts, "label:"),
    target: opts["target"],
    platform: opts["platform"],
    noCache: opts["no-cache"] === "",
    noCacheFilter: list(opts["no-cache"]),
    addHosts: Object.fromEntries(list(opts["add-hosts"]).map((host) => host.split("=") as [string, string])),
    shmSize: opts["shm-size"] === undefined ? undefined : Number(opts["shm-size"]),
    ulimit: list(opts["ulimit"]),
    network: opts["force-network-mode"],
    hostname: opts["hostname"],
    cgroupParent: opts["cgroup-parent"],
    buildContexts: Object.fromEntries(contexts),
    allow: ["network.host", "security.insecure"],
  };
}

function inputOf({ files, locals = {}, opts }: FrontendCase): ConvertInput {
  return {
    file: "Dockerfile",
    text: files["Dockerfile"],
    machine: nodePlatform,
    resolveImage,
    options: optionsOf(opts),
    dockerignore: files[".dockerignore"],
    fileDockerignore: files["Dockerfile.dockerignore"],
    contextDockerignores: Object.fromEntries(
      Object.entries(locals).map(([name, own]) => [name, own[".dockerignore"]]),
    ),
  };
}

/** Go names these rules in any order. */
function sortRules(message: string | undefined): string | undefined {
  return message?.replace(
    /(for rules: )(.*)$/,
    (_, head: string, rules: string) => head + rules.split(", ").sort().join(", "),
  );
}

function short({ rule, detail, lines }: LintWarning): string {
  const line = lines[0]?.[0] ?? 0;
  return `${rule}: ${detail}${line > 0 ? ` (line ${line})` : ""}`;
}

/** In a build of several platforms a shared vertex is named by one of them; the recording shows each alone. */
function singlePlatforms(input: ConvertInput): ConvertInput[] {
  const platforms = (input.options.platform ?? "").split(",");
  if (platforms.length === 1) return [input];
  const buildArgs = { ...input.options.buildArgs, BUILDKIT_MULTI_PLATFORM: "1" };
  return platforms.map((platform) => ({ ...input, options: { ...input.options, platform, buildArgs } }));
}

async function compareBuild(item: FrontendCase): Promise<void> {
  const input = inputOf(item);
  const conversion = await convert(input);
  assert.equal(sortRules(conversion.error?.message), sortRules(item.error));
  assert.deepEqual(
    conversion.error ? [...conversion.error.lines].reverse() : undefined,
    item.error === undefined ? undefined : (item.frames ?? []),
  );
  assert.deepEqual(conversion.warnings.map(short).sort(), item.warnings);
  if (item.targets === undefined) return;
  const lookups = conversion.internal.flatMap(({ name, resolve }) =>
    resolve === undefined ? [] : [`${name} | ${resolve.ref} | ${formatPlatformAll(resolve.platform)}`],
  );
  assert.deepEqual(lookups.sort(), item.lookups);
  const singles = await Promise.all(singlePlatforms(input).map(convert));
  item.targets.forEach((expected) => {
    const target =
      conversion.targets.find(({ platformId }) => platformId === expected.platform) ?? conversion.targets[0];
    assert.ok(target);
    const alone = singles
      .flatMap(({ targets }) => targets)
      .find(({ platformId }) => platformId === target.platformId);
    assert.deepEqual(shownVertices(alone?.root ?? null), expected.vertices);
    assert.deepEqual(target.image, expected.config);
    assert.equal(JSON.stringify(target.image["config"]), JSON.stringify(expected.config["config"]));
    assert.deepEqual(
      target.history.map(({ entry }) => entry),
      expected.history,
    );
    for (const { entry, vertex, fromBase } of target.history) {
      if (!fromBase && entry.empty_layer !== true) assert.ok(vertex, entry.created_by);
    }
  });
}

async function compareLint(item: FrontendCase): Promise<void> {
  const { warnings, error, errorLines } = await lint(inputOf(item));
  const shown = warnings
    .map(({ rule, detail, lines }) => `${rule}|${detail}|${JSON.stringify(lines)}`)
    .sort();
  assert.deepEqual(shown, item.lint.warnings);
  assert.equal(sortRules(error?.message), sortRules(item.lint.error));
  assert.deepEqual(errorLines, item.lint.lines ?? []);
}

describe("frontend vectors", () => {
  for (const item of recorded.cases) {
    it(`${item.id} as a build`, () => compareBuild(item));
    it(`${item.id} as a check`, () => compareLint(item));
  }
});
