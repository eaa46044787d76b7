/** Builds the images of a project one after the other with one cache, and tells what each did. */

import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { BuildOptions, BuildRecord } from "../../build/types";
import { Lab } from "../../lab";
import { nodeMachine } from "../../lab-node";
import {
  buildOutput,
  type Grid,
  type GridCell,
  type PictureMedium,
  renderGrid,
  renderReasons,
  humanSize,
} from "../../report";
import type { BuildRequest } from "../build-request";
import { say, type CommandIo } from "../io";
import { keepBuild } from "../last-builds";
import { madeCache, openLab, userCache } from "../open-lab";
import type { ProjectRequest, TargetRequest } from "./read-project";

/** A target and what its build answered; *skipped* when one that it takes files from failed. */
export interface BuiltTarget {
  readonly target: TargetRequest;
  readonly record?: BuildRecord;
}

/** Builds all targets. Progress and reasons go to standard error, the table to standard output. Answers the exit code. */
export async function buildProject(project: ProjectRequest, io: CommandIo): Promise<number> {
  const isQuiet = project.targets.some(({ request }) => request.flags.quiet);
  sayNotes(project, io);
  const built: BuiltTarget[] = [];
  for (const target of project.targets) {
    io.signal.throwIfAborted();
    if (needsFailed(target, built)) {
      io.err(
        say(
          io,
          `\n── ${target.name}: 필요한 타깃이 실패해 건너뜁니다\n`,
          `\n── ${target.name}: left out, a target that it needs failed\n`,
        ),
      );
      built.push({ target });
      continue;
    }
    if (!isQuiet) io.err(`\n── ${target.name}\n`);
    const record = await buildTarget(target, io);
    built.push({ target, record });
    if (!isQuiet) {
      const { terminal } = io;
      const kind = target.request.flags.progress === "rawjson" ? "rawjson" : "plain";
      io.err(buildOutput(record, kind, { width: terminal?.columns }));
      const reasons = kind === "rawjson" ? "" : renderReasons(record, io.locale);
      if (reasons !== "") io.err(`\n${reasons}`);
    } else if (record.exitCode !== 0) io.err(buildOutput(record, "plain"));
  }
  const medium = project.targets[0]?.request.table ?? "text";
  io.out(renderProject(built, medium, io));
  return built.every(({ record }) => record?.exitCode === 0) ? 0 : 1;
}

/** What of the project's file is not followed, once each. */
export function sayNotes({ project }: ProjectRequest, io: CommandIo): void {
  for (const note of new Set(project.notes.map((one) => one[io.locale]))) io.err(`! ${note}\n`);
}

function needsFailed(target: TargetRequest, built: readonly BuiltTarget[]): boolean {
  return built.some(({ target: other, record }) => record?.exitCode !== 0 && needs(target, other));
}

/** Does *target* take files of the image of *other*? */
export function needs({ request }: TargetRequest, other: TargetRequest): boolean {
  return Object.values(request.options.buildContexts ?? {}).some(
    (one) => "image" in one && one.image.replace(/:latest$/, "").endsWith(other.tag),
  );
}

/** Builds one target. Its builds are remembered by folder and name, for `layerbook why`. */
export async function buildTarget(target: TargetRequest, io: CommandIo, given?: Lab): Promise<BuildRecord> {
  const { request } = target;
  const lab = given ?? (await labOf(target, io));
  const record = await lab.build({ ...optionsOf(target), signal: io.signal });
  io.signal.throwIfAborted();
  if (!record.check) keepBuild(userCache(request.cacheDir, io), keptName(target), record);
  return record;
}

/** A Lab for *target*: on its folder, or on a copy in memory when its Dockerfile is none of the folder's files. */
export async function labOf(target: TargetRequest, io: CommandIo, inMemory = false): Promise<Lab> {
  const { request } = target;
  if (target.dockerfile === undefined) return openLab({ ...request, inMemory }, io);
  const lab = await Lab.openOn(nodeMachine(), {
    ...(!inMemory && { cacheDir: madeCache(request.cacheDir, io) }),
    ...(request.bases !== undefined && { bases: request.bases }),
    locale: io.locale,
    clock: () => Date.now() / 1000,
    sourceDateEpoch: null,
  });
  if (!target.alone) lab.context.importDirectory(request.directory);
  lab.context.write(`${inlineFile(target)}.dockerignore`, INLINE_HIDDEN + ignoreOf(target));
  return lab;
}

/** The folder in which a Dockerfile stands that is none of the context's, in the copy of the context. Its ignore file hides it from COPY. */
const INLINE = ".layerbook.Dockerfile";
const INLINE_HIDDEN = `${INLINE}*\n`;

