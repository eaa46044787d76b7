/**
 * ADD of a URL: answered from the fixtures given to the build, never from the network (BuildKit source/http/source.go). A build that
 * may assume takes another URL to give a file, always the same one (추정).
 */

import { goJson } from "../cache/go-json";
import type { OpJson } from "../cache/op-json";
import { buildSnapshot } from "../filesystem";
import { toContent } from "../filesystem/content";
import type { HttpOp, Vertex } from "../graph/types";
import { unknownContent } from "../image";
import type { Content } from "../platform/files";
import { baseName } from "../platform/paths";
import { sha256Digest } from "../platform/platform";
import { registryTime, transferTime } from "./durations";
import type { ExecuteAnswer, SourceAnswer } from "./operations";
import { clockAt, type Session } from "./session";
import type { HttpFixture } from "./types";

interface Found {
  readonly content: Content;
  readonly digest: string;
  /** Seconds since 1970. */
  readonly lastModified?: number;
  readonly assumed: boolean;
}

/** The URLs of one build. */
export class HttpSources {
  private readonly found = new Map<string, Found>();

  constructor(private readonly session: Session) {}

  /** Looks at the URL, as every build does; a checksum makes that unnecessary. */
  resolve(vertex: Vertex, op: HttpOp, at: number): SourceAnswer {
    if (this.session.options.assume && !this.fixture(op.url))
      this.session.assumed.set(vertex.digest, [`url:${op.url}`]);
    if (op.checksum !== undefined && op.checksum !== "") return { at, key: keyOf(op, op.checksum) };
    const end = at + registryTime(true);
    const file = this.get(op.url);
    if (!file) return { at: end, error: `invalid response status 404` };
    const lastModified =
      file.lastModified === undefined ? "" : new Date(file.lastModified * 1000).toUTCString();
    return { at: end, key: keyOf(op, file.digest, lastModified) };
  }

  fetch(vertex: Vertex, op: HttpOp, at: number): ExecuteAnswer {
    const file = this.get(op.url);
    const end = at + transferTime(file?.content.size ?? 0);
    if (!file) return { at: end, error: `invalid response status 404` };
    if (op.checksum !== undefined && op.checksum !== "" && op.checksum !== file.digest && !file.assumed) {
      return { at: end, error: `digest mismatch ${file.digest}: ${op.checksum}` };
    }
    const snapshot = buildSnapshot(
      [
        {
          path: "/" + fileName(op),
          type: "file",
          mode: op.perm ?? 0o600,
          uid: op.uid ?? 0,
          gid: op.gid ?? 0,
          mtime: file.lastModified ?? 0,
          content: file.content,
        },
      ],
      { mtime: clockAt(this.session, at) },
    );
    const result = {
      id: this.session.newRef(),
      snapshot,
      layers: undefined,
      createdAt: clockAt(this.session, end),
      duration: end - at,
      ...(file.assumed && { assumed: true }),
    };
    return { at: end, result };
  }

  /** By the whole URL, or by a name that the server of the recordings has at its top or in one folder. */
  private fixture(url: string): HttpFixture | undefined {
    const { fixtures } = this.session;
    const path = url.startsWith(SERVER) ? url.slice(SERVER.length) : undefined;
    return (
      fixtures.get(url) ??
      (path === undefined ? undefined : (fixtures.get(path) ?? fixtures.get(path.replace(/^[^/]*\//, ""))))
    );
  }

  private get(url: string): Found | undefined {
    const known = this.found.get(url);
    if (known) return known;
    const fixture = this.fixture(url);
    if (!fixture) return this.session.options.assume ? this.assumedFile(url) : undefined;
    const bytes =
      fixture.base64 === undefined
        ? new TextEncoder().encode(fixture.text ?? "")
        : Uint8Array.from(atob(fixture.base64), (c) => c.charCodeAt(0));
    const digest = sha256Digest(this.session.world.platform, bytes);
    const file: Found = {
      content: toContent(bytes),
      digest,
      lastModified: fixture.lastModified,
      assumed: false,
    };
    this.found.set(url, file);
    return file;
  }

  private assumedFile(url: string): Found {
    const digest = sha256Digest(this.session.world.platform, new TextEncoder().encode(`assumed ${url}`));
    return { content: unknownContent(SIZE, `assumed ${url}`), digest, assumed: true };
  }
}

/** Where the recorder's fixtures were served (test/fidelity/FORMAT.md). */
const SERVER = "http://127.0.0.1:5050/";

/** So many bytes a file has whose size nobody knows. */
const SIZE = 1_000_000;

function fileName(op: HttpOp): string {
  if (op.filename !== undefined && op.filename !== "") return op.filename;
  const path = op.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/, "");
  const name = baseName(path);
  return name === "." || name === "/" ? "download" : name;
}

/** The key is made of what came, not of the URL (`formatCacheKey`). */
function keyOf(op: HttpOp, checksum: string, lastModified = ""): OpJson {
  const json = {
    Filename: fileName(op),
    Perm: op.perm ?? 0,
    UID: op.uid ?? 0,
    GID: op.gid ?? 0,
    Checksum: checksum,
    LastModTime: lastModified === "" ? undefined : lastModified,
  };
  return { kind: "source", json, text: goJson(json) };
}
