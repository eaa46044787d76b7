/** Messages to frames and back: the wire format of Jupyter over ZeroMQ, with its signatures. Used by the kernel and its control thread. */

import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { ConnectionInfo, Header, Message } from "./messages";
import { PROTOCOL_VERSION } from "./messages";

const DELIMITER = Buffer.from("<IDS|MSG>");

/** Encodes and decodes the messages of one connection. */
export class Wire {
  /** One for the life of the kernel: clients see a restart by its change. */
  readonly session: string;

  constructor(
    private readonly key: string,
    session?: string,
  ) {
    this.session = session ?? randomUUID();
  }

  /** The frames of a message. *topic* or the client's routing frames come first. */
  encode(
    identities: readonly (Uint8Array | string)[],
    type: string,
    content: unknown,
    parent: Partial<Header> | undefined,
    metadata: unknown = {},
    buffers: readonly Uint8Array[] = [],
  ): (Uint8Array | string)[] {
    const header: Header = {
      msg_id: randomUUID(),
      session: this.session,
      username: "kernel",
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL_VERSION,
    };
    const body = [
      JSON.stringify(header),
      JSON.stringify(parent ?? {}),
      JSON.stringify(metadata),
      // A lone surrogate would become U+FFFD in UTF-8 anyway; JSON.stringify escapes it, which strict readers refuse.
      toWellFormed(JSON.stringify(content)),
    ];
    return [...identities, DELIMITER, this.sign(body), ...body, ...buffers];
  }

  /** A message, or undefined when the frames are not one, or are not signed with our key: such are ignored, never answered. */
  decode(frames: readonly Uint8Array[]): Message | undefined {
    const at = frames.findIndex((frame) => DELIMITER.equals(frame));
    const body = frames.slice(at + 2, at + 6);
    const signature = frames[at + 1];
    if (at < 0 || body.length < 4 || signature === undefined) return undefined;
    if (this.key !== "") {
      const expected = Buffer.from(this.sign(body));
      if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) return undefined;
    }
    try {
      const [header, parent, metadata, content] = body.map(
        (part) => JSON.parse(Buffer.from(part).toString("utf8")) as unknown,
      );
      if (!isRecord(header) || typeof header.msg_type !== "string" || !isRecord(content)) return undefined;
      return {
        identities: frames.slice(0, at),
        header: header as unknown as Header,
        parent: isRecord(parent) ? parent : {},
        metadata: isRecord(metadata) ? metadata : {},
        content,
        buffers: frames.slice(at + 6),
      };
    } catch {
      return undefined;
    }
  }

  private sign(parts: readonly (Uint8Array | string)[]): string {
    if (this.key === "") return "";
    const hmac = createHmac("sha256", this.key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }
}

/** The ZeroMQ address of one port of the connection. */
export function endpoint(connection: ConnectionInfo, port: number): string {
  return `${connection.transport}://${connection.ip}${connection.transport === "ipc" ? "-" : ":"}${port}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const LONE_SURROGATE = /\\u[dD][89abAB][0-9a-fA-F]{2}|\\u[dD][cdefCDEF][0-9a-fA-F]{2}/;

function toWellFormed(json: string): string {
  // JSON.stringify writes only *lone* surrogates as escapes, so every escape found here is one (a `\\u` of the text has two backslashes).
  if (!LONE_SURROGATE.test(json)) return json;
  return json.replace(
    /(\\\\)|\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g,
    (all, pair: string | undefined) => pair ?? "\ufffd",
  );
}
