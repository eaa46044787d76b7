/** Judges the conditions of a build exercise: each a statement about builds, edits and the image. */

import type { BuildRecord, Step } from "../build/types";
import type { Bench, BenchMaker, ShellEdit } from "./bench";
import type { BuildExercise, Condition, EditsExercise } from "./exercise-types";
import { findSteps, instructionText, roleName } from "./roles";

/** What came of one condition: met or not, and the observation in one Korean and one English sentence. */
export interface Finding {
  readonly met: boolean;
  readonly ko: string;
  readonly en: string;
  /** What it is about is not there (the edited project does not build, no step plays the role): *ko* says more than any prepared text. */
  readonly missing?: "build" | "step";
}

/** Builds on demand and remembers: the base build once, each edit once. */
export class Trial {
  readonly #edits = new Map<string, Promise<BuildRecord>>();
  #base: Promise<BuildRecord> | undefined;

  /** What the command of an edits exercise did, by slot name. */
  readonly shellEdits = new Map<string, ShellEdit>();

  constructor(
    readonly exercise: BuildExercise | EditsExercise,
    readonly bench: Bench,
    readonly maker: BenchMaker,
    /** Commands of an edits exercise, by slot name. */
    readonly commands: ReadonlyMap<string, string> = new Map(),
  ) {}

  base(): Promise<BuildRecord> {
    return (this.#base ??= this.bench.build(this.exercise.options));
  }

  /** The build after one edit, with the edit undone again. The base build always comes first. */
  async edited(name: string): Promise<BuildRecord> {
    const base = await this.base();
    if (base.exitCode !== 0) return base;
    let result = this.#edits.get(name);
    if (result === undefined) {
      result = this.#tryEdit(name);
      this.#edits.set(name, result);
    }
    return result;
  }

  async #tryEdit(name: string): Promise<BuildRecord> {
    const command = this.commands.get(name);
    if (command !== undefined) return this.#tryCommand(name, command);
    const edit = this.exercise.kind === "build" ? this.exercise.edits[name] : undefined;
    if (edit === undefined) throw new Error(`LB_EXERCISE_EDIT: ${this.exercise.id} has no edit "${name}"`);
    const { undo } =
      edit.shell === undefined ? this.bench.change(edit.changes) : await this.bench.shell(edit.shell);
    try {
      return await this.bench.build({ ...this.exercise.options, ...edit.options });
    } finally {
      undo();
    }
  }

  async #tryCommand(name: string, command: string): Promise<BuildRecord> {
    const edit = await this.bench.shell(command);
    this.shellEdits.set(name, edit);
    try {
      return await this.bench.build(this.exercise.options);
    } finally {
      edit.undo();
    }
  }

  /** The Korean name of an edit. */
  title(name: string): string {
    return (this.exercise.kind === "build" ? this.exercise.edits[name]?.title : undefined) ?? name;
  }
}

/** Judges one condition. Never throws for what a learner did; a condition about a build that failed is unmet. */
export async function judge(condition: Condition, trial: Trial): Promise<Finding> {
  const base = await trial.base();
  switch (condition.check) {
    case "builds":
      return finding(
        base.exitCode === 0,
        base.error === undefined ? "빌드가 끝까지 갔습니다." : failure(base, "빌드가 실패했습니다"),
        base.error?.message ?? "the build succeeded",
      );
    case "fails":
      return finding(base.exitCode !== 0, "빌드 결과를 보았습니다.", "looked at the build's outcome");
    case "errorHas":
      return finding(
        (base.error?.message ?? "").includes(condition.text),
        base.error?.message ?? "오류가 없습니다.",
        base.error?.message ?? "no error",
      );
    case "imagesAtLeast": {
      const count = trial.maker.imageCount();
      return finding(
        count >= condition.count,
        `지금까지 만든 이미지는 ${count}개입니다.`,
        `${count} images exist`,
      );
    }
    case "latestImageHas": {
      const file = trial.maker.readLatest(condition.path);
      const has = (file?.text ?? "").includes(condition.contains);
      return finding(
        has,
        `가장 최근 이미지의 ${condition.path}에 “${condition.contains}”이(가) ${has ? "있습니다" : "없습니다"}.`,
        `${condition.path} of the newest image ${has ? "has" : "lacks"} "${condition.contains}"`,
      );
    }
    case "dockerfileHas":
    case "dockerfileLacks": {
      const has = new RegExp(condition.pattern, "imu").test(base.dockerfile);
      return finding(
        has === (condition.check === "dockerfileHas"),
        "Dockerfile을 보았습니다.",
        "looked at the Dockerfile",
      );
    }
    case "not": {
      const inner = await judge(condition.of, trial);
      // Of a build that failed nothing was seen, neither the one nor its opposite.
      if (inner.missing === "build") return { ...inner, met: false };
      return finding(!inner.met, inner.ko, inner.en);
    }
    default:
  }
  if (base.exitCode !== 0)
    return finding(
      false,
      failure(base, "빌드가 실패했습니다"),
      `the build failed: ${base.error?.message ?? ""}`,
    );
  return judgeImage(condition, trial, base);
}

