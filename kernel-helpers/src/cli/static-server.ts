/** A folder of static files on 127.0.0.1: what lies in it and nothing beside it, no lists of folders. */

import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/** By the ending of a file's name; any other is sent as bytes. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".ipynb": "application/json; charset=utf-8",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

/** A server that listens. */
export interface StaticServer {
  /** With a slash at the end. */
  readonly address: string;
  readonly port: number;
  /** Ends the connections too. */
  close(): Promise<void>;
}

/** Serves *folder* at *port* (0: any free one). Rejects with Node's error when the port cannot be had. */
export async function serveFolder(folder: string, port: number): Promise<StaticServer> {
  const root = await realpath(folder);
  const server = createServer((request, response) => {
    answer(root, request, response).catch(() => {
      // The reader went away or the file broke off: a cut answer must not look like a whole one.
      if (response.headersSent) response.destroy();
      else refuse(response, 500);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${taken}/`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers });
  response.end(`${status}\n`);
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, { allow: "GET, HEAD" });
  const [target = "/", ...query] = (request.url ?? "/").split("?");
  const segments = segmentsOf(target);
  if (segments === undefined) return refuse(response, 400);
  let file = await inside(root, join(root, ...segments));
  if (file !== undefined && (await stat(file)).isDirectory()) {
    // Relative addresses of a page need the slash.
    if (!target.endsWith("/")) {
      const place = `/${segments.map(encodeURIComponent).join("/")}/`;
      return refuse(response, 308, { location: query.length > 0 ? `${place}?${query.join("?")}` : place });
    }
    file = await inside(root, join(file, "index.html"));
  } else if (target.endsWith("/")) file = undefined;
  const found = file === undefined ? undefined : await stat(file);
  if (file === undefined || found?.isFile() !== true) return refuse(response, 404);
  const headers = {
    "cache-control": "no-cache",
    etag: `"${found.size.toString(36)}-${found.mtimeMs.toString(36)}"`,
    "x-content-type-options": "nosniff",
  };
  if (request.headers["if-none-match"] === headers.etag) return void response.writeHead(304, headers).end();
  response.writeHead(200, {
    ...headers,
    "content-type": TYPES[extname(file).toLowerCase()] ?? "application/octet-stream",
    "content-length": found.size,
  });
  if (request.method === "HEAD" || found.size === 0) return void response.end();
  await pipeline(createReadStream(file, { end: found.size - 1 }), response);
}

/** The names of the path *target*, or undefined when one of them is no name of a file. */
function segmentsOf(target: string): string[] | undefined {
  try {
    const names = target
      .split("/")
      .filter((name) => name !== "")
      .map(decodeURIComponent);
    return names.every((name) => name !== "." && name !== ".." && !/[/\\:\0]/.test(name)) ? names : undefined;
  } catch {
    return undefined;
  }
}

/** Where *file* really lies, if that is in *root*: links lead nowhere else. */
async function inside(root: string, file: string): Promise<string | undefined> {
  try {
    const real = await realpath(file);
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep) ? real : undefined;
  } catch {
    return undefined;
  }
}
