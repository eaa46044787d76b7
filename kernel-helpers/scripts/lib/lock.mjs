// One set-up at a time: two starts (or a start and a test run) in one folder wait for each other instead of mixing their files.
import fs from "node:fs";
import path from "node:path";
import { ENV_DIR } from "./paths.mjs";
import { say } from "./say.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Takes the lock file, or answers the process number of who has it. A lock whose owner is gone is taken over. */
function take(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    fs.writeFileSync(file, String(process.pid), { flag: "wx" });
    return undefined;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const owner = Number(fs.readFileSync(file, "utf8"));
  if (owner && owner !== process.pid && alive(owner)) return owner;
  fs.rmSync(file, { force: true }); // left behind by a killed run
  return take(file);
}

/** Runs *work* while holding the lock *name*; the lock of a killed run is no hindrance. */
export async function withLock(name, work) {
  const file = path.join(ENV_DIR, `${name}.lock`);
  for (let told = false; ;) {
    const owner = take(file);
    if (owner === undefined) break;
    if (!told)
      say(
        `… 다른 설치(프로세스 ${owner})가 끝나기를 기다립니다`,
        `waiting for another set-up (process ${owner})`,
      );
    told = true;
    await sleep(300);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}
