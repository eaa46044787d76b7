/** Where the command keeps its state: one builder for all projects of a user. */

import { homedir } from "node:os";
import { join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** The folder of the cache: *option*, else LAYERBOOK_CACHE_DIR, else the platform's cache folder for this user. */
export function cacheFolder(
  option: string | undefined,
  env: Env,
  platform: NodeJS.Platform = process.platform,
): string {
  const named = option ?? env["LAYERBOOK_CACHE_DIR"];
  if (named) return named;
  const home = env["HOME"] || homedir();
  if (platform === "darwin") return join(home, "Library", "Caches", "layerbook");
  if (platform === "win32")
    return join(env["LOCALAPPDATA"] || join(home, "AppData", "Local"), "layerbook", "Cache");
  return join(env["XDG_CACHE_HOME"] || join(home, ".cache"), "layerbook");
}
