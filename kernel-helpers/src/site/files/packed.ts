/** Programs that the site keeps compressed, so that they are small behind any web server: fetched, unpacked, and given an address of their own. */

import { gunzipSync } from "fflate";

/** Fetches the program at *url*, gzip'd or plain, and answers a `blob:` address of it. Rejects with a sentence when it cannot be had. */
export async function fetchProgram(url: string): Promise<string> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    bytes = new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${nameOf(url)}을(를) 받지 못했습니다: ${reason}. 연결을 확인하고 다시 실행해 보세요. (LB_NO_PROGRAM: ${nameOf(url)} could not be fetched.)`,
    );
  }
  // A server may have unpacked it already.
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const program = isPacked ? gunzipSync<ArrayBuffer>(bytes) : bytes;
  return URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
}

const nameOf = (url: string): string => url.slice(url.lastIndexOf("/") + 1);
