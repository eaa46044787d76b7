/** A registry: requests with authentication, redirects, retries; what it answers is distrusted (OCI distribution spec 1.1). */

import type { SizedPieces } from "../../platform/bytes";
import { type HttpClient, HttpError, type HttpRequest, type HttpResponse } from "../../platform/http";
import type { ImageTransferError } from "../packed-image";
import { refusal } from "../import-refusal";
import { Authenticator, type Credentials } from "./auth";
import { errorWords } from "./body";

/** What speaking to a registry needs. */
export interface RegistryOptions {
  readonly http: HttpClient;
  /** As in `ImageAddress`. */
  readonly registry: string;
  readonly origin: string;
  readonly credentials?: Credentials;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte. Default: 60,000. */
  readonly idleTimeout?: number;
  /** Waits, before a request is tried again. Milliseconds. The core has no clock. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** How often a broken request is tried again. Default: 4. */
  readonly retries?: number;
}

/** One request to a registry. *path*: `/v2/…`, or an absolute URL that the registry gave. */
export interface RegistryRequest {
  readonly method: HttpRequest["method"];
  readonly path: string;
  /** `repository:library/memo:pull`. */
  readonly scope: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | SizedPieces;
  readonly onSent?: (bytes: number) => void;
  /** Answers that are no errors. */
  readonly accept: readonly number[];
  /** Is it tried again after a broken connection? Default: for GET and HEAD. */
  readonly again?: boolean;
}

const MAX_REDIRECTS = 5;
const RETRIES = 4;
const FIRST_WAIT = 500;

export class Registry {
  private readonly auth: Authenticator;

  constructor(readonly options: RegistryOptions) {
    this.auth = new Authenticator(options.http, options);
  }

  get retries(): number {
    return this.options.retries ?? RETRIES;
  }

  /** Waits before the *attempt*th repetition (from 1). Rejects at Ctrl-C. */
  async pause(attempt: number): Promise<void> {
    this.options.signal?.throwIfAborted();
    await this.options.wait(FIRST_WAIT * 2 ** (attempt - 1));
    this.options.signal?.throwIfAborted();
  }

  /** The answer to a request, of one of the accepted kinds. Rejects with ImageTransferError `LB_REGISTRY_…`. */
  async send(request: RegistryRequest): Promise<HttpResponse> {
    const again = request.again ?? (request.method === "GET" || request.method === "HEAD");
    for (let attempt = 1; ; attempt++) {
      const last = !again || attempt > this.retries;
      try {
        const response = await this.authorized(request);
        if (request.accept.includes(response.status)) return response;
        if (last || !isPassing(response.status)) throw await this.refused(request, response);
        response.cancel();
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        if (last) throw networkRefusal(error);
      }
      await this.pause(attempt);
    }
  }

  /** As `send`, but tried once only, and a broken connection stays an HttpError. */
  async sendOnce(request: RegistryRequest): Promise<HttpResponse> {
    const response = await this.authorized(request);
    if (request.accept.includes(response.status)) return response;
    throw await this.refused(request, response);
  }

  /** Sends, and once more with an answer to a 401. */
  private async authorized(request: RegistryRequest): Promise<HttpResponse> {
    const url = request.path.startsWith("/") ? this.options.origin + request.path : request.path;
    const first = await this.followed(url, request);
    if (first.status !== 401) return first;
    const challenge = first.headers["www-authenticate"];
    if (!(await this.auth.answer(url, challenge, request.scope))) return first;
    first.cancel();
    return this.followed(url, request);
  }

  /** Follows redirects of GET and HEAD. The Authorization header goes to the registry alone; TLS is never left. */
  private async followed(start: string, request: RegistryRequest): Promise<HttpResponse> {
    const { http, origin, signal, idleTimeout } = this.options;
    let url = start;
    for (let hops = 0; ; hops++) {
      const authorization =
        new URL(url).origin === new URL(origin).origin && this.auth.headerFor(request.scope);
      const response = await http.send({
        method: request.method,
        url,
        headers: { ...request.headers, ...(authorization && { authorization }) },
        ...(request.body !== undefined && { body: request.body }),
        ...(request.onSent && { onSent: request.onSent }),
        ...(signal && { signal }),
        ...(idleTimeout !== undefined && { idleTimeout }),
      });
      const { location } = response.headers;
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== undefined;
      if (!isRedirect || (request.method !== "GET" && request.method !== "HEAD")) return response;
      response.cancel();
      if (hops === MAX_REDIRECTS) throw redirectRefusal(start, `more than ${MAX_REDIRECTS} redirects`);
      url = this.resolve(location, url);
    }
  }

  /** A place that the registry names, as an absolute URL. Throws `LB_REGISTRY_REDIRECT` for one in the clear from one over TLS, or none at all. */
  resolve(location: string, from: string = this.options.origin): string {
    let next: URL;
    try {
      next = new URL(location, from);
    } catch {
      throw redirectRefusal(from, `it leads to ${JSON.stringify(location)}`);
    }
    const isDown = new URL(from).protocol === "https:" && next.protocol !== "https:";
    if (isDown || !/^https?:$/.test(next.protocol))
      throw redirectRefusal(from, `it leads to ${next.protocol}//${next.host}`);
    return next.href;
  }

  private async refused(request: RegistryRequest, response: HttpResponse): Promise<ImageTransferError> {
    const { registry, credentials } = this.options;
    const words =
      request.method === "HEAD" ? (response.cancel(), "") : await errorWords(response, request.path);
    const said = words === "" ? "" : ` (${words})`;
    const { status } = response;
    const what = `${registry}: ${request.method} ${request.path.replace(/\?.*$/, "")}`;
    if (status === 401 || status === 403) {
      return refusal(
        "LB_REGISTRY_AUTH",
        `${registry} refuses: HTTP ${status}${said}. ${credentials ? "Have these credentials the right to do it?" : "Log in with docker login, or give --username and --password-stdin"}`,
        `${registry}이(가) 거절했습니다: HTTP ${status}${said}. ${credentials ? "이 계정에 권한이 있는지 확인하세요" : "docker login을 하거나 --username과 --password-stdin을 주세요"}`,
      );
    }
    if (status === 404) {
      return refusal("LB_REGISTRY_NOT_FOUND", `${what}: not found${said}`, `${what}: 없습니다${said}`);
    }
    if (status === 429) {
      return refusal(
        "LB_REGISTRY_BUSY",
        `${registry}: too many requests${said}; try again later, or log in`,
        `${registry}: 요청이 너무 많습니다${said}. 나중에 다시 하거나 로그인하세요`,
      );
    }
    return refusal(
      "LB_REGISTRY_REFUSED",
      `${what} was refused: HTTP ${status}${said}`,
      `${what} 요청을 거절했습니다: HTTP ${status}${said}`,
    );
  }
}

/** Answers after which another try may go well. */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** A broken connection, worded. */
export function networkRefusal(error: HttpError): ImageTransferError {
  const host = hostOf(error.url);
  return refusal(
    "LB_REGISTRY_NETWORK",
    `${host} cannot be reached or broke off: ${error.message}. Blobs that are through stay; run the command again`,
    `${host}에 닿지 않거나 연결이 끊겼습니다: ${error.message}. 다 받은(보낸) 블롭은 남아 있으니 다시 실행하세요`,
    error,
  );
}

function redirectRefusal(from: string, why: string): ImageTransferError {
  return refusal(
    "LB_REGISTRY_REDIRECT",
    `${hostOf(from)}: a redirect that is not followed: ${why}`,
    `${hostOf(from)}: 따라가지 않는 리디렉션입니다: ${why}`,
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
