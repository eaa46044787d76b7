/** The registry of an image, as a command speaks to it. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { type ImageAddress, imageAddress, Registry } from "../image";
import { nodeHttp } from "../platform/node";
import { CliError, usageError } from "./cli-error";
import type { CommandIo } from "./io";
import { findCredentials } from "./registry-credentials";

/** The options that push and pull share. */
export const REGISTRY_OPTIONS = {
  username: { type: "string", short: "u" },
  "password-stdin": { type: "boolean" },
  "plain-http": { type: "boolean" },
  ca: { type: "string" },
  timeout: { type: "string" },
  "cache-dir": { type: "string" },
} as const;

export const REGISTRY_HELP = {
  ko: `
  -u, --username NAME  사용자 이름. 암호는 --password-stdin이나 LAYERBOOK_REGISTRY_PASSWORD로 (이름도 LAYERBOOK_REGISTRY_USERNAME에 둘 수 있음)
  --password-stdin     암호를 표준 입력에서 읽습니다
                       둘 다 없으면 docker login이 남긴 것(~/.docker/config.json, 자격 증명 도우미)을 씁니다
  --plain-http         TLS 없이 (localhost와 127.0.0.1은 언제나 이렇게)
  --ca FILE            더 믿을 인증서 (PEM)
  --timeout SECONDS    이 시간 동안 한 바이트도 오가지 않으면 그만둡니다 (기본값 60)
  --cache-dir DIR      이미지가 있는 곳 (기본값: layerbook build와 같음)
`,
  en: `
  -u, --username NAME  user name; the password by --password-stdin or LAYERBOOK_REGISTRY_PASSWORD (the name may be in LAYERBOOK_REGISTRY_USERNAME)
  --password-stdin     read the password from standard input
                       without either, what docker login left is used (~/.docker/config.json, credential helpers)
  --plain-http         without TLS (always so for localhost and 127.0.0.1)
  --ca FILE            a certificate to trust besides (PEM)
  --timeout SECONDS    give up when no byte moves for so long (default 60)
  --cache-dir DIR      where the images are (default: as layerbook build)
`,
};

export interface RegistryValues {
  readonly username?: string | undefined;
  readonly "password-stdin"?: boolean | undefined;
  readonly "plain-http"?: boolean | undefined;
  readonly ca?: string | undefined;
  readonly timeout?: string | undefined;
}

/** Opens the registry that *name* lies in. Throws CliError, ImageTransferError `LB_IMAGE_NAME`. Nothing is sent yet. */
export async function openRegistry(
  name: string,
  values: RegistryValues,
  io: CommandIo,
): Promise<{ readonly address: ImageAddress; readonly registry: Registry }> {
  const address = imageAddress(name, values["plain-http"] ?? false);
  const seconds = values.timeout === undefined ? 60 : Number(values.timeout);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`--timeout ${values.timeout}\`: 초로 된 양수여야 합니다.`,
      en: `--timeout ${values.timeout}: must be a positive number of seconds`,
    });
  }
  const credentials = await findCredentials(address.registry, values, io);
  const registry = new Registry({
    http: nodeHttp({ userAgent: "layerbook", ...(values.ca !== undefined && { ca: readCa(values.ca, io) }) }),
    registry: address.registry,
    origin: address.origin,
    ...(credentials && { credentials }),
    signal: io.signal,
    idleTimeout: seconds * 1000,
    wait: (milliseconds) => wait(milliseconds, undefined, { signal: io.signal }),
  });
  return { address, registry };
}

function readCa(path: string, io: CommandIo): string {
  try {
    return readFileSync(resolve(io.cwd, path), "utf8");
  } catch (cause) {
    throw new CliError(
      "LB_NO_FILE",
      { ko: `인증서 파일을 읽지 못했습니다: ${path}`, en: `cannot read the certificate ${path}` },
      { cause },
    );
  }
}
