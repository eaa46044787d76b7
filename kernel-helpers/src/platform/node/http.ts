/** HttpClient over node:http and node:https. */

import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { once } from "node:events";

import type { SizedPieces } from "../bytes";
import { type HttpClient, HttpError, type HttpRequest, type HttpResponse } from "../http";

const IDLE_TIMEOUT = 60_000;

/** Options of the machine's HTTP client. *userAgent*: sent with every request; *ca*: certificates (PEM) that are trusted besides the system's. */
export interface NodeHttpOptions {
  readonly userAgent?: string;
  readonly ca?: string | readonly string[];
  /** Accept any certificate. */
  readonly insecure?: boolean;
}

/** The HTTP client of Node. Every request has a connection of its own. */
export function nodeHttp(options: NodeHttpOptions = {}): HttpClient {
  return { send: (request) => send(request, options) };
}

async function send(request: HttpRequest, options: NodeHttpOptions): Promise<HttpResponse> {
  const { url, signal, idleTimeout = IDLE_TIMEOUT } = request;
  signal?.throwIfAborted();
  const { body } = request;
  const sized = body instanceof Uint8Array ? { size: body.length, pieces: () => [body] } : body;
  const start = url.startsWith("https:") ? httpsRequest : httpRequest;
  const wrapped = (error: unknown): unknown => {
    if (signal?.aborted) return signal.reason;
    if (timedOut) return timedOut;
    if (error instanceof HttpError) return error;
    const { code = "", message } = error as NodeJS.ErrnoException;
    return new HttpError(url, code, message === "" ? code : message, { cause: error });
  };
  let timedOut: HttpError | undefined;
  let sent: ClientRequest;
  try {
    sent = start(url, {
      method: request.method,
      agent: false,
      headers: {
        "user-agent": options.userAgent ?? "layerbook",
        ...request.headers,
        ...(sized && { "content-length": String(sized.size) }),
      },
      ...(signal && { signal }),
      ...(options.ca !== undefined && { ca: [...[options.ca].flat()] }),
      ...(options.insecure && { rejectUnauthorized: false }),
    });
  } catch (error) {
    throw new HttpError(url, "url", (error as Error).message, { cause: error });
  }
  sent.setTimeout(idleTimeout, () => {
    timedOut = new HttpError(url, "timeout", `no byte for ${idleTimeout / 1000} s`);
    sent.destroy(timedOut);
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve);
    // A server may answer, and close, before it has taken the whole body: later errors belong to the body that is read below.
    sent.on("error", reject);
  });
  answered.catch(() => undefined);
  try {
    if (sized) await sendBody(sent, sized, answered, request.onSent);
    sent.end();
    return responseOf(await answered, url, wrapped);
  } catch (error) {
    sent.destroy();
    throw wrapped(error);
  }
}

async function sendBody(
  sent: ClientRequest,
  sized: SizedPieces,
  answered: Promise<IncomingMessage>,
  onSent: ((bytes: number) => void) | undefined,
): Promise<void> {
  let isAnswered = false;
  const early = answered.then(() => void (isAnswered = true));
  early.catch(() => undefined);
  let bytes = 0;
  for await (const piece of sized.pieces()) {
    if (isAnswered) return;
    if (!sent.write(piece)) await Promise.race([once(sent, "drain"), early]);
    bytes += piece.length;
    onSent?.(bytes);
  }
}

function responseOf(
  message: IncomingMessage,
  url: string,
  wrapped: (error: unknown) => unknown,
): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of message) yield piece as Buffer;
    } catch (error) {
      const known = wrapped(error);
      throw known instanceof HttpError && known.reason === "ECONNRESET"
        ? new HttpError(url, "truncated", "the connection ended before the whole answer was there", {
            cause: error,
          })
        : known;
    }
    if (!message.complete) throw new HttpError(url, "truncated", "the answer was cut off");
  }
  return { status: message.statusCode ?? 0, headers, body: body(), cancel: () => message.destroy() };
}
