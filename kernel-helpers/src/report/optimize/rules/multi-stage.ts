/** Build tools out of the final image: what the build makes is copied into a stage of its own. */

import type { Node } from "../../../dockerfile";
import {
  block,
  type Block,
  commandsOf,
  folderAt,
  isKeyword,
  quoted,
  render,
  type Source,
  type Stage,
} from "../source";
import type { Bilingual, Refusal, Rewrite } from "../types";

interface Plan {
  /** Base of the final stage. */
  readonly base: string;
  /** Absolute paths that the build makes and the final stage gets. */
  readonly outputs: readonly string[];
  readonly why: Bilingual;
}

const TITLE: Bilingual = {
  ko: "빌드 도구를 마지막 이미지에서 뺍니다(멀티 스테이지)",
  en: "build tools out of the final image (a stage of its own)",
};

export function multiStage(source: Source): (Rewrite | Refusal)[] {
  const stage = source.stages[0];
  if (source.stages.length !== 1 || !stage) return [];
  const about = { rule: "multi-stage", line: stage.from.startLine, title: TITLE } as const;
  const plan = planFor(source, stage);
  if (!plan) return [];
  if ("because" in plan) return [{ ...about, because: plan.because }];
  const config = stage.nodes.filter((node) => isFinal(node));
  const folder =
    folderAt(stage, { ...stage.nodes.at(-1)! }) ??
    stage.nodes.filter((node) => isKeyword(node, "WORKDIR")).at(-1)?.args[0];
  const lines: Block[] = [];
  const { blocks } = source;
  for (const one of blocks) {
    if (one.node === stage.from) lines.push({ ...one, text: `${one.text.replace(/\s+$/, "")} AS build` });
    else if (!one.node || !config.includes(one.node) || isKeyword(one.node, "ENV", "ARG")) lines.push(one);
  }
  lines.push(block(`FROM ${plan.base}`, "\n\n"));
  if (folder !== undefined) lines.push(block(`WORKDIR ${folder}`));
  for (const path of plan.outputs) lines.push(block(`COPY --from=build ${path} ${path}`));
  for (const node of config) {
    const own = blocks.find((one) => one.node === node)!;
    lines.push({ ...own, lead: "\n" });
  }
  return [
    {
      ...about,
      why: plan.why,
      dockerfile: render(source, lines),
      allows: {
        onlyPaths: plan.outputs.map((path) => `^${quoted(path)}(/|$)`),
        config: [
          "Env",
          ...(isKeyword(
            config.find((node) => isKeyword(node, "CMD", "ENTRYPOINT")),
            "CMD",
          )
            ? ["Entrypoint"]
            : []),
          "Labels",
        ],
      },
      tolerance: 0.25,
    },
  ];
}

/** Instructions of the container, not of the build. */
function isFinal(node: Node): boolean {
  return isKeyword(
    node,
    "CMD",
    "ENTRYPOINT",
    "EXPOSE",
    "USER",
    "HEALTHCHECK",
    "VOLUME",
    "STOPSIGNAL",
    "LABEL",
    "ENV",
  );
}

function planFor(source: Source, stage: Stage): Plan | { readonly because: Bilingual } | undefined {
  const base = stage.from.args[0] ?? "";
  const commands = stage.nodes.flatMap((node) => commandsOf(node)?.commands ?? []);
  const start = stage.nodes.findLast((node) => isKeyword(node, "ENTRYPOINT", "CMD"));
  const folder = folderAt(stage, start ?? stage.nodes.at(-1)!) ?? "/";
  if (/(^|\/)golang(:|$)/.test(base)) return goPlan(commands, folder, start);
  if (/(^|\/)(maven|gradle|eclipse-temurin)(:|$)/.test(base) && !/-jre/.test(base))
    return javaPlan(source, commands, folder, start);
  if (/(^|\/)rust(:|$)/.test(base)) return rustPlan(commands, folder, start);
  if (/(^|\/)node(:|$)/.test(base)) return nodePlan(source, commands, folder, start);
  return undefined;
}

