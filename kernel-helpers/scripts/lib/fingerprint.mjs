// Fingerprints of files and folders, by which the scripts know what has changed since they last did something.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** All files below `folder` (paths relative to it, with `/`, sorted) that *keep* accepts. */
export function filesBelow(folder, keep = () => true) {
  const found = [];
  const walk = (relative) => {
    for (const entry of fs.readdirSync(path.join(folder, relative), { withFileTypes: true })) {
      const name = relative ? `${relative}/${entry.name}` : entry.name;
      if (entry.isDirectory()) walk(name);
      else if (keep(name)) found.push(name);
    }
  };
  if (fs.existsSync(folder)) walk("");
  return found.sort();
}

/** SHA-256 over names and contents of `files` (absolute paths); an absent file counts as such. */
export function fingerprint(files, ...more) {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${path.basename(file)}\0`);
    hash.update(fs.existsSync(file) ? fs.readFileSync(file) : "absent");
    hash.update("\0");
  }
  for (const text of more) hash.update(`${text}\0`);
  return hash.digest("hex");
}

/** The text of a stamp file, or undefined. */
export function readStamp(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
