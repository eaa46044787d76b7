/** Finding a Chromium-family browser on this machine. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { onPath } from "../notebook/programs";

type Env = Readonly<Record<string, string | undefined>>;

/** Where a Chromium-family browser may be: names on PATH, then the usual places of macOS and Windows, then playwright's downloads. */
export function findChromium(env: Env): string | undefined {
  const named = env["LAYERBOOK_CHROMIUM"];
  if (named) return existsSync(named) ? named : undefined;
  for (const name of [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "brave-browser",
  ]) {
    const found = onPath(name, env);
    if (found !== undefined) return found;
  }
  const programs = [env["PROGRAMFILES"], env["PROGRAMFILES(X86)"], env["LOCALAPPDATA"]].filter(
    (folder) => folder !== undefined,
  );
  const usual = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ...programs.flatMap((folder) => [
      join(folder, "Google/Chrome/Application/chrome.exe"),
      join(folder, "Microsoft/Edge/Application/msedge.exe"),
    ]),
    ...playwrightBrowsers(env),
  ];
  return usual.find((file) => existsSync(file));
}

function playwrightBrowsers(env: Env): string[] {
  const folder = env["PLAYWRIGHT_BROWSERS_PATH"] || join(env["HOME"] ?? "", ".cache", "ms-playwright");
  try {
    return readdirSync(folder)
      .filter((name) => /^chromium-\d+$/.test(name))
      .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
      .flatMap((name) =>
        ["chrome-linux64/chrome", "chrome-linux/chrome"].map((inside) => join(folder, name, inside)),
      );
  } catch {
    return [];
  }
}
