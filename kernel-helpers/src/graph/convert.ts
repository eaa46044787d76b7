/** A Dockerfile → the vertices to solve, for every platform asked for (BuildKit frontend/dockerfile/builder/build.go). */

import type { DockerfileError, LintWarning } from "../dockerfile/types";
import { detectSyntax } from "../dockerfile/directives";
import type { Conversion, ConvertedRow, ConvertedTarget, ConvertInput } from "./conversion";
import { convertTarget, type TargetConversion } from "./convert-target";
import { readOptions, type FrontendOptions } from "./frontend-options";
import { Marshaller } from "./marshal";
import { basePath } from "./paths";
import { linuxAmd64 } from "./platform-spec";
import { canonicalReference } from "./references";
import { Refusal } from "./refusal";
import { RequestLog, smallTransfer } from "./requests";
import { finishTarget } from "./result";
import { checkEntitlements } from "./entitlements";

/**
 * Converts a Dockerfile. Never throws for anything that is in the input: refusals are in `error`, with the warnings and requests made
 * before. Asynchronous only because of `resolveImage`.
 */
export async function convert(input: ConvertInput): Promise<Conversion> {
  const requests = new RequestLog(input.machine, input.resolveImage);
  const warnings: LintWarning[] = [];
  const fail = (error: unknown): Conversion => {
    if (!(error instanceof Refusal)) throw error;
    return { targets: [], internal: requests.inOrder(), rows: [], warnings, error: error.toError() };
  };
  try {
    const options = readOptions(input.options, input.buildPlatform);
    const text = await loadDefinition(input, options, requests);
    return {
      ...(await convertPlatforms(input, options, text, requests, warnings)),
      internal: requests.inOrder(),
      warnings,
    };
  } catch (error) {
    return fail(error);
  }
}

/** The row of the Dockerfile's transfer, and those of a `# syntax=` frontend. Throws Refusal when there is no Dockerfile. */
async function loadDefinition(
  input: ConvertInput,
  options: FrontendOptions,
  requests: RequestLog,
): Promise<string> {
  const { text } = input;
  // The client sends the Dockerfile's folder as a local directory of its own.
  const file = basePath(input.file);
  const paths = [file, file + ".dockerignore", ...(file === "Dockerfile" ? ["dockerfile"] : [])];
  requests.transfer(
    `[internal] load build definition from ${file}`,
    smallTransfer("dockerfile", paths, "dockerfile"),
  );
  if (text === undefined) {
    throw new Refusal(
      `failed to read dockerfile: open ${file}: ${input.isNoFile ? "not a regular file" : "no such file or directory"}`,
      "LB_DOCKERFILE_MISSING",
    );
  }
  const option = options.buildArgs.get("BUILDKIT_SYNTAX")?.trim().split(" ")[0];
  if (option) await loadFrontend(input, requests, option);
  else {
    const directive = detectSyntax(text);
    if (directive !== undefined) await loadFrontend(input, requests, directive.ref, directive.line);
  }
  return text;
}

/**
 * The frontend image of `# syntax=`: two rows. The frontend itself is this one whatever the image; Docker's own, when it is not known
 * (offline), is passed over in silence. Throws Refusal for another image that is not known, with the frame of the directive's *line*;
 * without one a build argument asked for it.
 */
async function loadFrontend(
  input: ConvertInput,
  requests: RequestLog,
  wanted: string,
  line?: number,
): Promise<void> {
  try {
    const ref = canonicalReference(wanted);
    const platform = input.buildPlatform ?? linuxAmd64;
    const image = await input.resolveImage(ref, platform);
    if ("error" in image && isDockerfileFrontend(ref)) return;
    requests.nextPhase();
    await requests.lookUp(`resolve image config for docker-image://${ref}`, ref, platform);
    if ("error" in image) return;
    requests.nextPhase();
    requests.pull(`docker-image://${ref}@${image.digest}`, {
      kind: "image",
      ref: `${ref}@${image.digest}`,
      digest: image.digest,
      platform,
    });
    requests.nextPhase();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code !== "LB_IMAGE_NOT_FOUND") return;
    throw line === undefined
      ? new Refusal(`failed with build-arg:BUILDKIT_SYNTAX = ${wanted}: ${error.message}`, error.code)
      : new Refusal(error.message, error.code, [[[line, line]]]);
  }
}

/** Is *ref* Docker's own frontend, which reads Dockerfiles as this one does? */
function isDockerfileFrontend(ref: string): boolean {
  return /^docker\.io\/docker\/dockerfile(?:-upstream)?[:@]/.test(ref);
}

async function convertPlatforms(
  input: ConvertInput,
  options: FrontendOptions,
  text: string,
  requests: RequestLog,
  warnings: LintWarning[],
): Promise<Pick<Conversion, "targets" | "rows"> & { error?: DockerfileError }> {
  // A check is made for the default platform only, whatever the flags say.
  const platforms =
    options.targetPlatforms.length === 0 || input.options.check ? [undefined] : options.targetPlatforms;
  const conversions: TargetConversion[] = [];
  requests.nextPhase();
  for (const [index, platform] of platforms.entries()) {
    // Side by side in BuildKit, so that each counts its phases from here.
    const own = requests.fork();
    conversions.push(
      await convertTarget(input, options, text, platform, own, index === 0 ? warnings : undefined),
    );
  }
  if (input.options.check) return { targets: [], rows: [] };
  const targets: ConvertedTarget[] = [];
  const rows: ConvertedRow[] = [];
  let marshaller: Marshaller | undefined;
  conversions.forEach((conversion, index) => {
    if (marshaller === undefined) marshaller = new Marshaller(input.machine, conversion.platform);
    else marshaller.startTarget(conversion.platform);
    const finished = finishTarget(conversion, marshaller, index);
    targets.push(finished.target);
    rows.push(...finished.rows);
  });
  checkEntitlements(targets, input.options.allow ?? []);
  return { targets, rows };
}
