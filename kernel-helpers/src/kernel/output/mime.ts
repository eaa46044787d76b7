/** A value → what notebooks show of it. */

import { inspect } from "node:util";
import type { MimeBundle } from "../protocol/messages";

/** Objects may say themselves how they are shown: a method of this name returns data by MIME type. */
export const DISPLAY_METHOD = Symbol.for("Jupyter.display");

/** Characters of text/plain; what is more is cut, and says so. */
const MAX_PLAIN = 1 << 20;

/**
 * Data by MIME type for *value*: what its `Symbol.for("Jupyter.display")` method gives, and always text/plain (Node's `inspect`;
 * a string result is shown with quotes).
 */
export async function toMimeBundle(value: unknown): Promise<MimeBundle> {
  const own = await ownBundle(value);
  return own !== undefined && "text/plain" in own ? own : { "text/plain": plain(value), ...own };
}

/** Shows values of one kind; undefined for others. */
export type Renderer = (value: object) => Record<string, unknown> | undefined;

const renderers: Renderer[] = [];

/** Adds a way to show objects that do not say it themselves. */
export function addRenderer(renderer: Renderer): void {
  renderers.push(renderer);
}

async function ownBundle(value: unknown): Promise<Record<string, unknown> | undefined> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const method = (value as { [DISPLAY_METHOD]?: unknown })[DISPLAY_METHOD];
  if (typeof method !== "function") {
    for (const render of renderers) {
      const bundle = render(value);
      if (bundle !== undefined) return bundle;
    }
    return undefined;
  }
  const bundle: unknown = await (method as () => unknown).call(value);
  return typeof bundle === "object" && bundle !== null
    ? withBase64(bundle as Record<string, unknown>)
    : undefined;
}

/** Binary parts as base64, as the protocol wants them. */
export function withBase64(bundle: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bundle).map(([type, data]) => [type, data instanceof Uint8Array ? base64(data) : data]),
  );
}

/** Without Buffer: browsers have none. */
function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

function plain(value: unknown): string {
  let text: string;
  try {
    text = inspect(value, { depth: 4, maxArrayLength: 200, maxStringLength: 10000, breakLength: 100 });
  } catch (error) {
    text = `[보여 줄 수 없는 값: ${error instanceof Error ? error.message : String(error)}]`;
  }
  return text.length > MAX_PLAIN
    ? `${text.slice(0, MAX_PLAIN)}\n… (${text.length}자 가운데 ${MAX_PLAIN}자만 보입니다)`
    : text;
}
