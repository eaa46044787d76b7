/** Short ways to convert a text in tests. */

import {
  convert,
  walkVertices,
  type Conversion,
  type ConvertInput,
  type ConvertOptions,
  type Vertex,
} from "../../kernel-helpers/src/graph";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const image = {
  os: "linux",
  architecture: "amd64",
  config: { Env: ["PATH=/bin"] },
  rootfs: { type: "layers", diff_ids: ["sha256:" + "1".repeat(64)] },
};

/** Every image exists and is alike, except those whose name begins with `no`. */
export function inputOf(
  text: string,
  options: ConvertOptions = {},
  more: Partial<ConvertInput> = {},
): ConvertInput {
  return {
    file: "Dockerfile",
    text,
    options,
    machine: nodePlatform,
    resolveImage: (ref) =>
      Promise.resolve(
        ref.startsWith("docker.io/library/no")
          ? { error: `${ref}: not found` }
          : { digest: "sha256:" + "2".repeat(64), config: image },
      ),
    ...more,
  };
}

export function convertText(
  text: string,
  options?: ConvertOptions,
  more?: Partial<ConvertInput>,
): Promise<Conversion> {
  return convert(inputOf(text, options, more));
}

/** The steps of the first target by name, in canonical order. */
export function steps({ targets }: Conversion): Vertex[] {
  return walkVertices(targets.map((target) => target.root)).filter((vertex) => !vertex.internal);
}

/** The refusal's text, or undefined. */
export async function refusal(
  text: string,
  options?: ConvertOptions,
  more?: Partial<ConvertInput>,
): Promise<string | undefined> {
  return (await convertText(text, options, more)).error?.message;
}
