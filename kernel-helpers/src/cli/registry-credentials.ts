/** Who one is at a registry: options, then the environment, then what `docker login` left behind. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import type { Credentials } from "../image";
import { CliError, usageError } from "./cli-error";
import type { CommandIo } from "./io";

/** The options of a command that speaks to a registry. */
export interface CredentialOptions {
  readonly username?: string | undefined;
  readonly "password-stdin"?: boolean | undefined;
}

interface DockerConfig {
  readonly auths?: Readonly<
    Record<string, { readonly auth?: string; readonly identitytoken?: string } | null>
  >;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** Milliseconds that a credential helper may take. */
const HELPER_TIMEOUT = 30_000;

/** Credentials for *registry* (`docker.io`, `localhost:5000`); undefined: go without. Throws CliError. */
export async function findCredentials(
  registry: string,
  options: CredentialOptions,
  io: CommandIo,
): Promise<Credentials | undefined> {
  const { username } = options;
  if (options["password-stdin"]) {
    if (username === undefined) {
      throw usageError("LB_ARGUMENTS", {
        ko: "`--password-stdin`에는 `--username`도 필요합니다.",
        en: "--password-stdin needs --username too",
      });
    }
    return { username, password: (await io.stdin()).replace(/\r?\n$/, "") };
  }
  const fromEnv = {
    username: username ?? io.env["LAYERBOOK_REGISTRY_USERNAME"],
    password: io.env["LAYERBOOK_REGISTRY_PASSWORD"],
  };
  if (fromEnv.username !== undefined && fromEnv.password !== undefined)
    return { username: fromEnv.username, password: fromEnv.password };
  if (username !== undefined) {
    throw usageError("LB_ARGUMENTS", {
      ko: "암호가 없습니다. `--password-stdin`으로 넘기거나 LAYERBOOK_REGISTRY_PASSWORD에 두세요.",
      en: "there is no password: pass it with --password-stdin or in LAYERBOOK_REGISTRY_PASSWORD",
    });
  }
  return fromDockerConfig(registry, io);
}

async function fromDockerConfig(registry: string, io: CommandIo): Promise<Credentials | undefined> {
  const folder = io.env["DOCKER_CONFIG"] || join(io.env["HOME"] || homedir(), ".docker");
  const path = join(folder, "config.json");
  const config = readConfig(path);
  if (!config) return undefined;
  const names =
    registry === "docker.io" ? ["docker.io", "index.docker.io", "registry-1.docker.io"] : [registry];
  const helper = names.map((name) => config.credHelpers?.[name]).find(Boolean) ?? config.credsStore;
  if (helper !== undefined) {
    const key = registry === "docker.io" ? "https://index.docker.io/v1/" : registry;
    const found = await askHelper(helper, key, io);
    if (found) return found;
  }
  for (const [key, entry] of Object.entries(config.auths ?? {})) {
    if (!names.includes(hostOf(key)) || !entry) continue;
    if (entry.identitytoken) return { identityToken: entry.identitytoken };
    if (!entry.auth) continue;
    const text = Buffer.from(entry.auth, "base64").toString("utf8").replace(/\0+$/, "");
    const colon = text.indexOf(":");
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return undefined;
}

/** `https://localhost:5000/v2/` → `localhost:5000`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function readConfig(path: string): DockerConfig | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as DockerConfig;
  } catch (cause) {
    throw new CliError(
      "LB_DOCKER_CONFIG",
      { ko: `${path}이(가) JSON이 아닙니다.`, en: `${path} is not JSON` },
      { cause },
    );
  }
}

/** Asks `docker-credential-NAME`; undefined when it has nothing, or is not installed. */
function askHelper(name: string, key: string, io: CommandIo): Promise<Credentials | undefined> {
  if (!/^[\w.-]+$/.test(name)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const child = execFile(
      `docker-credential-${name}`,
      ["get"],
      { timeout: HELPER_TIMEOUT, env: { ...io.env }, signal: io.signal },
      (error, stdout) => {
        if (error) {
          resolve(undefined);
          return;
        }
        try {
          const { Username, Secret } = JSON.parse(stdout) as { Username?: unknown; Secret?: unknown };
          if (typeof Username !== "string" || typeof Secret !== "string") resolve(undefined);
          else if (Username === "<token>") resolve({ identityToken: Secret });
          else resolve({ username: Username, password: Secret });
        } catch {
          resolve(undefined);
        }
      },
    );
    // A helper that is not there, or does not read, is no error.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(key);
  });
}
