/** A small registry in this process that can misbehave, with what it was asked. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { digestOf } from "./hostile";

/** Answers a request itself (true), or leaves it to the good registry. */
export type Trick = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) => boolean | Promise<boolean>;

export interface FakeRegistry {
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  /** By `repository:reference`. */
  readonly manifests: Map<string, { type: string; bytes: Buffer }>;
  /** `GET /v2/…` with the headers that came. */
  readonly asked: { readonly line: string; readonly authorization?: string; readonly range?: string }[];
  trick: Trick | undefined;
  stop(): Promise<void>;
}

export async function fakeRegistry(): Promise<FakeRegistry> {
  const uploads = new Map<string, Buffer>();
  const server: Server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const registry: FakeRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs: new Map(),
    manifests: new Map(),
    asked: [],
    trick: undefined,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const { authorization, range } = request.headers;
    registry.asked.push({
      line: `${request.method} ${request.url}`,
      ...(authorization !== undefined && { authorization }),
      ...(range !== undefined && { range }),
    });
    if (await registry.trick?.(request, response, body)) return;
    const url = new URL(request.url!, `http://${registry.host}`);
    const [, kind = "", rest = ""] = /\/(manifests|blobs\/uploads|blobs)\/(.*)$/.exec(url.pathname) ?? [];
    const repository = url.pathname.slice(4).split(`/${kind}/`)[0]!;
    if (kind === "manifests") manifest(request, response, `${repository}:${rest}`, body);
    else if (kind === "blobs") blob(request, response, rest);
    else upload(request, response, url, body);
  }

  function manifest(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    if (request.method === "PUT") {
      const found = { type: request.headers["content-type"] ?? "", bytes: body };
      registry.manifests.set(key, found);
      registry.manifests.set(key.replace(/:.*$/, `:${digestOf(body)}`), found);
      response.writeHead(201).end();
      return;
    }
    const found = registry.manifests.get(key);
    if (found) response.writeHead(200, { "content-type": found.type }).end(found.bytes);
    else
      response.writeHead(404).end(JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: key }] }));
  }

  function blob(request: IncomingMessage, response: ServerResponse, digest: string): void {
    const found = registry.blobs.get(digest);
    const from = /^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1];
    if (!found) response.writeHead(404).end();
    else if (request.method === "HEAD") response.writeHead(200, { "content-length": found.length }).end();
    else if (from === undefined) response.writeHead(200).end(found);
    else
      response
        .writeHead(206, { "content-range": `bytes ${from}-${found.length - 1}/${found.length}` })
        .end(found.subarray(Number(from)));
  }

  function upload(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): void {
    const id = url.searchParams.get("id") ?? String(uploads.size + 1);
    const location = `${url.pathname.replace(/uploads\/.*$/, "uploads/")}x?id=${id}`;
    const before = uploads.get(id) ?? Buffer.alloc(0);
    if (request.method === "POST") {
      uploads.set(id, before);
      response.writeHead(202, { location }).end();
      return;
    }
    if (!uploads.has(id)) {
      response.writeHead(404).end();
      return;
    }
    if (request.method === "GET") {
      response.writeHead(204, { location, range: `0-${Math.max(0, before.length - 1)}` }).end();
      return;
    }
    const start = /^(\d+)-/.exec(String(request.headers["content-range"] ?? ""))?.[1];
    if (start !== undefined && Number(start) !== before.length) {
      response.writeHead(416, { location, range: `0-${before.length - 1}` }).end();
      return;
    }
    const whole = Buffer.concat([before, body]);
    uploads.set(id, whole);
    if (request.method === "PATCH") response.writeHead(202, { location }).end();
    else {
      const digest = url.searchParams.get("digest")!;
      if (digestOf(whole) !== digest)
        response.writeHead(400).end(JSON.stringify({ errors: [{ code: "DIGEST_INVALID", message: "" }] }));
      else {
        registry.blobs.set(digest, whole);
        response.writeHead(201).end();
      }
    }
  }
  return registry;
}
