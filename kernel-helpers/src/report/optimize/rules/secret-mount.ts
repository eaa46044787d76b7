/** Tokens in ARG, ENV or a copied file: given by a secret mount instead, so that the image does not hold them. */

import type { Node } from "../../../dockerfile";
import { isSecretName } from "../../../graph";
import {
  type Block,
  commandsOf,
  copyOf,
  folderAt,
  isKeyword,
  mentions,
  render,
  type Source,
  type Stage,
  withFlag,
} from "../source";
import type { Bilingual, Refusal, Rewrite } from "../types";

const RULE = "secret-mount";
/** Files that hold a token, by base name. */
const SECRET_FILE =
  /(^|\/)(\.npmrc|\.netrc|\.pypirc|pip\.conf|auth\.json|settings\.xml|id_rsa|id_ed25519|credentials(\.json)?|\.git-credentials)$/;

/** Does the file at *path* hold a token? */
export function isSecretFile(path: string, text: string | undefined): boolean {
  if (!SECRET_FILE.test(path)) return false;
  if (/(^|\/)\.npmrc$/.test(path)) return /_authToken|_password|_auth\b/.test(text ?? "");
  if (/(^|\/)pip\.conf$/.test(path)) return /:\/\/[^/\s]+@/.test(text ?? "");
  if (/(^|\/)settings\.xml$/.test(path)) return /<password>/.test(text ?? "");
  return true;
}

export function secretMount(source: Source): (Rewrite | Refusal)[] {
  return source.stages.flatMap((stage) => [...variables(source, stage), ...files(source, stage)]);
}

function variables(source: Source, stage: Stage): (Rewrite | Refusal)[] {
  return stage.nodes.flatMap((node): (Rewrite | Refusal)[] => {
    if (!isKeyword(node, "ARG", "ENV")) return [];
    const names = isKeyword(node, "ARG")
      ? node.args.map((arg) => arg.split("=")[0]!)
      : node.args.filter((_arg, i) => i % 3 === 0);
    const secrets = names.filter(isSecretName);
    if (secrets.length === 0) return [];
    const keyword = node.keyword.toUpperCase();
    const title: Bilingual = {
      ko: `${keyword} ${secrets.join(", ")} 대신 비밀 마운트를 씁니다`,
      en: `a secret mount instead of ${keyword} ${secrets.join(", ")}`,
    };
    const about = { rule: RULE, line: node.startLine, title } as const;
    if (secrets.length < names.length)
      return [
        {
          ...about,
          because: {
            ko: "같은 줄에서 다른 변수도 정합니다. 줄을 나누세요.",
            en: "the same line sets other variables: split it",
          },
        },
      ];
    const after = stage.nodes.slice(stage.nodes.indexOf(node) + 1);
    const copies = after.filter((one) => secrets.some((name) => mentions(one.original, name)));
    const derived = copies.filter((one) => isKeyword(one, "ENV", "ARG") && isOnlyCopy(one, secrets));
    const other = copies.find((one) => !isKeyword(one, "RUN") && !derived.includes(one));
    if (other)
      return [
        {
          ...about,
          because: {
            ko: `RUN이 아닌 명령도 씁니다: ${other.original.split(/\s/)[0]!} (${other.startLine}번째 줄)`,
            en: `it is used by an instruction that is no RUN: ${other.original.split(/\s/)[0]!} (line ${other.startLine})`,
          },
        },
      ];
    const users = copies.filter((one) => isKeyword(one, "RUN"));
    // A tool may read it from its environment without naming it: npm its token through .npmrc.
    const npmrc = source.visible.find(
      (path) =>
        /(^|\/)\.npmrc$/.test(path) && secrets.some((name) => mentions(source.read(path) ?? "", name)),
    );
    const readers = after.filter(
      (one) =>
        isKeyword(one, "RUN") &&
        (users.includes(one) || (npmrc !== undefined && /\b(npm|yarn|pnpm)\b/.test(one.original))),
    );
    if (readers.length === 0)
      return [
        {
          ...about,
          because: {
            ko: "어느 RUN이 쓰는지 알 수 없습니다. 실행할 때 필요한 값이라면 docker run -e로 주세요.",
            en: "no RUN is known to use it; if the program needs it, give it with docker run -e",
          },
        },
      ];
    const removed = new Set<Node>([node, ...derived]);
    const blocks = source.blocks.flatMap((one): Block[] => {
      if (one.node && removed.has(one.node)) return [];
      if (!one.node || !readers.includes(one.node)) return [one];
      let { text } = one;
      for (const name of secrets)
        text = withFlag(one.node, text, `--mount=type=secret,id=${name},env=${name}`);
      return [{ ...one, text }];
    });
    return [
      {
        ...about,
        why: {
          ko: `값이 이력과 설정에 남지 않습니다. 빌드할 때 --secret id=${secrets[0]!},env=${secrets[0]!} 옵션으로 주세요.`,
          en: `the value stays in neither history nor config; give it with --secret id=${secrets[0]!},env=${secrets[0]!}`,
        },
        dockerfile: render(source, blocks),
        allows: {
          config: isKeyword(node, "ENV") || derived.some((one) => isKeyword(one, "ENV")) ? ["Env"] : [],
        },
        secrets,
      },
    ];
  });
}

