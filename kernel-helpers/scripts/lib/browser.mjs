// Opens the learner's browser without putting the token on a command line that other users of the machine could read.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import http from "node:http";
import fs from "node:fs";
import { system } from "./system.mjs";

/**
 * Opens `address`: the browser is given a one-time address of a tiny server here, which sends it on and ends. Answers false when
 * no browser could be started (the printed address then serves).
 */
export function openBrowser(address) {
  return new Promise((resolve) => {
    const ticket = `/${randomBytes(16).toString("hex")}`;
    const server = http.createServer((request, response) => {
      if (request.url !== ticket) return void response.writeHead(404).end();
      response.writeHead(302, { Location: address, "Cache-Control": "no-store" }).end();
      server.close();
    });
    server.on("error", () => resolve(false));
    server.listen(0, "127.0.0.1", () => {
      const [command, ...args] = system.opener({
        wsl: fs.existsSync("/proc/sys/fs/binfmt_misc/WSLInterop"),
      });
      const child = spawn(command, [...args, `http://127.0.0.1:${server.address().port}${ticket}`], {
        detached: true,
        stdio: "ignore",
      });
      child.on("error", () => {
        server.close();
        resolve(false);
      });
      child.on("spawn", () => resolve(true));
      child.unref();
      server.unref();
      setTimeout(() => server.close(), 60_000).unref();
    });
  });
}
