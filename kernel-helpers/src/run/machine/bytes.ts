/**
 * Byte strings: inside the machine all text is a string whose every code unit is one byte (0 to 255),
 * because programs of a container see bytes, not characters.
 */

const ASCII = /^[\x00-\x7f]*$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The UTF-8 bytes of *text* as a byte string. */
export function encodeText(text: string): string {
  return ASCII.test(text) ? text : bytesToString(encoder.encode(text));
}

/** The text that a byte string holds in UTF-8; broken sequences become U+FFFD. */
export function decodeText(bytes: string): string {
  return ASCII.test(bytes) ? bytes : decoder.decode(stringToBytes(bytes));
}

/** A byte string as bytes. */
export function stringToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const CHUNK = 0x2000;

/** Bytes as a byte string. */
export function bytesToString(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK) {
    parts.push(String.fromCharCode.apply(null, bytes.subarray(i, i + CHUNK) as unknown as number[]));
  }
  return parts.join("");
}

/** Decodes UTF-8 that arrives in pieces: a character cut in two waits for its rest. */
export class TextStream {
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** The characters that *bytes* completes. */
  push(bytes: string): string {
    return this.decoder.decode(stringToBytes(bytes), { stream: true });
  }

  /** What is left when the stream has ended. */
  end(): string {
    return this.decoder.decode();
  }
}
