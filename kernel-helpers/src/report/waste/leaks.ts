/** Secrets that stayed in an image, found without knowing them: files that hold keys, tokens of known shapes, variables and arguments by their names. */

import type { BuiltImage } from "../../build/types";
import { isSecretName } from "../../graph";
import { hiddenPaths, type LayerContents } from "./secrets";

interface Bilingual {
  readonly ko: string;
  readonly en: string;
}

/** Something that looks like a secret, and how whoever has the image gets at it. */
export interface Leak {
  readonly kind: "file" | "token" | "variable" | "argument";
  readonly where: "layer" | "config" | "history";
  /** For a layer: its position, the bottom layer is 1. */
  readonly layer?: number;
  /** The file, the field of the config, or the history entry. */
  readonly place: string;
  readonly what: Bilingual;
  /** Is the file hidden by a higher layer? It is in the image all the same. */
  readonly hidden?: boolean;
  readonly recover: Bilingual;
  readonly fix: Bilingual;
}

interface Shape {
  readonly pattern: RegExp;
  readonly what: Bilingual;
}

/** Files that are secrets by their name, when *content* fits. */
const FILES: readonly (Shape & { readonly content?: RegExp })[] = [
  { pattern: /(^|\/)id_(rsa|dsa|ecdsa|ed25519)$/, what: { ko: "SSH 개인 키", en: "a private SSH key" } },
  {
    pattern: /(^|\/)\.npmrc$/,
    content: /_authToken|_password|_auth\s*=/,
    what: { ko: "npm 토큰", en: "an npm token" },
  },
  {
    pattern: /(^|\/)\.netrc$/,
    content: /password/,
    what: { ko: ".netrc의 암호", en: "a password in .netrc" },
  },
  { pattern: /(^|\/)\.pypirc$/, content: /password/, what: { ko: "PyPI 암호", en: "a password for PyPI" } },
  { pattern: /(^|\/)\.git-credentials$/, what: { ko: "git 암호", en: "git credentials" } },
  { pattern: /(^|\/)\.aws\/credentials$/, what: { ko: "AWS 키", en: "AWS keys" } },
  {
    pattern: /(^|\/)\.docker\/config\.json$/,
    content: /"auth"\s*:/,
    what: { ko: "레지스트리 암호", en: "registry credentials" },
  },
  { pattern: /(^|\/)\.kube\/config$/, what: { ko: "쿠버네티스 접속 정보", en: "a Kubernetes config" } },
  {
    pattern: /(^|\/)\.env(\.\w+)?$/,
    content: /^\s*(export\s+)?\w*(KEY|SECRET|TOKEN|PASSWORD|PASSWD)\w*\s*=\s*\S/im,
    what: { ko: "환경 변수 파일의 비밀", en: "secrets in an environment file" },
  },
];

/** Tokens by their shape, wherever they stand. */
const TOKENS: readonly Shape[] = [
  { pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, what: { ko: "개인 키", en: "a private key" } },
  { pattern: /\bAKIA[0-9A-Z]{16}\b/, what: { ko: "AWS 액세스 키", en: "an AWS access key" } },
  { pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}\b/, what: { ko: "GitHub 토큰", en: "a GitHub token" } },
  { pattern: /\bglpat-[A-Za-z0-9_-]{20,}\b/, what: { ko: "GitLab 토큰", en: "a GitLab token" } },
  { pattern: /\bnpm_[A-Za-z0-9]{36}\b/, what: { ko: "npm 토큰", en: "an npm token" } },
  { pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}\b/, what: { ko: "Slack 토큰", en: "a Slack token" } },
  { pattern: /\bsk_live_[A-Za-z0-9]{20,}\b/, what: { ko: "결제 키", en: "a payment key" } },
];

/** Larger files are data, not settings. */
const LARGEST = 1024 * 1024;
/** What packages bring of themselves: samples and tests. */
const PASSED_OVER =
  /(^|\/)(node_modules|site-packages|dist-packages|usr\/share\/(doc|perl|ca-certificates)|usr\/lib\/python[\d.]*)\//;

const FIX: Readonly<Record<Leak["kind"], Bilingual>> = {
  file: {
    ko: "복사하지 말고 RUN --mount=type=secret으로 주거나 .dockerignore에 넣으세요. 이미 올린 이미지라면 키를 바꾸세요.",
    en: "give it with RUN --mount=type=secret, or put it into .dockerignore; of a pushed image change the key",
  },
  token: {
    ko: "RUN --mount=type=secret으로 주세요. 이미 올린 이미지라면 토큰을 바꾸세요.",
    en: "give it with RUN --mount=type=secret; of a pushed image change the token",
  },
  variable: {
    ko: "ENV에 쓰지 말고 컨테이너를 실행할 때 주세요(docker run -e, --env-file).",
    en: "not in ENV: give it when the container runs (docker run -e, --env-file)",
  },
  argument: {
    ko: "ARG 대신 RUN --mount=type=secret,env=…로 주세요.",
    en: "not as an ARG: RUN --mount=type=secret,env=…",
  },
};

