/** Registries that break off, lie, redirect, ask for tokens: what pull and push do about it. */

import assert from "node:assert/strict";
import { randomFillSync } from "node:crypto";

import { layerTarBytes } from "../../kernel-helpers/src/filesystem";
import {
  type Credentials,
  imageAddress,
  importImages,
  type LayoutFiles,
  openArchive,
  OciLayout,
  type PackedImage,
  parseChallenges,
  pullImage,
  type PullOptions,
  pushImage,
  type PushOptions,
  Registry,
} from "../../kernel-helpers/src/image";
import { ImageBlobs } from "../../kernel-helpers/src/build/store/image-blobs";
import { gather } from "../../kernel-helpers/src/platform";
import { nodeHttp, nodePlatform } from "../../kernel-helpers/src/platform/node";
import { fakeRegistry, type FakeRegistry } from "./fake-registry";
import { digestOf, entry, withLayer } from "./hostile";

const NAME = "docker.io/library/memo:latest";
const MiB = 1 << 20;

describe("registries", function () {
  this.timeout(30_000);
  let fake: FakeRegistry;
  let files: LayoutFiles;
  let image: PackedImage;
  /** Digest of the layer, which is large enough to break off in. */
  let layer: string;
  let layerBytes: Buffer;
  before(async () => {
    const noise = randomFillSync(Buffer.alloc(3 * MiB));
    const tar = layerTarBytes([entry("noise", noise)]);
    const named = withLayer(tar, {
      index: (text) => text.replace('"size"', `"annotations":{"io.containerd.image.name":"${NAME}"},"size"`),
    });
    files = await openArchive(nodePlatform, layerTarBytes(named));
    const base = new OciLayout(files, nodePlatform).find(NAME, { os: "linux", architecture: "amd64" });
    assert.ok(!("error" in base));
    image = base.pack!();
    layer = image.manifests[0]!.layers[0]!.digest;
    layerBytes = Buffer.from(await gather(image.manifests[0]!.layers[0]!.pieces()));
  });
  beforeEach(async () => {
    fake = await fakeRegistry();
  });
  afterEach(() => fake.stop());

  const open = (
    more: { credentials?: Credentials; signal?: AbortSignal; idleTimeout?: number } = {},
  ): Registry =>
    new Registry({
      http: nodeHttp(),
      registry: fake.host,
      origin: `http://${fake.host}`,
      wait: () => Promise.resolve(),
      ...more,
    });
  const address = (): ReturnType<typeof imageAddress> => imageAddress(`${fake.host}/team/memo:v1`);
  const push = (options?: PushOptions, registry = open()): Promise<string> =>
    pushImage(registry, address(), image, options);
  /** Pulls and checks what came. */
  const pull = async (registry = open(), options: PullOptions = {}): Promise<string> => {
    const pulled = await pullImage(nodePlatform, registry, address(), new ImageBlobs(nodePlatform), options);
    const [found] = await importImages(nodePlatform, pulled.files);
    assert.equal(found!.root.digest, image.root.digest);
    return found!.names[0]!;
  };
  const refuses = (code: string, work: Promise<unknown>, words = /./): Promise<void> =>
    assert.rejects(work, (error: Error & { code?: string; sentence?: { ko: string; en: string } }) => {
      assert.equal(error.code, code, error.stack);
      assert.match(error.sentence!.en, words);
      assert.match(error.sentence!.ko, /[가-힣]/);
      return true;
    });
  const isLayer = (url: string | undefined): boolean => url!.endsWith(layer);

  it("names are read as docker reads them", () => {
    const hub = imageAddress("node:22");
    assert.equal(hub.origin, "https://registry-1.docker.io");
    assert.equal(hub.repository, "library/node");
    assert.equal(imageAddress("localhost:5000/a/b").origin, "http://localhost:5000");
    assert.equal(imageAddress("example.com/a").origin, "https://example.com");
    assert.equal(imageAddress("example.com/a", true).origin, "http://example.com");
    assert.equal(imageAddress("127.0.0.1.example.com/a").origin, "https://127.0.0.1.example.com");
    assert.throws(() => imageAddress("Bad Name"), { code: "LB_IMAGE_NAME" });
    assert.deepEqual(
      parseChallenges('Bearer realm="https://a/t",service="x y",scope="r:m:pull,push", Basic realm=lab'),
      [
        { scheme: "bearer", parameters: { realm: "https://a/t", service: "x y", scope: "r:m:pull,push" } },
        { scheme: "basic", parameters: { realm: "lab" } },
      ],
    );
  });

  it("a push and a pull give the image back; nothing is sent twice", async () => {
    assert.equal(await push(), image.root.digest);
    assert.equal(await pull(), `${fake.host}/team/memo:v1`);
    fake.asked.length = 0;
    await push();
    assert.deepEqual(
      fake.asked.map(({ line }) => line.split(" ")[0]),
      ["HEAD", "HEAD", "PUT"],
    );
  });

  it("large blobs go in parts, and go on where the connection broke", async () => {
    let breaks = 0;
    fake.trick = (request, response) => {
      // The second and third part: one is lost on the way there, the answer to one on the way back.
      if (request.method !== "PATCH" || !/^1048576-/.test(String(request.headers["content-range"])))
        return false;
      if (breaks++ > 0) return false;
      response.destroy();
      return true;
    };
    const seen: number[] = [];
    const total = await push({
      chunk: MiB,
      onBlob: (blob, at) => blob.digest === layer && seen.push(Number(at)),
    });
    assert.equal(total, image.root.digest);
    assert.equal(breaks, 2);
    assert.ok(fake.blobs.get(layer)!.equals(layerBytes));
    assert.equal(seen.at(-1), layerBytes.length);
  });

  it("an upload that the registry forgot begins anew", async () => {
    let lost = false;
    fake.trick = (request, response) => {
      if (lost || request.method !== "PATCH") return false;
      lost = true;
      response.writeHead(404).end();
      return true;
    };
    await push({ chunk: MiB });
    assert.ok(fake.blobs.get(layer)!.equals(layerBytes));
  });

  for (const ranges of [true, false]) {
    it(`a download goes on where it broke, ${ranges ? "with" : "without"} ranges`, async () => {
      await push();
      let tries = 0;
      fake.trick = (request, response) => {
        if (request.method !== "GET" || !isLayer(request.url)) return false;
        tries++;
        const from = ranges ? Number(/\d+/.exec(request.headers.range ?? "0")![0]) : 0;
        const end = Math.min(layerBytes.length, tries * MiB);
        response.writeHead(ranges && from > 0 ? 206 : 200, {
          "content-length": layerBytes.length - from,
          ...(ranges && from > 0 && { "content-range": `bytes ${from}-${layerBytes.length - 1}/*` }),
        });
        response.write(layerBytes.subarray(from, end), () => {
          if (end < layerBytes.length) response.destroy();
          else response.end();
        });
        return true;
      };
      await pull();
      assert.ok(tries > 2, `${tries}`);
    });
  }

  it("bytes that are not what they are said to be are refused by name, and not kept", async () => {
    await push();
    const answers: [RegExp, (response: import("node:http").ServerResponse) => void][] = [
      [
        /came as bytes with the digest/,
        (response) => void response.end(Buffer.from(layerBytes).fill(1, 5, 6)),
      ],
      [/instead of/, (response) => void response.end(layerBytes.subarray(1))],
      [/more than/, (response) => void response.end(Buffer.concat([layerBytes, layerBytes]))],
      [/instead of/, (response) => void response.end()],
      [
        /instead of/,
        (response) => {
          response.writeHead(200, { "content-length": layerBytes.length });
          response.write("x", () => response.destroy());
        },
      ],
    ];
    for (const [words, answer] of answers) {
      const blobs = new ImageBlobs(nodePlatform);
      fake.trick = (request, response) => {
        if (request.method !== "GET" || !isLayer(request.url)) return false;
        answer(response);
        return true;
      };
      await refuses("LB_REGISTRY_DIGEST", pullImage(nodePlatform, open(), address(), blobs), words);
      await refuses(
        "LB_REGISTRY_DIGEST",
        pullImage(nodePlatform, open(), address(), blobs),
        new RegExp(layer),
      );
      assert.equal(await blobs.open(layer), undefined);
    }
  });

  it("manifests that lie, or are none, are refused", async () => {
    await push();
    const good = fake.manifests.get("team/memo:v1")!;
    const cases: [string, string | Buffer, Record<string, string>?][] = [
      ["LB_REGISTRY_PROTOCOL", "<html>"],
      ["LB_REGISTRY_PROTOCOL", '{"schemaVersion":1}'],
      ["LB_REGISTRY_PROTOCOL", "{}"],
      ["LB_REGISTRY_PROTOCOL", '{"config":{"digest":"sha256:../../x","size":1},"layers":[]}'],
      ["LB_REGISTRY_PLATFORM", '{"manifests":[]}'],
      ["LB_REGISTRY_LIMIT", " ".repeat(5 * MiB)],
      ["LB_REGISTRY_LIMIT", `{"config":{"digest":"${layer}","size":${2 ** 40}},"layers":[]}`],
      ["LB_REGISTRY_DIGEST", good.bytes, { "docker-content-digest": layer }],
      ["LB_REGISTRY_REDIRECT", "", { location: "ftp://evil/" }],
    ];
    for (const [code, body, headers = {}] of cases) {
      fake.trick = (request, response) => {
        if (!request.url!.includes("/manifests/")) return false;
        response.writeHead(headers["location"] === undefined ? 200 : 307, headers).end(body);
        return true;
      };
      await refuses(code, pull());
    }
    fake.trick = undefined;
    const byDigest = imageAddress(`${fake.host}/team/memo@${image.root.digest}`);
    fake.manifests.get(`team/memo:${image.root.digest}`)!.bytes = Buffer.from("{}");
    await refuses(
      "LB_REGISTRY_DIGEST",
      pullImage(nodePlatform, open(), byDigest, new ImageBlobs(nodePlatform)),
      /manifest sha256/,
    );
  });

  it("a server's passing troubles are waited out; others are told with its words, made harmless", async () => {
    await push();
    let troubles = 0;
    fake.trick = (_request, response) => {
      if (troubles++ > 2) return false;
      response.writeHead([503, 429, 500][troubles % 3]!).end();
      return true;
    };
    await pull();
    fake.trick = (_request, response) => {
      response.writeHead(400).end('{"errors":[{"code":"BAD","message":"\\u001b[2Jhere\\u0007"}]}');
      return true;
    };
    await refuses("LB_REGISTRY_REFUSED", pull(), /BAD: {2}\[2Jhere $|BAD: .\[2Jhere/);
    fake.trick = (_request, response) => {
      response.writeHead(429).end();
      return true;
    };
    await refuses("LB_REGISTRY_BUSY", pull());
    fake.trick = () => true;
    await refuses("LB_REGISTRY_NETWORK", pull(open({ idleTimeout: 30 })), /no byte for 0.03 s/);
  });

  it("redirects are followed without the Authorization header, and not for ever", async () => {
    await push();
    const storage = await fakeRegistry();
    try {
      storage.trick = (_request, response) => {
        response.end(layerBytes);
        return true;
      };
      const credentials = { username: "learner", password: "secret" };
      fake.trick = (request, response) => {
        if (request.headers.authorization === undefined) {
          response.writeHead(401, { "www-authenticate": 'Basic realm="lab"' }).end();
          return true;
        }
        if (request.method !== "GET" || !isLayer(request.url)) return false;
        response.writeHead(307, { location: `http://${storage.host}/store/${layer}` }).end();
        return true;
      };
      await pull(open({ credentials }));
      assert.equal(storage.asked.length, 1);
      assert.equal(storage.asked[0]!.authorization, undefined);
      fake.trick = (request, response) => {
        response.writeHead(307, { location: request.url }).end();
        return true;
      };
      await refuses("LB_REGISTRY_REDIRECT", pull(), /more than 5/);
    } finally {
      await storage.stop();
    }
  });

  it("tokens are fetched where the registry says, for what is asked, and again when they run out", async () => {
    let valid = "";
    let given = 0;
    const guard: FakeRegistry["trick"] = (request, response) => {
      const url = new URL(request.url!, `http://${fake.host}`);
      if (url.pathname === "/token") {
        const isLearner =
          request.headers.authorization === "Basic " + Buffer.from("learner:비밀").toString("base64");
        if (!isLearner) response.writeHead(401).end();
        else {
          assert.equal(url.searchParams.get("service"), "lab");
          assert.match(url.searchParams.get("scope")!, /^repository:team\/memo:pull/);
          valid = `token-${++given}`;
          response.end(JSON.stringify({ access_token: valid, expires_in: 60 }));
        }
        return true;
      }
      if (valid !== "" && request.headers.authorization === `Bearer ${valid}`) return false;
      const realm = `http://${fake.host}/token`;
      response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="lab"` }).end();
      return true;
    };
    fake.trick = guard;
    const credentials = { username: "learner", password: "비밀" };
    await push(undefined, open({ credentials }));
    assert.equal(given, 1);
    fake.trick = (request, response, body) => {
      // The token runs out between the manifest and the layer.
      if (isLayer(request.url) && given === 2) valid = "";
      return guard(request, response, body);
    };
    await pull(open({ credentials }));
    assert.equal(given, 3);
    fake.trick = guard;
    await refuses("LB_REGISTRY_AUTH", pull(open({ credentials: { username: "learner", password: "x" } })));
    await refuses("LB_REGISTRY_AUTH", pull());
  });

  it("a password never goes to a place that the registry must not name", async () => {
    const credentials = { username: "learner", password: "secret" };
    for (const realm of ["ftp://x/", "not a place", "", "http://user:pw@127.0.0.1/"]) {
      fake.trick = (_request, response) => {
        response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
        return true;
      };
      await refuses("LB_REGISTRY_AUTH", pull(open({ credentials })), /no place to send a password to/);
    }
  });

  it("an identity token is exchanged", async () => {
    await push();
    fake.trick = (request, response, body) => {
      if (request.url === "/token") {
        assert.equal(request.method, "POST");
        const form = new URLSearchParams(body.toString());
        assert.equal(form.get("grant_type"), "refresh_token");
        assert.equal(form.get("refresh_token"), "long-lived");
        response.end('{"access_token":"short"}');
        return true;
      }
      if (request.headers.authorization === "Bearer short") return false;
      response
        .writeHead(401, { "www-authenticate": `Bearer realm="http://${fake.host}/token",service="lab"` })
        .end();
      return true;
    };
    await pull(open({ credentials: { identityToken: "long-lived" } }));
  });

  it("Ctrl-C ends a transfer at once", async () => {
    await push();
    const abort = new AbortController();
    fake.trick = (request, response) => {
      if (request.method !== "GET" || !isLayer(request.url)) return false;
      response.write(layerBytes.subarray(0, 1000), () => abort.abort(new Error("stopped")));
      return true;
    };
    await assert.rejects(pull(open({ signal: abort.signal })), /stopped/);
  });

  it("layers that are here are not fetched, whoever fetched them", async () => {
    await push();
    const blobs = new ImageBlobs(nodePlatform);
    await blobs.put(layer, [layerBytes]);
    const here: string[] = [];
    await pullImage(nodePlatform, open(), address(), blobs, {
      onBlob: (blob, bytes) => bytes === "here" && here.push(blob.digest),
    });
    assert.deepEqual(here, [layer]);
    assert.equal(digestOf(layerBytes), layer);
  });
});
