/** `layerbook whatif`: a matrix of edits not yet made and the steps they would run again. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";

import type { WhatIfEdit } from "../../build";
import type { WhatIfResult } from "../../lab";
import { readBuildRequest, type BuildRequest } from "../build-request";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say, type CommandIo } from "../io";
import { openLab } from "../open-lab";

export const help: CommandModule["help"] = {
  ko: `
빌드하지 않고, 무엇을 고치면 어느 단계가 다시 실행될지 표로 보여 줍니다. 편집은 Dockerfile과 컨텍스트에서 찾습니다:
소스 폴더, 패키지 목록, 잠금 파일, README, ARG, ENV, 베이스 이미지. 파일과 캐시는 그대로 둡니다.

  --edit FILE                         이 파일을 고쳤을 때만 봅니다 (여러 번 쓸 수 있습니다)
  --table text|markdown|html|json     형식 (기본값: text)

나머지 옵션은 layerbook build와 같습니다. 지금 상태를 빌드한 적이 없으면, 방금 빌드했다고 치고 예측합니다.
`,
  en: `
Shows, without building, which steps an edit would run again. The edits are found in the Dockerfile and the context: source folders,
manifests, lock files, README, ARG, ENV, base images. Files and cache stay as they are.

  --edit FILE                         only an edit of this file (may be repeated)
  --table text|markdown|html|json     form (default: text)

The other options are those of layerbook build. When the present state was never built, it is taken as just built.
`,
};

export const run: CommandModule["run"] = async (args, io) => {
  const { files, rest } = takeEdits(args);
  const request = readBuildRequest(rest, io, ".");
  const edits = files.length === 0 ? undefined : files.map((file) => editOf(file, request, io));
  const { result, assumed } = await predict(request, edits, io);
  io.signal.throwIfAborted();
  if (result.rows.length > 0 && result.rows.every(({ error }) => error !== undefined)) {
    throw new CliError("LB_BUILD_REFUSED", {
      ko: `빌드할 수 없습니다: ${result.rows[0]!.error}`,
      en: `it cannot be built: ${result.rows[0]!.error}`,
    });
  }
  if (assumed)
    io.err(
      say(
        io,
        "지금 상태를 빌드한 기록이 없어, 방금 빌드했다고 치고 예측합니다.\n",
        "the present state was never built here: it is taken as just built.\n",
      ),
    );
  io.out(result.table(request.table ?? "text", { locale: io.locale }));
  return 0;
};

/** From the user's cache; when a rebuild would run anything there, from a cache in memory that has just seen a build. */
async function predict(
  request: BuildRequest,
  edits: readonly WhatIfEdit[] | undefined,
  io: CommandIo,
): Promise<{ result: WhatIfResult; assumed: boolean }> {
  const options = { ...request.options, assume: !request.strict };
  const lab = await openLab(request, io);
  const unchanged = await lab.whatIf([{ name: "" }], options);
  const isBuilt =
    unchanged.rows[0]?.error !== undefined ||
    unchanged.rows[0]?.cells.every(({ outcome }) => outcome === "hit");
  if (isBuilt) return { result: await lab.whatIf(edits, options), assumed: false };
  const fresh = await openLab({ ...request, inMemory: true }, io);
  await fresh.build({ ...options, signal: io.signal });
  return { result: await fresh.whatIf(edits, options), assumed: true };
}

function takeEdits(args: readonly string[]): { files: string[]; rest: string[] } {
  const files: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word.startsWith("--edit=")) files.push(word.slice("--edit=".length));
    else if (word === "--edit") {
      const file = args[++i];
      if (file === undefined)
        throw usageError("LB_FLAG_VALUE", { ko: "`--edit`에 파일이 필요합니다.", en: "--edit needs a file" });
      files.push(file);
    } else rest.push(word);
  }
  return { files, rest };
}

/** One more line at the end of *file*, relative to the working directory or to the context. */
function editOf(file: string, { directory }: BuildRequest, io: CommandIo): WhatIfEdit {
  const place = [resolve(io.cwd, file), resolve(directory, file)].find(
    (path) => existsSync(path) && statSync(path).isFile() && !relative(directory, path).startsWith(".."),
  );
  if (place === undefined) {
    throw new CliError("LB_NO_PATH", {
      ko: `컨텍스트에 그런 파일이 없습니다: ${file}`,
      en: `no such file in the context: ${file}`,
    });
  }
  const name = relative(directory, place).split(sep).join("/");
  const bytes = Buffer.concat([readFileSync(place), Buffer.from("\n")]);
  const mode = (statSync(place).mode & 0o7777).toString(8);
  return { name, kind: "other", changes: { write: { [name]: { base64: bytes.toString("base64"), mode } } } };
}