async function judgeImage(condition: Condition, trial: Trial, base: BuildRecord): Promise<Finding> {
  const { bench, exercise } = trial;
  const title = (name: string): string => trial.title(name);
  switch (condition.check) {
    case "reused":
    case "reruns": {
      const record = await trial.edited(condition.edit);
      if (record.exitCode !== 0) return failedEdit(title(condition.edit), condition.edit, record);
      const steps = findSteps(record, condition.step);
      if (steps.length === 0)
        return {
          ...finding(
            false,
            `Dockerfile에 이런 단계가 없습니다: ${roleName(condition.step)}.`,
            `no step "${condition.step}"`,
          ),
          missing: "step",
        };
      const ran = steps.filter(didRun);
      const met = condition.check === "reused" ? ran.length === 0 : ran.length > 0;
      const shown = (condition.check === "reused" ? (ran[0] ?? steps[0]) : steps[0]) as Step;
      return finding(
        met,
        `‘${title(condition.edit)}’ 뒤에 \`${instructionText(shown)}\` 단계는 ${didRun(shown) ? "다시 실행되었습니다" : "재사용되었습니다"}.`,
        `after "${condition.edit}" the step "${instructionText(shown)}" ${didRun(shown) ? "ran again" : "was reused"}`,
      );
    }
    case "rerunsNothing":
    case "rerunsOnly": {
      const record = await trial.edited(condition.edit);
      if (record.exitCode !== 0) return failedEdit(title(condition.edit), condition.edit, record);
      const allowed =
        condition.check === "rerunsOnly" ? condition.steps.flatMap((role) => findSteps(record, role)) : [];
      const others = record.steps.filter((step) => didRun(step) && !allowed.includes(step));
      const names = others.map((step) => `\`${instructionText(step)}\``).join(", ");
      return finding(
        others.length === 0,
        others.length === 0
          ? `‘${title(condition.edit)}’ 뒤에 다시 실행된 단계가 없습니다.`
          : `‘${title(condition.edit)}’ 뒤에 다시 실행된 단계: ${names}.`,
        `after "${condition.edit}" ran again: ${names || "nothing"}`,
      );
    }
    case "sameStep": {
      const [first = "", ...others] = condition.steps;
      const steps = findSteps(base, first);
      const alone = steps.find((step) => others.some((role) => !findSteps(base, role).includes(step)));
      return finding(
        steps.length > 0 && alone === undefined,
        alone === undefined
          ? steps.length > 0
            ? "두 일을 한 단계에서 합니다."
            : `Dockerfile에 이런 단계가 없습니다: ${roleName(first)}.`
          : `\`${instructionText(alone)}\` 단계가 혼자 있습니다.`,
        alone === undefined ? `${steps.length} steps` : `"${instructionText(alone)}" stands alone`,
      );
    }
    case "sizeBelow": {
      const megabytes = bench.imageSize(base) / 1e6;
      return finding(
        megabytes < condition.megabytes,
        `이미지는 ${megabytes.toFixed(1)}MB입니다(기준 ${condition.megabytes}MB 미만).`,
        `the image has ${megabytes.toFixed(1)} MB (bound: ${condition.megabytes} MB)`,
      );
    }
    case "newLayers": {
      const count = base.image?.layers.filter((layer) => !layer.fromBase).length ?? 0;
      return finding(count === condition.count, `새 레이어는 ${count}개입니다.`, `${count} new layers`);
    }
    case "historyRows": {
      const count = base.rows.filter((row) => row.history).length;
      return finding(
        count === condition.count,
        `이력에 더한 줄은 ${count}개입니다.`,
        `${count} new history rows`,
      );
    }
    case "fileInImage": {
      const path = condition.path;
      const paths = path.includes("*") ? bench.findFiles(base, path) : [path];
      const found = paths.map((name) => bench.readFile(base, name)).find((file) => file !== undefined);
      if (found === undefined)
        return finding(false, `이미지에 ${path}이(가) 없습니다.`, `${path} is not in the image`);
      if (condition.mode !== undefined && found.mode !== condition.mode)
        return finding(
          false,
          `${path}의 모드가 ${condition.mode}이(가) 아니라 ${found.mode}입니다.`,
          `${path} has mode ${found.mode}, not ${condition.mode}`,
        );
      if (condition.contains !== undefined && !(found.text ?? "").includes(condition.contains))
        return finding(
          false,
          `${path}에 “${condition.contains}”이(가) 없습니다.`,
          `${path} does not contain "${condition.contains}"`,
        );
      return finding(true, `${path}이(가) 있습니다.`, `${path} is there`);
    }
    case "fileAbsent": {
      const found = condition.path.includes("*")
        ? bench.findFiles(base, condition.path)
        : bench.readFile(base, condition.path)
          ? [condition.path]
          : [];
      return finding(
        found.length === 0,
        found.length === 0
          ? `\`${condition.path}\`이(가) 없습니다.`
          : `이미지에 \`${found[0] ?? ""}\`이(가) 있습니다.`,
        found.length === 0 ? "absent" : `${found[0] ?? ""} is in the image`,
      );
    }
    case "fileInNoLayer": {
      const wanted = condition.path.replace(/^\//, "");
      const hit = base.image?.layers
        .flatMap((layer) => layer.entries ?? [])
        .find((entry) => entry.path.replace(/\/$/, "") === wanted || entry.path.startsWith(wanted + "/"));
      return finding(
        hit === undefined,
        hit ? `레이어에 ${hit.path}이(가) 있습니다.` : "어느 레이어에도 없습니다.",
        hit ? `a layer holds ${hit.path}` : "in no layer",
      );
    }
    case "secretAbsent":
    case "secretFound": {
      const places = bench.findSecret(base, condition.value);
      const first = places[0];
      return finding(
        (places.length === 0) === (condition.check === "secretAbsent"),
        first
          ? `비밀이 ${{ layer: "레이어", history: "이력", config: "설정" }[first.where]}에 남아 있습니다: ${first.detail}`
          : "비밀을 찾지 못했습니다.",
        first ? `the secret is in the ${first.where}: ${first.detail}` : "no secret found",
      );
    }
    case "configHas": {
      const record = condition.edit === undefined ? base : await trial.edited(condition.edit);
      const value = configValue(record, condition.key);
      const met = value !== undefined && (condition.value === undefined || value === condition.value);
      return finding(
        met,
        `이미지 설정의 ${condition.key}: ${value ?? "없음"}.`,
        `config ${condition.key}: ${value ?? "none"}`,
      );
    }
    case "fileInContext": {
      const has = bench.hasFile(condition.path);
      return finding(
        has,
        `폴더에 \`${condition.path}\`이(가) ${has ? "있습니다" : "없습니다"}.`,
        `${condition.path} is ${has ? "" : "not "}in the folder`,
      );
    }
    case "ignored": {
      const isOut = bench.ignores(condition.path);
      return finding(
        isOut,
        `\`${condition.path}\`라는 파일이 생기면 ${isOut ? "보내지 않습니다" : "함께 보냅니다"}.`,
        `a file ${condition.path} would ${isOut ? "not " : ""}be sent`,
      );
    }
    case "contextBelow": {
      const bytes = base.transfers["[internal] load build context"] ?? 0;
      return finding(
        bytes < condition.bytes,
        `보낸 컨텍스트는 ${bytes}B입니다.`,
        `the context sent has ${bytes} bytes`,
      );
    }
    case "changesContent":
    case "keepsContent":
    case "touchesFile": {
      await trial.edited(condition.edit);
      const edit = trial.shellEdits.get(condition.edit);
      const content = edit?.content ?? [];
      const saved = [...content, ...(edit?.touched ?? []), ...(edit?.metadata ?? [])];
      if (condition.check === "changesContent") {
        return finding(
          content.length > 0,
          content.length > 0
            ? `내용이 달라진 파일: ${content.join(", ")}.`
            : "내용이 달라진 파일이 없습니다.",
          `changed: ${content.join(", ") || "nothing"}`,
        );
      }
      if (condition.check === "keepsContent") {
        return finding(
          content.length === 0,
          content.length === 0 ? "파일의 내용은 그대로입니다." : `내용이 달라진 파일: ${content.join(", ")}.`,
          `changed: ${content.join(", ") || "nothing"}`,
        );
      }
      return finding(
        saved.length > 0,
        saved.length > 0 ? `저장된 파일: ${saved.join(", ")}.` : "저장된 파일이 없습니다.",
        `saved: ${saved.join(", ") || "nothing"}`,
      );
    }
    case "downloads": {
      const count = bench.downloads(await trial.edited(condition.edit));
      return finding(
        count <= condition.atMost,
        `‘${title(condition.edit)}’ 뒤에 패키지 ${count}개를 내려받았습니다.`,
        `${count} packages were downloaded after "${condition.edit}"`,
      );
    }
    default:
      throw new Error(
        `LB_EXERCISE_CHECK: unknown check "${(condition as Condition).check}" in ${exercise.id}`,
      );
  }
}

/** Did the step execute in this build? FROM only looks up its manifest and never counts. */
function didRun(step: Step): boolean {
  return step.instruction !== "FROM" && step.status === "DONE";
}

/** `env NAME`, `label NAME`, `port 80/tcp`, `user`, `cmd`, `workdir` of the image's config. */
function configValue(record: BuildRecord, key: string): string | undefined {
  const config = (record.image?.config["config"] ?? {}) as Record<string, unknown>;
  const [kind = "", ...rest] = key.split(" ");
  const name = rest.join(" ");
  const text = (value: unknown): string | undefined =>
    value === undefined || value === null
      ? undefined
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
  switch (kind) {
    case "env":
      return ((config["Env"] ?? []) as string[])
        .find((entry) => entry.startsWith(name + "="))
        ?.slice(name.length + 1);
    case "label":
      return text((config["Labels"] as Record<string, string> | undefined)?.[name]);
    case "port":
      return (config["ExposedPorts"] as Record<string, unknown> | undefined)?.[name] === undefined
        ? undefined
        : name;
    case "user":
      return text(config["User"]);
    case "cmd":
      return text(config["Cmd"]);
    case "workdir":
      return text(config["WorkingDir"]);
    default:
      throw new Error(`LB_EXERCISE_CHECK: unknown config key "${key}"`);
  }
}

function failedEdit(title: string, edit: string, record: BuildRecord): Finding {
  return {
    ...finding(
      false,
      failure(record, `‘${title}’ 뒤의 빌드가 실패했습니다`),
      `the build after "${edit}" failed`,
    ),
    missing: "build",
  };
}

/** BuildKit's message behind a Korean beginning; of what this course cannot run it says so, lest the learner look for a mistake. */
function failure(record: BuildRecord, lead: string): string {
  const message = `${lead}: \`${record.error?.message ?? ""}\``;
  const isForeign = record.steps.some(
    (step) =>
      step.status === "ERROR" &&
      step.output.some((line) => line.includes("이 프로그램은 흉내 내지 않습니다")),
  );
  if (isForeign)
    return `${message}. 이 수업의 빌더가 흉내 내지 않는 명령입니다. 같은 일을 하는 다른 명령으로 적어 보세요.`;
  if (record.error?.code === "LB_IMAGE_NOT_FOUND")
    return `${message}. 이 수업의 빌더가 모르는 이미지입니다. 이름과 태그를 확인하고, 수업에 나온 이미지를 쓰세요.`;
  return message;
}

function finding(met: boolean, ko: string, en: string): Finding {
  return { met, ko, en };
}
