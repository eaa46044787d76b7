/** Remembers the graph of the last Dockerfile: a rebuild of the same text with the same images makes the same graph. */

import { type Conversion, type ConvertInput, convert, type ImageResolver, type PlatformSpec } from "../graph";
import type { Platform } from "../platform/platform";

type Answer = Awaited<ReturnType<ImageResolver>>;

/** What a conversion asked for, and what it was told. */
interface Asked {
  readonly ref: string;
  readonly platform: PlatformSpec;
  readonly answer: Answer;
}

/** One conversion, kept until another one is asked for. `convert` is pure: equal input and equal answers give an equal graph. */
export class ConversionMemo {
  private last:
    { readonly key: string; readonly asked: readonly Asked[]; readonly conversion: Conversion } | undefined;

  /** As `convert`; asks *resolve* for every image again. */
  async convert(
    input: Omit<ConvertInput, "machine" | "resolveImage">,
    resolve: ImageResolver,
    machine: Platform,
  ): Promise<Conversion> {
    const key = JSON.stringify(input);
    const { last } = this;
    if (last?.key === key && (await isStillTrue(last.asked, resolve))) return last.conversion;
    const asked: Asked[] = [];
    const conversion = await convert({
      ...input,
      machine,
      resolveImage: async (ref, platform) => {
        const answer = await resolve(ref, platform);
        asked.push({ ref, platform, answer });
        return answer;
      },
    });
    this.last = { key, asked, conversion };
    return conversion;
  }
}

async function isStillTrue(asked: readonly Asked[], resolve: ImageResolver): Promise<boolean> {
  for (const { ref, platform, answer } of asked) {
    const now = await resolve(ref, platform);
    if ("error" in answer || "error" in now) return false;
    if (answer.digest !== now.digest || answer.config !== now.config) return false;
  }
  return true;
}
