/** An image with a layer of 500 MB, and the command run on it with its peak of memory: for the bench and the long tests. */

import { spawn } from "node:child_process";
import { createCipheriv, createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const MiB = 1 << 20;

export interface Run {
  readonly ms: number;
  /** Most memory of the process. Bytes. */
  readonly peak: number;
  readonly out: string;
}

export interface BigImage {
  readonly folder: string;
  /** The files of the layer: *count* of a mebibyte each, half noise, half text. */
  readonly context: string;
  /** Runs `layerbook ARGS` in the folder with its own cache. Rejects when it fails. */
  layerbook(args: readonly string[], cache?: string): Promise<Run>;
  /** Runs a line of the shell. */
  shell(line: string): Promise<Run>;
  close(): void;
}

/** Makes the files and builds the image `big` of them. *built*: with the program as it is installed (`npm run build`), not from its sources. */
export async function bigImage(count = 500, built = false): Promise<BigImage> {
  const folder = mkdtempSync(join(tmpdir(), "layerbook-big-"));
  const context = join(folder, "context");
  mkdirSync(context);
  for (let i = 0; i < count; i++) writeFileSync(join(context, `file-${i}`), sample(i));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY . /data\n");
  const image: BigImage = {
    folder,
    context,
    layerbook: (args, cache = "cache") =>
      measured(
        process.execPath,
        [
          "--require",
          join(__dirname, "peak.cjs"),
          ...(built
            ? [join(ROOT, "kernel-helpers/dist/cli/main.js")]
            : ["--require", require.resolve("tsx/cjs"), join(ROOT, "kernel-helpers/src/cli/main.ts")]),
          ...args,
        ],
        folder,
        join(folder, cache),
      ),
    shell: (line) => measured("/bin/sh", ["-c", line], folder, ""),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  try {
    await image.layerbook(["build", "-q", "-t", "big", "context"]);
  } catch (error) {
    image.close();
    throw error;
  }
  return image;
}

function sample(i: number): Buffer {
  const key = createHash("sha256").update(String(i)).digest();
  const noise = createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(MiB / 2));
  const words = ["layer", "image", "digest", "cache", "build", "docker", "파일", "레이어", "context", "copy"];
  let text = "";
  for (let k = 0; text.length < MiB / 2; k++) text += `${words[noise[k]! % 10]} ${noise[k]! * k}\n`;
  return Buffer.concat([noise, Buffer.from(text)]).subarray(0, MiB);
}

function measured(program: string, args: readonly string[], cwd: string, cache: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const since = performance.now();
    const child = spawn(program, args, {
      cwd,
      env: {
        ...process.env,
        LAYERBOOK_CACHE_DIR: cache,
        LAYERBOOK_LANG: "en",
      },
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (err += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) reject(new Error(`${args.join(" ")}: exit code ${code}\n${err}`));
      else
        resolve({
          ms: performance.now() - since,
          peak: Number(/PEAK (\d+)/.exec(err)?.[1] ?? 0) * 1024,
          out,
        });
    });
  });
}
