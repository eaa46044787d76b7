/** Cache mounts for package managers: what was fetched once is there at the next run, and in no layer. */

import type { Node } from "../../../dockerfile";
import { commandsOf, isKeyword, quoted, render, type Source, type Stage, userAt, withFlag } from "../source";
import type { Refusal, Rewrite } from "../types";

/** Commands of a tool that read or fill its cache. */
interface Family {
  readonly command: RegExp;
  readonly targets: readonly string[];
  /** Do later commands need what lies there, so that all of them must have the mount? */
  readonly needed?: boolean;
}

const FAMILIES: readonly Family[] = [
  { command: /^npm (ci|clean-install|i|install)\b/, targets: ["/root/.npm"] },
  { command: /^yarn( install)?( --\S+)*$/, targets: ["/usr/local/share/.cache/yarn"] },
  { command: /^pnpm (i|install|fetch)\b/, targets: ["/root/.local/share/pnpm/store"] },
  { command: /^bun (i|install)\b/, targets: ["/root/.bun/install/cache"] },
  { command: /^(python3? -m )?pip3? install\b/, targets: ["/root/.cache/pip"] },
  { command: /^poetry (install|sync)\b/, targets: ["/root/.cache/pypoetry"] },
  { command: /^uv (sync|pip)\b/, targets: ["/root/.cache/uv"] },
  { command: /^pipenv (install|sync)\b/, targets: ["/root/.cache/pipenv"] },
  {
    command: /^(\w+=\S+ )*go (build|install|test|run|vet|generate|mod)\b/,
    targets: ["/go/pkg/mod", "/root/.cache/go-build"],
    needed: true,
  },
  { command: /^(\.\/)?mvnw?\b/, targets: ["/root/.m2"], needed: true },
  { command: /^(\.\/)?gradlew?\b/, targets: ["/root/.gradle"], needed: true },
  { command: /^cargo\b/, targets: ["/usr/local/cargo/registry"], needed: true },
  { command: /^(php )?composer(\.phar)? (install|update)\b/, targets: ["/root/.composer/cache"] },
  { command: /^bundle install\b/, targets: ["/usr/local/bundle/cache"] },
  { command: /^dotnet (restore|build|publish|test)\b/, targets: ["/root/.nuget/packages"], needed: true },
];

export function cacheMount(source: Source): (Rewrite | Refusal)[] {
  return source.stages.flatMap((stage) => FAMILIES.flatMap((family) => mountFor(source, stage, family)));
}

function mountFor(source: Source, stage: Stage, family: Family): (Rewrite | Refusal)[] {
  const { command, needed } = family;
  const targets = family.targets.map((target) => moved(source, target));
  const users = stage.nodes.filter((node) => commandsOf(node)?.commands.some((one) => command.test(one)));
  const lacking = users.filter((node) => !node.flags.some((flag) => flag.startsWith("--mount=type=cache")));
  const [first] = lacking;
  if (!first) return [];
  const title = {
    ko: `내려받은 것을 캐시 마운트에 둡니다: ${targets.join(", ")}`,
    en: `keep what is fetched in a cache mount: ${targets.join(", ")}`,
  };
  const about = { rule: "cache-mount", line: first.startLine, title } as const;
  const user = lacking.map((node) => userAt(stage, node)).find((name) => name !== "");
  if (user !== undefined) {
    return [
      {
        ...about,
        because: {
          ko: `USER ${user}로 실행합니다. 캐시 마운트의 uid와 홈 디렉터리를 알 수 없습니다.`,
          en: `it runs as USER ${user}, whose uid and home are not known`,
        },
      },
    ];
  }
  const reader = needed ? readerOf(source, stage, users, targets) : undefined;
  if (reader) {
    return [
      {
        ...about,
        because: {
          ko: `${reader.startLine}번째 줄이 ${targets[0]!}에 있는 것을 쓸 수 있으므로 층에 남아야 합니다.`,
          en: `line ${reader.startLine} may use what lies in ${targets[0]!}: it must stay in the layer`,
        },
      },
    ];
  }
  const blocks = source.blocks.map((one) => {
    if (!one.node || !lacking.includes(one.node)) return one;
    let text = one.text.replace(/ --no-cache-dir\b/g, "");
    for (const target of [...targets].reverse())
      text = withFlag(one.node, text, `--mount=type=cache,target=${target}`);
    return { ...one, text };
  });
  return [
    {
      ...about,
      why: {
        ko: "다시 실행할 때 새로 필요한 것만 내려받고, 캐시는 이미지에 들어가지 않습니다. 빌드하는 컴퓨터에 캐시가 남아 있어야 빨라집니다.",
        en: "when it runs again only what is new is fetched, and the cache is not in the image; it helps where the builder keeps its cache",
      },
      dockerfile: render(source, blocks),
      allows: { gone: targets.flatMap((target) => [`^${quoted(target)}(/|$)`, ...parents(target)]) },
    },
  ];
}

/** pnpm keeps its store below PNPM_HOME, wherever that is set. */
function moved(source: Source, target: string): string {
  if (!target.includes("/pnpm/")) return target;
  const home = source.stages
    .flatMap(({ nodes }) => nodes)
    .filter((node) => isKeyword(node, "ENV"))
    .flatMap(({ args }) => args.flatMap((arg, i) => (arg === "PNPM_HOME" ? [args[i + 1] ?? ""] : [])))
    .at(-1)
    ?.replace(/^["']|["']$/g, "");
  return home?.startsWith("/") ? `${home}/store` : target;
}

/** Folders above *target* that were made only for it. */
function parents(target: string): string[] {
  const parts = target.split("/").slice(1, -1);
  return parts
    .map(
      (_part, i) =>
        `^/${parts
          .slice(0, i + 1)
          .map(quoted)
          .join("/")}$`,
    )
    .filter((one) => one !== "^\\/root$");
}

/** Something that may read the cache without being known to: a command that is not this tool's, or a copy out of the stage. */
function readerOf(
  source: Source,
  stage: Stage,
  users: readonly Node[],
  targets: readonly string[],
): Node | undefined {
  const later = stage.nodes.slice(stage.nodes.indexOf(users[0]!) + 1);
  const opaque = later.find(
    (node) =>
      isKeyword(node, "RUN") &&
      !users.includes(node) &&
      !(commandsOf(node)?.commands.every((one) => HARMLESS.test(one)) ?? false),
  );
  const copies = source.stages
    .flatMap(({ nodes }) => nodes)
    .find(
      (node) =>
        node.flags.some((flag) => flag.startsWith("--from=")) &&
        node.args.some((arg) => targets.some((target) => arg.startsWith(target))),
    );
  const starts = stage.nodes.findLast((node) => isKeyword(node, "CMD", "ENTRYPOINT"));
  const runsTool = starts && /\b(go|mvn|mvnw|gradle|gradlew|cargo|dotnet) run\b/.test(starts.original);
  return opaque ?? copies ?? (runsTool ? starts : undefined);
}

const HARMLESS =
  /^(mkdir|rm|cp|mv|ln|chmod|chown|touch|echo|cat|ls|strip|apt-get|apk|groupadd|useradd|addgroup|adduser|java -Djarmode)\b/;