/** What looks like a secret in *image*. *contents*: the bytes of the files in the layers of its own, as far as they are known. */
export function leaksOf(image: BuiltImage, contents: readonly LayerContents[]): Leak[] {
  return [...inLayers(image, contents), ...inConfig(image), ...inHistory(image)];
}

function inLayers(image: BuiltImage, contents: readonly LayerContents[]): Leak[] {
  const found: Leak[] = [];
  const hiddenAt = hiddenPaths(image);
  for (const { layer, entries } of contents) {
    for (const { path, size, read } of entries) {
      const clean = path.replace(/^(\.?\/)+/, "");
      if (clean.endsWith("/") || PASSED_OVER.test(clean) || (size ?? 0) > LARGEST) continue;
      const text = textOf(read);
      const file = FILES.find(
        ({ pattern, content }) =>
          pattern.test(clean) && (!content || (text !== undefined && content.test(text))),
      );
      const token = file
        ? undefined
        : text === undefined
          ? undefined
          : TOKENS.find(({ pattern }) => pattern.test(text));
      const leak = file ?? token;
      if (!leak) continue;
      const hidden =
        (hiddenAt.get(clean) ?? 0) > layer ||
        [...hiddenAt].some(([at, by]) => by > layer && clean.startsWith(at + "/"));
      const kind = file ? "file" : "token";
      found.push({
        kind,
        where: "layer",
        layer,
        place: "/" + clean,
        what: leak.what,
        ...(hidden && { hidden }),
        recover: {
          ko: `docker save로 이미지를 풀면 ${layer}번째 층의 tar에 그대로 있습니다.`,
          en: `docker save, then unpack the tar of layer ${layer}`,
        },
        fix: FIX[kind],
      });
    }
  }
  return found;
}

/** Undefined for what is not known, or no text. */
function textOf(read: () => Uint8Array | undefined): string | undefined {
  const bytes = read();
  if (!bytes || bytes.length > LARGEST || bytes.subarray(0, 1024).includes(0)) return undefined;
  return new TextDecoder("latin1").decode(bytes);
}

const INSPECT: Bilingual = {
  ko: "docker image inspect 명령이 그대로 보여 줍니다.",
  en: "docker image inspect shows it",
};
const HISTORY: Bilingual = {
  ko: "docker history --no-trunc 명령이 그대로 보여 줍니다.",
  en: "docker history --no-trunc shows it",
};

function inConfig({ config }: BuiltImage): Leak[] {
  const { config: inner = {} } = config as { readonly config?: { readonly Env?: readonly string[] } };
  return (inner.Env ?? []).flatMap((entry, i): Leak[] => {
    const name = entry.split("=")[0]!;
    const value = entry.slice(name.length + 1);
    const token = TOKENS.find(({ pattern }) => pattern.test(value));
    if (value === "" || (!isSecretName(name) && !token)) return [];
    // The fingerprint of a public key, which many base images name.
    if (/^GPG_KEYS?$/.test(name) && /^[0-9A-F\s]+$/i.test(value)) return [];
    return [
      {
        kind: "variable",
        where: "config",
        place: `Env[${i}] ${name}=****`,
        what: token?.what ?? { ko: "비밀로 보이는 환경 변수", en: "a variable that looks like a secret" },
        recover: INSPECT,
        fix: FIX.variable,
      },
    ];
  });
}

function inHistory({ history }: BuiltImage): Leak[] {
  return history.flatMap(({ created_by: text = "" }, i): Leak[] => {
    const args = /^RUN \|\d+ (.*?) \/bin\//.exec(text)?.[1] ?? "";
    const names = [...args.matchAll(/(?:^| )([A-Za-z_]\w*)=(\S)/g)]
      .map(([, name]) => name!)
      .filter(isSecretName);
    const token = TOKENS.find(({ pattern }) => pattern.test(text));
    if (names.length === 0 && !token) return [];
    return [
      {
        kind: "argument",
        where: "history",
        place: `history[${i}]${names.length > 0 ? ` ${names.map((name) => `${name}=****`).join(" ")}` : ""}`,
        what: token?.what ?? {
          ko: "비밀로 보이는 빌드 인자",
          en: "a build argument that looks like a secret",
        },
        recover: HISTORY,
        fix: FIX.argument,
      },
    ];
  });
}
