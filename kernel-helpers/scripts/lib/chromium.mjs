// Finds a Chromium for page tests and PDF: one on the machine, else the one that comes with an npm package.
import fs from "node:fs";
import { onPath } from "./jupyter.mjs";
import { system } from "./system.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"];

/** The absolute path of a Chromium on this machine, or undefined. `LAYERBOOK_CHROMIUM` goes before all. */
export function installedChromium() {
  const chosen = process.env.LAYERBOOK_CHROMIUM;
  if (chosen) return chosen;
  for (const name of NAMES) {
    const found = onPath(name);
    if (found) return found;
  }
  return system.browserFiles().find((file) => fs.existsSync(file));
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
