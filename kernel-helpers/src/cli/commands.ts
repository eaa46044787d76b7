/** The commands of `layerbook`: names, one-line descriptions, and how each is loaded (only when it is used). */

import type { Sentence } from "./cli-error";
import type { CommandIo } from "./io";

/** A command's module: *args* without the command's name; answers the exit code. */
export interface CommandModule {
  readonly run: (args: readonly string[], io: CommandIo) => Promise<number>;
  /** Printed by `layerbook help NAME` and `layerbook NAME --help`. */
  readonly help: Sentence;
  /** Answers `--help` itself. */
  readonly ownHelp?: boolean;
}

export interface Command {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  readonly summary: Sentence;
  readonly load: () => CommandModule;
}

/* eslint-disable @typescript-eslint/no-require-imports -- require loads at once and only when asked; import() costs 10 ms more */

/** In the order of the overview. */
export const COMMANDS: readonly Command[] = [
  {
    name: "build",
    usage: "[docker build flags] PATH | -f compose.yaml|docker-bake.hcl [NAME…] | --all [DIR]",
    summary: {
      ko: "디렉터리를 빌드하고, 재사용하지 못한 단계마다 이유를 말합니다",
      en: "build a directory; a reason for every step that was not reused",
    },
    load: () => require("./commands/build") as CommandModule,
  },
  {
    name: "check",
    usage: "[docker build flags] PATH",
    summary: { ko: "Dockerfile을 빌드하지 않고 점검합니다", en: "check a Dockerfile without building it" },
    load: () => require("./commands/check") as CommandModule,
  },
  {
    name: "why",
    usage: "[--table FORM] [--card STEP] [PATH]",
    summary: {
      ko: "지난 빌드에서 단계마다 왜 다시 실행했는지 말합니다",
      en: "explain the last build: why each step ran again",
    },
    load: () => require("./commands/why") as CommandModule,
  },
  {
    name: "whatif",
    usage: "[docker build flags] [--edit FILE…] [--git N|BASE..HEAD] [PATH]",
    summary: {
      ko: "빌드하지 않고, 무엇을 고치면 무엇이 다시 실행될지 예측합니다",
      en: "predict what an edit would run again, without building",
    },
    load: () => require("./commands/whatif") as CommandModule,
  },
  {
    name: "optimize",
    usage: "[docker build flags] [--write] [PATH]",
    summary: {
      ko: "더 나은 Dockerfile을 증명과 함께 제안합니다",
      en: "propose a better Dockerfile, with its proof",
    },
    load: () => require("./commands/optimize") as CommandModule,
  },
  {
    name: "layers",
    usage: "[--stack] [--table FORM] IMAGE",
    summary: { ko: "이미지의 층을 보여 줍니다", en: "show the layers of an image" },
    load: () => require("./commands/layers") as CommandModule,
  },
  {
    name: "history",
    usage: "[--table FORM] IMAGE",
    summary: { ko: "이미지의 이력을 보여 줍니다", en: "show the history of an image" },
    load: () => require("./commands/history") as CommandModule,
  },
  {
    name: "waste",
    usage: "[--max-wasted SIZE] [--min-score N] IMAGE",
    summary: {
      ko: "이미지의 바이트가 어디로 갔는지, 얼마나 되찾을 수 있는지 보여 줍니다",
      en: "show where the bytes of an image went and what could be saved",
    },
    load: () => require("./commands/waste") as CommandModule,
  },
  {
    name: "compare",
    usage: "[DIR] | A B",
    summary: {
      ko: "두 빌드나 두 이미지를 나란히 비교합니다",
      en: "put two builds or two images beside one another",
    },
    load: () => require("./commands/compare") as CommandModule,
  },
  {
    name: "ci",
    usage: "[--before DIR --after DIR] LOG",
    summary: {
      ko: "CI 로그에서 빌드의 시간이 어디로 갔고 무엇을 먼저 할지 말합니다",
      en: "say where the minutes of a CI build went and what to do first",
    },
    load: () => require("./commands/ci") as CommandModule,
  },
  {
    name: "export",
    usage: "IMAGE… -o PATH [--format oci|docker] [--layers keep|tar|gzip]",
    summary: {
      ko: "이미지를 docker, skopeo, umoci가 읽는 파일로 씁니다",
      en: "write images as files that docker, skopeo and umoci read",
    },
    load: () => require("./commands/export") as CommandModule,
  },
  {
    name: "import",
    usage: "PATH [--name NAME]",
    summary: {
      ko: "docker save의 파일이나 OCI 레이아웃에서 이미지를 가져옵니다",
      en: "take images of a docker save file or an OCI layout",
    },
    load: () => require("./commands/import") as CommandModule,
  },
  {
    name: "docker",
    usage: "COMMAND …",
    summary: {
      ko: "셀에서 쓰는 docker 명령을 실제 셸에서 씁니다",
      en: "the docker commands of the cells, in a real shell",
    },
    load: () => require("./commands/docker") as CommandModule,
  },
  {
    name: "pull",
    usage: "IMAGE [--platform OS/ARCH|all] [-u NAME --password-stdin]",
    summary: {
      ko: "레지스트리에서 실제 이미지를 받습니다",
      en: "fetch a real image from a registry",
    },
    load: () => require("./commands/pull") as CommandModule,
  },
  {
    name: "push",
    usage: "IMAGE [AS] [-u NAME --password-stdin]",
    summary: { ko: "이미지를 레지스트리로 보냅니다", en: "send an image to a registry" },
    load: () => require("./commands/push") as CommandModule,
  },
  {
    name: "verify",
    usage: "[--addr ADDR] [--edit FILE] [docker build flags] PATH",
    summary: {
      ko: "실제 엔진으로도 빌드해서 단계마다 비교합니다",
      en: "build with a real engine too, and compare step by step",
    },
    load: () => require("./commands/verify") as CommandModule,
  },
  {
    name: "run",
    usage: "NOTEBOOK…",
    summary: {
      ko: "노트북을 실행하고 출력을 파일에 씁니다",
      en: "execute notebooks and write their outputs back",
    },
    load: () => require("./commands/run") as CommandModule,
  },
  {
    name: "handout",
    usage: "NOTEBOOK|LESSON… --to html,pdf,md --out DIR",
    summary: { ko: "노트북으로 강의 자료를 만듭니다", en: "make course handouts of notebooks" },
    load: () => require("./commands/handout") as CommandModule,
  },
  {
    name: "lab",
    usage: "[--port N] [--no-browser] [--dir FOLDER]",
    summary: { ko: "JupyterLab을 준비하고 엽니다", en: "set JupyterLab up and open it" },
    load: () => require("./commands/lab") as CommandModule,
  },
  {
    name: "site",
    usage: "[--serve] [--port N] [--out DIR]",
    summary: {
      ko: "설치 없이 여는 브라우저판을 만들고 보여 줍니다",
      en: "make and show the edition that runs in a browser",
    },
    load: () => require("./commands/site") as CommandModule,
  },
  {
    name: "reset",
    usage: "LESSON",
    summary: {
      ko: "수업 하나를 처음 상태로 되돌립니다(고친 것은 따로 둡니다)",
      en: "bring a lesson back as it was; your version is kept",
    },
    load: () => require("./commands/reset") as CommandModule,
  },
  {
    name: "progress",
    usage: "[--dir FOLDER] [--json]",
    summary: {
      ko: "푼 문제, 예측 적중률, 개념 검사를 한 표로 보여 줍니다",
      en: "show exercises passed, guesses right and the quiz in one table",
    },
    load: () => require("./commands/progress") as CommandModule,
  },
  {
    name: "lesson",
    usage: "new TITLE | lint [LESSON…] | make [LESSON…] | import FILE.zip | export FILE.zip",
    summary: {
      ko: "수업을 만들고 살피고 노트북으로 바꿉니다. 작업을 zip으로 주고받습니다",
      en: "make lessons, look them over, turn them into notebooks; work in and out as a zip",
    },
    load: () => require("./commands/lesson") as CommandModule,
  },
  {
    name: "class",
    usage: "DIR… [--csv FILE] [--html FILE] [--json] | --moodle-xml FILE",
    summary: {
      ko: "학습자들의 진도를 한 표로 모읍니다(교사용)",
      en: "gather the learners' progress in one table (for teachers)",
    },
    load: () => require("./commands/class") as CommandModule,
  },
  {
    name: "grade",
    usage: "SUBMISSIONS.zip|DIR [--worksheet FILE.csv] [--out DIR]",
    summary: {
      ko: "제출물을 새로 실행해 채점하고 피드백을 씁니다(교사용)",
      en: "run submissions anew, grade them, write feedback (for teachers)",
    },
    load: () => require("./commands/grade") as CommandModule,
  },
  {
    name: "kernel",
    usage: "install [--user | --sys-prefix | --prefix DIR]",
    summary: { ko: "Jupyter에 커널을 등록합니다", en: "register the kernel with Jupyter" },
    load: () => require("./commands/kernel") as CommandModule,
  },
  {
    name: "doctor",
    usage: "",
    summary: {
      ko: "빠진 것과 그것을 갖추는 법을 알려 줍니다",
      en: "say what is missing and how to get it",
    },
    load: () => require("./commands/doctor") as CommandModule,
  },
  {
    name: "replay",
    usage: "SCENARIO.json… --bases DIR",
    summary: {
      ko: "기록된 시나리오를 실행하고 일어난 일을 출력합니다",
      en: "run recorded scenarios and print what happened",
    },
    load: () => require("./commands/replay") as CommandModule,
  },
];
