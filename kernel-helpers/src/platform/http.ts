/** HTTP as the registry protocol needs it: one request, one answer, nothing followed or retried by itself. */

import type { SizedPieces } from "./bytes";

/** A request. Names of *headers* are lower case. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute, `http:` or `https:`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent with its length. */
  readonly body?: Uint8Array | SizedPieces;
  /** Told how many bytes of the body have gone out. */
  readonly onSent?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte in either direction after which the request is given up. Default: 60,000. */
  readonly idleTimeout?: number;
}

/** An answer. The body must be read or cancelled. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; several values of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read once. Rejects with HttpError when the connection breaks or ends before the announced length. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection without reading on. */
  cancel(): void;
}

/** Sends requests. Redirects come back as answers. */
export interface HttpClient {
  /** Rejects with HttpError, or the signal's reason. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** A request without an answer; *reason*: errno name or `timeout`, `truncated`; in *message* the machine's own words. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code = "LB_HTTP";
  constructor(
    readonly url: string,
    readonly reason: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
