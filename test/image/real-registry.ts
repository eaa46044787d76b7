/** A real registry (Debian's docker-registry) on a free port of 127.0.0.1, with its data in a folder of its own. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RealRegistry {
  /** `127.0.0.1:41234`. */
  readonly host: string;
  stop(): void;
}

/** Undefined when it is not installed; says so. */
export function registryProgram(): string | undefined {
  const program = "docker-registry";
  if (spawnSync(program, ["--version"]).status === 0) return program;
  console.log("      skipped: docker-registry not installed (apt-get install docker-registry)");
  return undefined;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** The bcrypt line of user `learner` with the password `secret-비밀`. */
const LEARNER = "learner:$2b$04$GBEvqdfJzuWqsKJ5rbOXyOD9tjqsVZW4eb.N1tHeySfZls29bl6HK\n";

/** Starts it. With *auth* only `learner` gets in. */
export async function startRegistry(program: string, auth = false): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "layerbook-registry-"));
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: host },
    ...(auth && { auth: { htpasswd: { realm: "lab", path: join(folder, "users") } } }),
  };
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "users"), LEARNER);
  // JSON is YAML, too.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
  const child = spawn(program, ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const stop = (): void => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(host, child);
  } catch (error) {
    stop();
    throw error;
  }
  return { host, stop };
}

async function answers(host: string, child: ChildProcess): Promise<void> {
  for (let round = 0; round < 200; round++) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    const isUp = await new Promise<boolean>((resolve) => {
      const request = get(`http://${host}/v2/`, (response) => {
        response.resume();
        resolve(true);
      });
      request.on("error", () => resolve(false));
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("docker-registry does not answer");
}
