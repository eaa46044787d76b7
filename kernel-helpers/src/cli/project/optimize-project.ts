/** Proposes better Dockerfiles for all images of a project, each proven for itself, and sums up. */

import { existsSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import {
  type Combined,
  type GridCell,
  humanSize,
  markup,
  type Optimization,
  type PictureMedium,
  type Proposal,
  renderGrid,
  renderOptimization,
  unifiedDiff,
} from "../../report";
import { say, type CommandIo } from "../io";
import { onlyRule } from "../optimize/one-rule";
import { weightsFor } from "../optimize/weights";
import { writeProposal } from "../optimize/write";
import { ignoreText, optionsOf, sayNotes } from "./build-project";
import type { ProjectRequest, TargetRequest } from "./read-project";
import { Scratch } from "./scratch";

interface Found {
  readonly target: TargetRequest;
  readonly optimization: Optimization;
}

/** Prints the proposals of all targets; with `write` in *own* writes them. Answers the exit code: 1 when a target does not build. */
export async function optimizeProject(
  project: ProjectRequest,
  own: ReadonlyMap<string, string>,
  io: CommandIo,
): Promise<number> {
  sayNotes(project, io);
  const found: Found[] = [];
  const scratch = new Scratch(project.targets, io);
  try {
    for (const target of project.targets) {
      io.signal.throwIfAborted();
      const weights = await weightsFor(own, target.request.directory, io);
      const lab = await scratch.open(target);
      const { shared: ownIgnore = false } = target;
      const all = await lab.optimize(optionsOf(target), { ownIgnore, ...(weights && { weights }) });
      found.push({ target, optimization: shown(onlyRule(all, own.get("rule")), target, project) });
    }
  } finally {
    scratch.remove();
  }
  io.signal.throwIfAborted();
  const medium = own.has("json") ? "json" : (project.targets[0]?.request.table ?? "text");
  io.out(render(found, medium, io));
  if (own.has("write")) writeAll(found, own.has("rule"), project, io);
  return found.some(({ optimization }) => optimization.error !== undefined) ? 1 : 0;
}

/** Paths relative to the project's root, as somebody who stands there names them. */
function shown(optimization: Optimization, target: TargetRequest, project: ProjectRequest): Optimization {
  const file = short(target.path ?? project.file ?? target.name, project);
  const text = target.dockerfile ?? (target.path === undefined ? "" : textOf(target.path));
  const diff = ({ dockerfile, ignore }: Proposal | Combined): string => {
    const place = ignore && ignorePlace(target, ignore.path);
    return (
      unifiedDiff(file, text, dockerfile) +
      (ignore && place !== undefined
        ? unifiedDiff(short(place, project), textOf(place), ignoreText(target, ignore.text))
        : "")
    );
  };
  const { combined } = optimization;
  return {
    ...optimization,
    file,
    proposals: optimization.proposals.map((one) => ({ ...one, diff: diff(one) })),
    // What was refused is no change to apply.
    refused: optimization.refused.map(({ diff: _diff, ...one }) => one),
    ...(combined && { combined: { ...combined, diff: diff(combined) } }),
  };
}

function short(path: string, { root }: ProjectRequest): string {
  return relative(root, path).split(sep).join("/");
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Where the ignore file of a proposal belongs; undefined when the Dockerfile stands in the project file. */
function ignorePlace({ dockerfile, path, request }: TargetRequest, inContext: string): string | undefined {
  if (dockerfile === undefined) return join(request.directory, inContext);
  return path === undefined ? undefined : `${path}.dockerignore`;
}

function render(found: readonly Found[], medium: PictureMedium, io: CommandIo): string {
  const { locale } = io;
  if (medium === "json")
    return (
      JSON.stringify(
        found.map(({ target, optimization }) => ({ name: target.name, ...optimization })),
        null,
        2,
      ) + "\n"
    );
  const parts = found.map(({ target, optimization }) => {
    const body = renderOptimization(optimization, medium, { locale });
    if (medium === "html")
      return (
        markup`<p lang="${locale}" style="margin:12px 0 4px 0"><strong>${target.name}</strong></p>
`.toString() + body
      );
    return medium === "markdown" ? `### ${target.name}\n\n${body}` : `── ${target.name}\n\n${body}`;
  });
  return [...parts, renderGrid(summary(found, io), medium)].join("\n");
}

function summary(found: readonly Found[], io: CommandIo): Parameters<typeof renderGrid>[0] {
  const rows = found.map(({ target, optimization }): GridCell[] => {
    const { error, proposals, combined } = optimization;
    const proof = combined?.proof ?? proposals[0]?.proof;
    const change = (before: string, after: string): string =>
      before === after ? before : `${before} → ${after}`;
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)}s`;
    return [
      { text: target.name, code: true },
      error === undefined ? { text: String(proposals.length), right: true } : { verdict: "failed" },
      {
        text: proof ? change(seconds(proof.before.rebuild), seconds(proof.after.rebuild)) : "",
        right: true,
      },
      {
        text: proof ? change(humanSize(proof.before.bytes, 3), humanSize(proof.after.bytes, 3)) : "",
        right: true,
      },
    ];
  });
  return {
    locale: io.locale,
    title: say(io, `제안 · 이미지 ${found.length}개`, `Proposals · ${found.length} images`),
    heads: [
      say(io, "타깃", "Target"),
      say(io, "제안", "Proposals"),
      say(io, "다시 빌드하는 시간", "Rebuilding"),
      say(io, "이미지", "Image"),
    ],
    rows,
    notes: [],
  };
}

/** Each Dockerfile is written once; one that several targets use is left alone, for what was proven holds for one of them only. */
function writeAll(found: readonly Found[], isOneRule: boolean, project: ProjectRequest, io: CommandIo): void {
  for (const { target, optimization } of found) {
    const best = isOneRule ? optimization.proposals[0] : optimization.combined;
    if (!best) continue;
    const { path } = target;
    if (path === undefined) {
      const file = short(project.file ?? "", project);
      io.err(
        say(
          io,
          `${target.name}: Dockerfile이 ${file} 안에 있어 쓰지 않았습니다. 위의 제안을 옮겨 적으세요.\n`,
          `${target.name}: its Dockerfile stands in ${file} and was not written: take the proposal over by hand\n`,
        ),
      );
      continue;
    }
    const users = project.targets.filter((other) => other.path === path).map(({ name }) => name);
    if (users.length > 1) {
      if (users[0] !== target.name) continue;
      io.err(
        say(
          io,
          `${users.join(", ")}: ${short(path, project)} 파일을 함께 쓰므로 쓰지 않았습니다. 타깃 하나를 이름으로 고르면 씁니다.\n`,
          `${users.join(", ")}: they share ${short(path, project)}, which was not written; name one target to write it\n`,
        ),
      );
      continue;
    }
    const ignore = best.ignore && ignorePlace(target, best.ignore.path);
    writeProposal(
      {
        dockerfile: { path, text: best.dockerfile },
        ...(best.ignore &&
          ignore !== undefined && { ignore: { path: ignore, text: ignoreText(target, best.ignore.text) } }),
        ...(best.secrets && { secrets: best.secrets }),
      },
      io,
    );
  }
}
