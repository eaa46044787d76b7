/**
 * Makes scenarios of everything that the course builds, and keeps what was recorded of them (README.md, "The course"):
 *   npx tsx test/fidelity/record-course.ts make DIR    scenarios without `expect`, for the recorder
 *   npx tsx test/fidelity/record-course.ts keep DIR    recorded ones → scenarios/course/ and course-exercises.json
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Lab } from "../../kernel-helpers/src";
import type { BuildOptions, ContextChanges, WrittenFile } from "../../kernel-helpers/src/build/types";
import { benchMaker, checkExercise, type Exercise } from "../../kernel-helpers/src/lesson";
import { readCourse } from "../../kernel-helpers/src/lesson/course";
import { DockerEngine } from "../../kernel-helpers/src/docker";
import type { ReadableFileSystem } from "../../kernel-helpers/src/platform/files";
import { inputsOf, stepsOf, type ExerciseBuild } from "../lesson/recorded";
import { runLesson } from "../lesson/run-lesson";

/** Larger files are recorded as a line that stands for them: only their difference matters. */
const LARGE = 1_000_000;

interface ScenarioBuild {
  note: string;
  changes: ContextChanges;
  options: BuildOptions & { prune?: boolean };
  /** Of exercises: what `keep` puts beside the recorded states. */
  inputs?: string;
  volatile?: readonly string[];
  expect?: {
    steps: readonly { name: string; status: string | null }[];
    image?: {
      layers?: { diffID: string; base?: string; entries?: unknown; uncompressed?: unknown }[];
    } | null;
  };
}
interface Scenario {
  id: string;
  group: "course";
  title: string;
  why: string;
  builds: ScenarioBuild[];
}

/** Notes each build of a Lab: what changed in the context since the one before, and its options. */
class Recorder {
  readonly builds: ScenarioBuild[] = [];
  note = "";
  private last = new Map<string, WrittenFile>();
  private isPruned = false;

  constructor(lab: Lab) {
    const build = lab.build.bind(lab);
    lab.build = async (options: BuildOptions = {}) => {
      const result = await build(options);
      this.take(options, lab.context.files(), inputsOf(result, lab.context.files()));
      return result;
    };
    const prune = lab.prune.bind(lab);
    lab.prune = (...args) => {
      this.isPruned = true;
      return prune(...args);
    };
  }

  private take(options: BuildOptions, files: ReadableFileSystem, inputs: string): void {
    const now = filesOf(files);
    const remove = [...this.last.keys()].filter((path) => !now.has(path));
    const write = Object.fromEntries(
      [...now].filter(([path, file]) => JSON.stringify(this.last.get(path)) !== JSON.stringify(file)),
    );
    this.last = now;
    this.builds.push({
      note: this.note,
      changes: {
        ...(remove.length > 0 ? { remove } : {}),
        ...(Object.keys(write).length > 0 ? { write } : {}),
      },
      options: recordable(options, this.isPruned),
      inputs,
    });
    this.isPruned = false;
  }
}

/** The options that the recorder knows; names of caches are folders there. */
function recordable(options: BuildOptions, prune: boolean): ScenarioBuild["options"] {
  const { file, target, buildArgs, secrets, noCache, noCacheFilter, cacheTo, cacheFrom, cacheMode } = options;
  const folder = (name: string): string => name.replace(/\W/g, "-");
  const kept = {
    file: file === "Dockerfile" ? undefined : file,
    target,
    buildArgs,
    secrets: secrets && Object.keys(secrets).length > 0 ? secrets : undefined,
    noCache,
    noCacheFilter,
    cacheTo: cacheTo && folder(cacheTo),
    cacheMode: cacheTo && (cacheMode ?? "min"),
    cacheFrom: cacheFrom?.map(folder),
    prune: prune || undefined,
  };
  return JSON.parse(JSON.stringify(kept)) as ScenarioBuild["options"];
}

function filesOf(files: ReadableFileSystem): Map<string, WrittenFile> {
  const found = new Map<string, WrittenFile>();
  const visit = (folder: string): void => {
    for (const name of files.readdir(folder)) {
      const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
      const stat = files.lstat(path);
      if (stat?.type === "dir") visit(path);
      else if (stat?.type === "symlink")
        found.set(path.slice(1), { symlink: stat.linkname ?? "", mtime: stat.mtime });
      else if (stat) {
        const bytes = files.readFile(path).read();
        const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
        const text =
          bytes.length > LARGE
            ? `stands for ${bytes.length} bytes ${digest}\n`
            : Buffer.from(bytes).toString();
        found.set(path.slice(1), { mode: (stat.mode & 0o7777).toString(8), mtime: stat.mtime, text });
      }
    }
  };
  visit("/");
  return found;
}

async function make(directory: string): Promise<void> {
  const write = (folder: string, scenario: Scenario): void => {
    if (scenario.builds.length === 0) return;
    mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, folder, `${scenario.id}.json`), JSON.stringify(scenario, null, 1));
  };
  const course = readCourse(join(__dirname, "../../content"));
  for (const entry of course.lessons) {
    const { head } = entry.lesson;
    let recorder: Recorder | undefined;
    await runLesson(course, entry, {
      lab: (lab) => (recorder = new Recorder(lab)),
      cell: (id) => {
        if (recorder) recorder.note = id;
      },
    });
    write("lessons", {
      id: `course-${head.id.toLowerCase()}`,
      group: "course",
      title: `${head.id} ${head.title}`,
      why: "Every build of the lesson's cells, in their order, from an empty store; the notes are the cells. Stand-in bases: states, names and layers are real, sizes are not.",
      builds: recorder?.builds ?? [],
    });
    for (const exercise of entry.exercises?.exercises ?? [])
      for (const { name, changes, body } of waysOf(exercise)) {
        const recorders = await recordWay(exercise, changes, body);
        for (const [i, { builds }] of recorders.entries())
          write("exercises", {
            id: `${exercise.id.toLowerCase()}-${name}${recorders.length > 1 ? `-${i + 1}` : ""}`,
            group: "course",
            title: exercise.title,
            why: name,
            builds,
          });
      }
  }
}

