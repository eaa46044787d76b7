/** What kernel_info_request is answered. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROTOCOL_VERSION } from "./protocol/messages";

/** Version of TypeScript that cells are written in; said without loading it. */
export const TYPESCRIPT_VERSION = "5.9.3";

/** The content of kernel_info_reply. *packageDirectory* holds this package's package.json. */
export function kernelInfo(packageDirectory: string): object {
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "layerbook",
    implementation_version: packageVersion(packageDirectory),
    banner:
      "Layerbook: TypeScript와 Dockerfile을 실행하는 커널. %%dockerfile로 시작하는 셀은 Dockerfile입니다. 도움말: %help",
    debugger: false,
    supported_features: [],
    help_links: [
      { text: "Dockerfile reference", url: "https://docs.docker.com/reference/dockerfile/" },
      { text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/intro.html" },
    ],
    language_info: {
      name: "typescript",
      version: TYPESCRIPT_VERSION,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { name: "javascript", mode: "typescript", typescript: true },
      nbconvert_exporter: "script",
    },
  };
}

function packageVersion(directory: string): string {
  try {
    return String(
      (JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as { version?: unknown }).version,
    );
  } catch {
    return "0.0.0";
  }
}
