/** Proving to a registry who one is: basic, or bearer tokens fetched where the registry says (distribution spec, token authentication). */

import type { HttpClient } from "../../platform/http";
import { refusal } from "../import-refusal";
import { isLoopback } from "./address";
import { jsonBody } from "./body";

/** What proves it. *identityToken*: what `docker login` keeps of registries that give one; it is exchanged for access tokens. */
export type Credentials =
  { readonly username: string; readonly password: string } | { readonly identityToken: string };

/** A challenge of `WWW-Authenticate`. Names are lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads a `WWW-Authenticate` header; several challenges may stand in it. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  const token = /\s*,?\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y;
  let parameters: Record<string, string> = {};
  while (token.lastIndex < header.length) {
    const found = token.exec(header);
    if (!found) break;
    const [, name = "", quoted, bare] = found;
    if (quoted === undefined && bare === undefined) {
      parameters = {};
      challenges.push({ scheme: name.toLowerCase(), parameters });
    } else parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "";
  }
  return challenges;
}

/** The headers that prove it, remembered by what they are for. */
export class Authenticator {
  private readonly headers = new Map<string, string>();

  constructor(
    private readonly http: HttpClient,
    private readonly options: {
      readonly registry: string;
      readonly credentials?: Credentials | undefined;
      readonly signal?: AbortSignal | undefined;
      readonly idleTimeout?: number | undefined;
    },
  ) {}

  /** The Authorization header for *scope*, if there is one already. */
  headerFor(scope: string): string | undefined {
    return this.headers.get(scope);
  }

  /** Answers the challenges of a 401 to *url*: true when a new header for *scope* is at hand. Rejects with `LB_REGISTRY_AUTH`. */
  async answer(url: string, header: string | undefined, scope: string): Promise<boolean> {
    const challenges = parseChallenges(header ?? "");
    const bearer = challenges.find((one) => one.scheme === "bearer");
    const before = this.headers.get(scope);
    if (bearer) this.headers.set(scope, `Bearer ${await this.fetchToken(url, bearer.parameters, scope)}`);
    else if (challenges.some((one) => one.scheme === "basic") && this.basic !== undefined)
      this.headers.set(scope, this.basic);
    return this.headers.get(scope) !== before;
  }

  private get basic(): string | undefined {
    const { credentials } = this.options;
    if (!credentials || !("username" in credentials)) return undefined;
    return `Basic ${base64(`${credentials.username}:${credentials.password}`)}`;
  }

  private async fetchToken(
    url: string,
    { realm = "", service, scope }: Readonly<Record<string, string>>,
    wanted: string,
  ): Promise<string> {
    const { credentials, registry, signal, idleTimeout } = this.options;
    const place = tokenPlace(realm, url);
    const common = {
      ...(signal && { signal }),
      ...(idleTimeout !== undefined && { idleTimeout }),
    };
    const query = new URLSearchParams();
    if (service !== undefined) query.set("service", service);
    // What is asked for decides, not what the registry names: one token then does for reading and writing.
    const scopes = wanted === "" ? (scope ?? "") : wanted;
    let response;
    if (credentials && "identityToken" in credentials) {
      query.set("scope", scopes);
      query.set("grant_type", "refresh_token");
      query.set("refresh_token", credentials.identityToken);
      query.set("client_id", "layerbook");
      response = await this.http.send({
        ...common,
        method: "POST",
        url: place.href,
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
        body: new TextEncoder().encode(query.toString()),
      });
    } else {
      for (const one of scopes.split(" ")) query.append("scope", one);
      for (const [name, value] of query) place.searchParams.append(name, value);
      response = await this.http.send({
        ...common,
        method: "GET",
        url: place.href,
        headers: {
          accept: "application/json",
          ...(this.basic !== undefined && { authorization: this.basic }),
        },
      });
    }
    if (response.status !== 200) {
      response.cancel();
      throw refusal(
        "LB_REGISTRY_AUTH",
        `${registry}: ${place.host} gave no token (HTTP ${response.status})${credentials ? ": are user name and password right?" : ""}`,
        `${registry}: ${place.host}에서 토큰을 받지 못했습니다(HTTP ${response.status})${credentials ? ". 사용자 이름과 암호를 확인하세요" : ""}`,
      );
    }
    const { token, access_token: access } = (await jsonBody(response, place.href)) as Record<string, unknown>;
    const found = typeof token === "string" && token !== "" ? token : access;
    if (typeof found === "string" && /^[\x21-\x7e]+$/.test(found)) return found;
    throw refusal(
      "LB_REGISTRY_PROTOCOL",
      `${place.host}: an answer without a token`,
      `${place.host}: 응답에 토큰이 없습니다`,
    );
  }
}

/** Where tokens are fetched: never in the clear for a registry that is spoken to over TLS. */
function tokenPlace(realm: string, url: string): URL {
  let place: URL | undefined;
  try {
    place = new URL(realm);
  } catch {
    // Refused below.
  }
  const asked = new URL(url);
  const isSafe =
    place?.protocol === "https:" ||
    (place?.protocol === "http:" && (asked.protocol === "http:" || isLoopback(place.host)));
  if (place && isSafe && place.username === "" && place.password === "") return place;
  throw refusal(
    "LB_REGISTRY_AUTH",
    `${asked.host} wants tokens fetched at ${JSON.stringify(realm)}, which is no place to send a password to`,
    `${asked.host}이(가) 토큰을 받을 곳으로 ${JSON.stringify(realm)}을(를) 댔는데, 암호를 보내도 되는 곳이 아닙니다`,
  );
}

/** *text* (as UTF-8) in base64. */
export function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