function waysOf(exercise: Exercise): { name: string; changes: ContextChanges[]; body: string }[] {
  if (exercise.kind === "build")
    return [
      { name: "start", changes: [], body: "" },
      ...exercise.wrong.map((way, i) => ({ name: `wrong-${i + 1}`, changes: [way.example], body: "" })),
      ...exercise.solutions.map((way, i) => ({ name: `solution-${i + 1}`, changes: [way], body: "" })),
    ];
  if (exercise.kind !== "edits") return [];
  const text = (commands: Readonly<Record<string, string>>): string =>
    Object.entries(commands)
      .map(([slot, command]) => `${slot}: ${command}`)
      .join("\n");
  return [
    ...exercise.solutions.map((way, i) => ({ name: `solution-${i + 1}`, changes: [], body: text(way) })),
    ...exercise.wrong.map((way, i) => ({
      name: `wrong-${i + 1}`,
      changes: [],
      body: text({ ...exercise.solutions[0], [way.slot]: way.command }),
    })),
  ];
}

async function recordWay(exercise: Exercise, changes: ContextChanges[], body: string): Promise<Recorder[]> {
  if (exercise.kind !== "build" && exercise.kind !== "edits") return [];
  const recorders: Recorder[] = [];
  const lab = await Lab.open();
  const engine = new DockerEngine(lab);
  lab.context.apply(exercise.start);
  await lab.build(exercise.options);
  for (const change of changes) lab.context.apply(change);
  if (changes.length > 0) await lab.build(exercise.options);
  const openLab = async (): Promise<Lab> => {
    const opened = await Lab.open();
    recorders.push(new Recorder(opened));
    return opened;
  };
  await checkExercise(
    exercise,
    body,
    await benchMaker({ project: () => lab.context.files(), engine, openLab }),
  );
  return recorders;
}

/** Builds whose bytes depend on when they were recorded. */
function volatileFields({ id }: Scenario, { note }: ScenarioBuild): readonly string[] | undefined {
  // `RUN date`; files that a stand-in copied one after the other.
  if (["course-l08", "course-l10", "course-l14", "course-l16"].includes(id))
    return ["configDigest", "diffIDs", "entries", "plain"];
  // Which of two missing files is met first.
  return note === "l07-break-loud" ? ["error", "plain"] : undefined;
}

function keep(directory: string): void {
  const read = (folder: string): Scenario[] => {
    const path = join(directory, folder);
    return (existsSync(path) ? readdirSync(path) : [])
      .sort()
      .map((name) => JSON.parse(readFileSync(join(path, name), "utf8")) as Scenario);
  };
  const bases = new Set(
    readdirSync(join(__dirname, "bases/blobs/sha256")).flatMap((name) => diffIdsOf(name)),
  );
  for (const scenario of read("lessons")) {
    const builds = scenario.builds.map(({ expect, inputs: _inputs, ...build }) => {
      for (const layer of expect?.image?.layers ?? []) {
        const isEmpty = Array.isArray(layer.entries) && layer.entries.length === 0;
        if (layer.base !== undefined || isEmpty || !bases.has(layer.diffID)) continue;
        delete layer.entries;
        delete layer.uncompressed;
        layer.base = "course";
      }
      const volatile = volatileFields(scenario, build);
      return { ...build, ...(volatile ? { volatile } : {}), expect };
    });
    writeFileSync(
      join(__dirname, `scenarios/course/${scenario.id}.json`),
      JSON.stringify({ ...scenario, builds }, null, 1) + "\n",
    );
  }
  const file = join(__dirname, "course-exercises.json");
  const kept = JSON.parse(existsSync(file) ? readFileSync(file, "utf8") : "{}") as Record<
    string,
    ExerciseBuild[]
  >;
  for (const { id, builds } of read("exercises"))
    kept[id] = builds.map(({ inputs, expect }) => ({
      inputs: inputs ?? "",
      steps: stepsOf(expect?.steps ?? []),
    }));
  const lines = Object.keys(kept)
    .sort()
    .map((id) => ` ${JSON.stringify(id)}: ${JSON.stringify(kept[id])}`);
  writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
}

/** The layers of a config among the blobs; none for what is no config. */
function diffIdsOf(blob: string): readonly string[] {
  try {
    const config = JSON.parse(readFileSync(join(__dirname, "bases/blobs/sha256", blob), "utf8")) as {
      rootfs?: { diff_ids?: string[] };
    };
    return config.rootfs?.diff_ids ?? [];
  } catch {
    return [];
  }
}

const [what, directory] = process.argv.slice(2);
if (directory === undefined || (what !== "make" && what !== "keep")) {
  console.error("npx tsx test/fidelity/record-course.ts make|keep DIR");
  process.exitCode = 2;
} else if (what === "make") void make(directory);
else keep(directory);
