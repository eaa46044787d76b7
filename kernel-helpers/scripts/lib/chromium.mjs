// Finds a Chromium for page tests and PDF: one on the machine, else the one that comes with an npm package.
import fs from "node:fs";
import path from "node:path";
import { onPath } from "./jupyter.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];

/** Where browsers are installed that are not on PATH. */
function elsewhere() {
  const { LOCALAPPDATA = "", PROGRAMFILES = "", "PROGRAMFILES(X86)": x86 = "" } = process.env;
  if (process.platform === "darwin")
    return [
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ];
  if (process.platform === "win32")
    return [
      path.join(PROGRAMFILES, "Google/Chrome/Application/chrome.exe"),
      path.join(LOCALAPPDATA, "Google/Chrome/Application/chrome.exe"),
      path.join(x86, "Microsoft/Edge/Application/msedge.exe"),
    ];
  return [];
}

/** The absolute path of a Chromium on this machine, or undefined. `LAYERBOOK_CHROMIUM` goes before all. */
export function installedChromium() {
  const chosen = process.env.LAYERBOOK_CHROMIUM;
  if (chosen) return chosen;
  for (const name of NAMES) {
    const found = onPath(name);
    if (found) return found;
  }
  return elsewhere().find((file) => fs.existsSync(file));
}

/** The Chromium of the npm package `@sparticuz/chromium` (Linux only), unpacked into the temporary folder, or undefined. */
export async function packagedChromium() {
  if (process.platform !== "linux") return undefined;
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    return await chromium.executablePath();
  } catch {
    return undefined; // installed without development packages
  }
}

/** A Chromium of either kind, or undefined. */
export async function findChromium() {
  return installedChromium() ?? (await packagedChromium());
}
