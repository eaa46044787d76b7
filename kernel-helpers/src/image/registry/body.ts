/** Bodies of answers: small ones whole, with a bound. */

import type { HttpResponse } from "../../platform/http";
import { gather } from "../../platform/bytes";
import { refusal } from "../import-refusal";

/** Bytes of a manifest, a token, an error: more is refused (containerd's bound for manifests is the same). */
const DOCUMENT_LIMIT = 4 << 20;

/** All bytes of a small answer. Rejects with `LB_REGISTRY_LIMIT`. */
export async function smallBody(
  response: HttpResponse,
  url: string,
  limit = DOCUMENT_LIMIT,
): Promise<Uint8Array> {
  return gather(bounded(response, url, limit));
}

async function* bounded(response: HttpResponse, url: string, limit: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of response.body) {
    length += piece.length;
    if (length > limit) {
      response.cancel();
      throw refusal(
        "LB_REGISTRY_LIMIT",
        `${url}: more than ${limit} bytes for a document`,
        `${url}: 문서가 ${limit}바이트를 넘습니다`,
      );
    }
    yield piece;
  }
}

/** A JSON object. Rejects with `LB_REGISTRY_PROTOCOL`. */
export async function jsonBody(response: HttpResponse, url: string): Promise<object> {
  const bytes = await smallBody(response, url);
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Refused below.
  }
  throw refusal(
    "LB_REGISTRY_PROTOCOL",
    `${url}: the answer is no JSON object`,
    `${url}: 응답이 JSON 객체가 아닙니다`,
  );
}

/** The registry's own words of an error (`errors: [{code, message}]`), cut short; empty when there are none. */
export async function errorWords(response: HttpResponse, url: string): Promise<string> {
  try {
    const { errors } = (await jsonBody(response, url)) as { errors?: unknown };
    if (!Array.isArray(errors)) return "";
    return errors
      .slice(0, 3)
      .map((error: unknown) => {
        const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
        // A registry\'s words must not move the cursor of a terminal.
        return `${String(code ?? "")}: ${String(message ?? "")}`
          .replace(/[\x00-\x1f\x7f-\x9f]/g, " ")
          .slice(0, 200);
      })
      .join("; ");
  } catch {
    return "";
  }
}
