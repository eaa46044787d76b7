/** What the name of a row says: which phase it is, and of a step its stage, platform, number and instruction. */

import type { CiPhase } from "./types";

export interface RowName {
  readonly phase: CiPhase;
  readonly label?: string;
  readonly stage?: string;
  readonly platform?: string;
  readonly step?: number;
  readonly instruction?: string;
}

const STEP = /^\[([^\]]{0,200}?)\s*(\d+)\/(\d+)\] (.*)$/s;
const PLATFORM = /^[a-z0-9]+\/[a-z0-9_]+(?:\/v\d+)?(?:->[a-z0-9]+(?:\/[a-z0-9_]+)?(?:\/v\d+)?)?$/;

const PHASES: readonly (readonly [CiPhase, RegExp])[] = [
  ["setup", /^\[(?:\S+ )?internal\] booting|^\[machine\]|^starting builder/],
  ["metadata", /^\[auth\]|^\[(?:[^\]]+ )?auth\]|load metadata for|^resolve image config|^\[policy\]/],
  ["context", /^\[(?:[^\]]+ )?internal\] (?:load|settings|local|git|http)|^\[context |^local:\/\/|^git:\/\//],
  ["cache-import", /^importing cache/],
  [
    "cache-export",
    /^exporting cache|^exporting to GitHub Actions|^exporting to (?:gha|registry) cache|^preparing build cache|^writing cache/,
  ],
  ["push", /^pushing /],
  ["load", /^importing to docker|^sending tarball|^loading |^unpacking to docker/],
  ["attest", /generating sbom|^resolving provenance|attestation|^\[sbom/i],
  ["export", /^exporting |^merging manifest|^copying /],
  ["pull", /^docker-image:\/\/|^oci-layout:\/\/|^FROM /],
  ["other", /^\[linting\]|^lint/],
];

/** Reads *name*. */
export function readRowName(name: string): RowName {
  const short = name.length > 2000 ? name.slice(0, 2000) : name;
  const step = STEP.exec(short);
  if (step) {
    const [, before = "", number = "", total = "", instruction = ""] = step;
    const words = before.split(/\s+/).filter((word) => word !== "");
    const platform = words.find((word) => PLATFORM.test(word));
    const stage = words.filter((word) => word !== platform).join(" ");
    return {
      phase: /^FROM\s/i.test(instruction) ? "pull" : "steps",
      label: `[${[...words, `${number}/${total}`].join(" ")}]`,
      stage,
      ...(platform !== undefined && { platform }),
      step: Number(number),
      instruction,
    };
  }
  const phase = PHASES.find(([, pattern]) => pattern.test(short))?.[0];
  if (phase) return { phase };
  // `[stage-0] …` and the like: something of the Dockerfile without a number.
  return { phase: /^\[[^\]]*\] \S/.test(short) ? "steps" : "other" };
}