function goPlan(
  commands: readonly string[],
  folder: string,
  start: Node | undefined,
): Plan | { because: Bilingual } | undefined {
  const build = commands.find((command) => /\bgo build\b/.test(command));
  if (build === undefined) {
    return commands.some((command) => /\bgo (run|test)\b/.test(command)) || start?.original.includes("go run")
      ? { because: { ko: "컨테이너가 go를 실행할 때 씁니다.", en: "the container itself needs go" } }
      : undefined;
  }
  const out = /-o[ =](\S+)/.exec(build)?.[1];
  if (out === undefined || out.includes("$"))
    return {
      because: {
        ko: "go build의 결과가 어디에 놓이는지 알 수 없습니다(-o).",
        en: "where go build puts its program is not known (-o)",
      },
    };
  if (start?.args[0] === "go")
    return { because: { ko: "컨테이너가 go를 실행할 때 씁니다.", en: "the container itself needs go" } };
  const isStatic = /CGO_ENABLED=0/.test(build);
  return {
    base: "debian:bookworm-slim",
    outputs: [absolute(folder, out)],
    why: {
      ko: `마지막 이미지에는 프로그램만 들어갑니다. ${isStatic ? "정적 프로그램이므로 scratch나 distroless도 됩니다." : "C 라이브러리를 쓰므로 베이스는 debian입니다."} 실행할 때 읽는 다른 파일이 있으면 COPY를 더하세요.`,
      en: `the final image holds only the program; ${isStatic ? "it is static, so scratch or distroless will do as well" : "it uses the C library, hence debian"}; add a COPY for other files that it reads`,
    },
  };
}

function javaPlan(
  source: Source,
  commands: readonly string[],
  folder: string,
  start: Node | undefined,
): Plan | { because: Bilingual } | undefined {
  if (!commands.some((command) => /\b(mvnw?|gradlew?)\b/.test(command))) return undefined;
  const jar =
    start?.args.find((arg) => arg.endsWith(".jar")) ?? /(\S+\.jar)/.exec(start?.original ?? "")?.[1];
  if (jar === undefined)
    return {
      because: {
        ko: "컨테이너가 어느 jar를 실행하는지 알 수 없습니다.",
        en: "which jar the container runs is not known",
      },
    };
  const version = /:(?:\S*?)(\d+)/.exec(
    /(temurin-\d+|jdk-?\d+|:\d+|-\d+)/.exec(stageBase(source))?.[0] ?? "",
  )?.[1];
  const wanted = version !== undefined && source.hasImage(`eclipse-temurin:${version}-jre`) ? version : "21";
  return {
    base: `eclipse-temurin:${wanted}-jre`,
    outputs: [absolute(folder, jar)],
    why: {
      ko: `실행에는 JRE와 ${jar}만 있으면 됩니다. JRE의 판이 컴파일한 판보다 낮지 않은지 확인하세요.`,
      en: `running needs only a JRE and ${jar}; check that the JRE is no older than the compiler`,
    },
  };
}

function stageBase(source: Source): string {
  return source.stages[0]?.from.args[0] ?? "";
}

function rustPlan(
  commands: readonly string[],
  folder: string,
  start: Node | undefined,
): Plan | { because: Bilingual } | undefined {
  if (!commands.some((command) => /\bcargo build\b/.test(command))) return undefined;
  const program = start?.args[0];
  if (program === undefined || !/\//.test(program) || /\bcargo\b/.test(program))
    return {
      because: {
        ko: "컨테이너가 어느 프로그램을 실행하는지 알 수 없습니다.",
        en: "which program the container runs is not known",
      },
    };
  return {
    base: "debian:bookworm-slim",
    outputs: [absolute(folder, program)],
    why: {
      ko: "마지막 이미지에는 프로그램만 들어갑니다. 실행할 때 읽는 다른 파일이 있으면 COPY를 더하세요.",
      en: "the final image holds only the program; add a COPY for other files that it reads",
    },
  };
}

/** A site that a web server only serves. */
function nodePlan(
  source: Source,
  commands: readonly string[],
  folder: string,
  start: Node | undefined,
): Plan | { because: Bilingual } | undefined {
  const builds = commands.some((command) => /\b(npm|yarn|pnpm)( run)? build\b/.test(command));
  if (!builds) return undefined;
  const serves = /\b(serve|http-server)\b.*?\b(dist|build|out|public)\b/.exec(start?.original ?? "");
  if (serves || (start && /^(npm|yarn|pnpm|node|npx)$/.test(start.args[0] ?? ""))) {
    return {
      because: {
        ko: "컨테이너가 실행할 때 node_modules와 소스 가운데 무엇을 읽는지 알 수 없습니다. 정적 사이트라면 nginx 스테이지를 두세요.",
        en: "what the container reads of node_modules and the sources is not known; a static site could have a stage with nginx",
      },
    };
  }
  void folder;
  void source;
  return undefined;
}

function absolute(folder: string, path: string): string {
  return (path.startsWith("/") ? path : `${folder}/${path.replace(/^\.\//, "")}`).replace(/\/+/g, "/");
}