/** As buildx names it: by its own name, or `Dockerfile` when it came from a project file or standard input. */
function inlineFile({ path }: TargetRequest): string {
  return `${INLINE}/${path === undefined ? "Dockerfile" : basename(path)}`;
}

/** What is ignored for *target*, whose Dockerfile is no file of its context: a file beside it counts more than the context's. */
function ignoreOf({ path, request, alone }: TargetRequest): string {
  const places = [
    ...(path === undefined ? [] : [`${path}.dockerignore`]),
    ...(alone ? [] : [join(request.directory, ".dockerignore")]),
  ];
  const found = places.find((place) => existsSync(place));
  return found === undefined ? "" : readFileSync(found, "utf8");
}

/** The text of the ignore file that a proposal for *target* has written, without what hides the Dockerfile itself. */
export function ignoreText({ dockerfile }: TargetRequest, text: string): string {
  return dockerfile !== undefined && text.startsWith(INLINE_HIDDEN) ? text.slice(INLINE_HIDDEN.length) : text;
}

/** The options of a build of *target* that may assume. */
export function optionsOf(target: TargetRequest): BuildOptions {
  const { request } = target;
  return { ...request.options, ...inlineOptions(target), assume: !request.strict };
}

/** The Dockerfile of a target that is no file of its context. */
function inlineOptions(target: TargetRequest): { dockerfile?: string; file?: string } {
  const { dockerfile } = target;
  return dockerfile === undefined ? {} : { dockerfile, file: inlineFile(target) };
}

/** A target for *request* by itself: of a Dockerfile outside of its context. */
export function targetOf(request: BuildRequest): TargetRequest {
  const { outside } = request;
  return {
    name: request.directory,
    request,
    tag: "",
    ...(outside && {
      dockerfile: outside.text,
      ...(outside.path !== undefined && { path: outside.path }),
      alone: outside.alone,
    }),
  };
}

/** The name under which a target's builds are kept. */
function keptName({ name, request }: TargetRequest): string {
  return `${request.directory}#${name}`;
}

/** One row per target. */
function renderProject(built: readonly BuiltTarget[], medium: PictureMedium, io: CommandIo): string {
  const { locale } = io;
  const text = (ko: string, en: string): string => say(io, ko, en);
  if (medium === "json") {
    const rows = built.map(({ target, record }) => ({
      name: target.name,
      exitCode: record?.exitCode ?? null,
      steps: record?.steps.map(({ name, status }) => ({ name, status })) ?? [],
      image: record?.image?.configDigest ?? record?.indexDigest ?? null,
      tags: target.request.options.tags ?? [],
    }));
    return JSON.stringify({ targets: rows, shared: sharedSteps(built) }, null, 2) + "\n";
  }
  const rows = built.map(({ target, record }): GridCell[] => {
    const own = record?.steps.filter(({ instruction }) => instruction !== "FROM") ?? [];
    const cause = record?.steps.find(({ miss }) => miss?.cause === "own" && !miss.first);
    const image = record?.image;
    const bytes = image?.layers.reduce((sum, { uncompressed }) => sum + uncompressed, 0);
    return [
      { text: target.name, code: true },
      record === undefined
        ? { verdict: "not-run" }
        : record.exitCode === 0
          ? { text: text("성공", "succeeded") }
          : { verdict: "failed" },
      { text: String(own.filter(({ status }) => status === "CACHED").length), right: true },
      { text: String(own.filter(({ status }) => status === "DONE").length), right: true },
      { text: cause ? `${cause.name.slice(0, 40)}: ${cause.miss!.sentence[locale]}` : "" },
      { text: bytes === undefined ? "–" : humanSize(bytes, 3), right: true },
    ];
  });
  const shared = sharedSteps(built);
  const grid: Grid = {
    locale,
    title: text(`이미지 ${built.length}개`, `${built.length} images`),
    heads: [
      text("타깃", "Target"),
      text("결과", "Outcome"),
      text("재사용", "Reused"),
      text("실행", "Ran"),
      text("첫 원인", "First cause"),
      text("크기", "Size"),
    ],
    rows,
    notes: [
      shared > 0
        ? text(
            `여러 이미지가 함께 쓰는 단계 ${shared}개는 한 번만 실행하면 됩니다.`,
            `${shared} steps belong to several of the images and need run only once.`,
          )
        : "",
    ].filter((note) => note !== ""),
  };
  return renderGrid(grid, medium);
}

/** Steps (FROM left out) that more than one of the images has. */
function sharedSteps(built: readonly BuiltTarget[]): number {
  const counts = new Map<string, number>();
  for (const { record } of built) {
    const keys = new Set(
      record?.steps.filter(({ instruction }) => instruction !== "FROM").map(({ cacheKey }) => cacheKey) ?? [],
    );
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].filter(([key, count]) => key !== "" && count > 1).length;
}
