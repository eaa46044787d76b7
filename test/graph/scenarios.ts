/** The recorded scenarios as inputs of `convert`: the text files of each build's context, base images from the OCI layout. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConvertInput, ConvertOptions, ImageResolver } from "../../kernel-helpers/src/graph";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const root = join(__dirname, "..", "fidelity");

export interface ExpectedStep {
  readonly name: string;
  readonly status: string | null;
  readonly needs: readonly number[];
  readonly racy?: boolean;
}

export interface ExpectedImage {
  readonly config: Record<string, unknown>;
  readonly history: readonly Record<string, unknown>[];
}

export interface ExpectedBuild {
  readonly exitCode: number;
  readonly error: {
    readonly message: string;
    readonly output?: readonly string[];
    readonly lines?: unknown;
  } | null;
  readonly steps: readonly ExpectedStep[];
  readonly pending?: readonly string[];
  readonly internal: readonly string[];
  readonly warnings: readonly Record<string, unknown>[];
  readonly image:
    ExpectedImage | { readonly images: readonly (ExpectedImage & { platform: string })[] } | null;
}

export interface ScenarioBuild {
  readonly scenario: string;
  readonly group: string;
  readonly index: number;
  readonly input: ConvertInput;
  readonly expect: ExpectedBuild;
}

interface Changes {
  readonly write?: Record<string, string | { readonly text?: string; readonly base64?: string }>;
  readonly remove?: readonly string[];
  readonly rename?: Record<string, string>;
}

type Files = Map<string, string>;

function applyChanges(files: Files, changes: Changes): void {
  for (const path of changes.remove ?? []) {
    for (const key of [...files.keys()]) if (key === path || key.startsWith(path + "/")) files.delete(key);
  }
  for (const [from, to] of Object.entries(changes.rename ?? {})) {
    for (const [key, text] of [...files]) {
      if (key !== from && !key.startsWith(from + "/")) continue;
      files.delete(key);
      files.set(to + key.slice(from.length), text);
    }
  }
  for (const [path, written] of Object.entries(changes.write ?? {})) {
    if (typeof written === "string") files.set(path, written);
    else if (written.base64 !== undefined)
      files.set(path, Buffer.from(written.base64, "base64").toString("utf8"));
    else if (written.text !== undefined) files.set(path, written.text);
  }
}

function blob(digest: string): Record<string, unknown> {
  return JSON.parse(
    readFileSync(join(root, "bases", "blobs", "sha256", digest.replace("sha256:", "")), "utf8"),
  ) as Record<string, unknown>;
}

interface Descriptor {
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly annotations?: Record<string, string>;
}

const index = JSON.parse(readFileSync(join(root, "bases", "index.json"), "utf8")) as {
  manifests: Descriptor[];
};
const references = new Map(
  index.manifests.map((item) => [item.annotations?.["org.opencontainers.image.ref.name"] ?? "", item.digest]),
);

/** The course was recorded on a `node` of its own (test/fidelity/course-images.ts). */
export const resolveCourseBase: ImageResolver = (ref, platform) =>
  resolveBase(ref.replace(/^docker\.io\/library\/node:/, "docker.io/course/node:"), platform);

/** Looks images up in the recorded base images. */
export const resolveBase: ImageResolver = (ref, platform) => {
  const digest = /@(sha256:.*)$/.exec(ref)?.[1] ?? references.get(ref);
  if (digest === undefined) return Promise.resolve({ error: `${ref}: not found` });
  let manifest = blob(digest);
  if (Array.isArray(manifest["manifests"])) {
    const found = (manifest["manifests"] as Descriptor[]).find(
      (item) => item.platform?.os === platform.os && item.platform.architecture === platform.architecture,
    );
    if (found === undefined)
      return Promise.resolve({ error: `no match for platform in manifest: not found` });
    manifest = blob(found.digest);
  }
  return Promise.resolve({ digest, config: blob((manifest["config"] as Descriptor).digest) });
};

interface Scenario {
  readonly id: string;
  readonly group: string;
  readonly builds: readonly {
    readonly changes?: Changes;
    readonly options?: ConvertOptions & { readonly file?: string };
    readonly expect: ExpectedBuild;
  }[];
}

/** Every build of every scenario, in order. */
export function scenarioBuilds(): ScenarioBuild[] {
  const out: ScenarioBuild[] = [];
  const scenarios = join(root, "scenarios");
  for (const group of readdirSync(scenarios).sort()) {
    for (const file of readdirSync(join(scenarios, group)).sort()) {
      const scenario = JSON.parse(readFileSync(join(scenarios, group, file), "utf8")) as Scenario;
      out.push(...buildsOf(scenario));
    }
  }
  return out;
}

function buildsOf(scenario: Scenario): ScenarioBuild[] {
  const files: Files = new Map();
  const contexts = new Map<string, Files>();
  return scenario.builds.map((build, i): ScenarioBuild => {
    const options = build.options ?? {};
    applyChanges(files, build.changes ?? {});
    for (const [name, value] of Object.entries(options.buildContexts ?? {})) {
      if ("image" in value) continue;
      const own = contexts.get(name) ?? new Map<string, string>();
      contexts.set(name, own);
      applyChanges(own, value);
    }
    const dockerfile = options.file ?? "Dockerfile";
    const ignore = files.get(".dockerignore");
    const fileIgnore = files.get(dockerfile + ".dockerignore");
    return {
      scenario: scenario.id,
      group: scenario.group,
      index: i,
      expect: build.expect,
      input: {
        file: dockerfile,
        text: files.get(dockerfile) ?? (dockerfile === "Dockerfile" ? files.get("dockerfile") : undefined),
        options: { ...options, sourceDateEpoch: 1735689600 },
        resolveImage: scenario.group === "course" ? resolveCourseBase : resolveBase,
        machine: nodePlatform,
        ...(ignore === undefined ? {} : { dockerignore: ignore }),
        ...(fileIgnore === undefined ? {} : { fileDockerignore: fileIgnore }),
        contextDockerignores: Object.fromEntries(
          [...contexts].map(([name, own]) => [name, own.get(".dockerignore")]),
        ),
      },
    };
  });
}