/** `ENV NPM_TOKEN=$NPM_TOKEN`: nothing but the secret under its own or another secret's name. */
function isOnlyCopy(node: Node, secrets: readonly string[]): boolean {
  return /^\w+\s+(\w+)[= ]"?\$\{?(\w+)\}?"?\s*$/.test(node.original)
    ? secrets.includes(/\$\{?(\w+)\}?"?\s*$/.exec(node.original)![1]!) &&
        secrets.includes(/^\w+\s+(\w+)/.exec(node.original)![1]!)
    : false;
}

function files(source: Source, stage: Stage): (Rewrite | Refusal)[] {
  return stage.nodes.flatMap((node): (Rewrite | Refusal)[] => {
    const copy = copyOf(node);
    if (!copy) return [];
    const secret = copy.sources.find((path) => {
      const clean = path.replace(/^\.?\//, "");
      return source.visible.includes(clean) && isSecretFile(clean, source.read(clean));
    });
    if (secret === undefined) return [];
    const name = secret.slice(secret.lastIndexOf("/") + 1);
    const about = {
      rule: RULE,
      line: node.startLine,
      title: {
        ko: `${name} 파일을 복사하지 않고 비밀 마운트로 줍니다`,
        en: `give ${name} by a secret mount instead of copying it`,
      },
    } as const;
    const folder = folderAt(stage, node) ?? "/";
    const dest = copy.dest;
    const into = dest.endsWith("/") || dest === "." || copy.sources.length > 1;
    const full = (
      dest.startsWith("/") ? dest : dest === "." || dest === "./" ? folder + "/" : `${folder}/${dest}`
    ).replace(/\/\.?\//g, "/");
    const target = into ? `${full.replace(/\/+$/, "")}/${name}` : full;
    const after = stage.nodes.slice(stage.nodes.indexOf(node) + 1);
    const end = after.findIndex((one) =>
      commandsOf(one)?.commands.some((command) => /^rm\b/.test(command) && command.includes(name)),
    );
    const removes = end < 0 ? undefined : after[end]!;
    const readers = after
      .slice(0, end < 0 ? after.length : end + 1)
      .filter((one) => isKeyword(one, "RUN") && one !== removeOnly(removes, name));
    if (readers.length === 0)
      return [{ ...about, because: { ko: "이 파일을 쓰는 RUN이 없습니다.", en: "no RUN uses the file" } }];
    const id = name.replace(/^\./, "");
    const rest = copy.sources.filter((one) => one !== secret);
    const blocks = source.blocks.flatMap((one): Block[] => {
      if (one.node === node) {
        if (rest.length === 0) return [];
        return [{ ...one, text: ["COPY", ...node.flags, ...rest, dest].join(" ") }];
      }
      if (removes && one.node === removes) {
        const line = commandsOf(removes)!;
        const kept = line.commands.filter((command) => !(/^rm\b/.test(command) && command.includes(name)));
        if (kept.length === 0) return [];
        return [
          {
            ...one,
            text: [
              "RUN",
              `--mount=type=secret,id=${id},target=${target}`,
              ...removes.flags,
              kept.join(" && "),
            ].join(" "),
          },
        ];
      }
      return one.node && readers.includes(one.node)
        ? [{ ...one, text: withFlag(one.node, one.text, `--mount=type=secret,id=${id},target=${target}`) }]
        : [one];
    });
    return [
      {
        ...about,
        why: {
          ko: `뒤에서 지워도 COPY의 층에 남습니다. 빌드할 때 --secret id=${id},src=${secret} 옵션으로 주세요.`,
          en: `it stays in the layer of the COPY even when it is removed later; give it with --secret id=${id},src=${secret}`,
        },
        dockerfile: render(source, blocks),
        allows: { gone: [`/${name.replace(/\./g, "\\.")}$`], other: [`/${name.replace(/\./g, "\\.")}$`] },
        secrets: [id],
      },
    ];
  });
}

function removeOnly(node: Node | undefined, name: string): Node | undefined {
  const line = node && commandsOf(node);
  return line?.commands.every((command) => /^rm\b/.test(command) && command.includes(name))
    ? node
    : undefined;
}
