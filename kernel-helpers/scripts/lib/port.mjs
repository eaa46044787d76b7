// Ports of 127.0.0.1: whether one is free, and which one a start without `--port` takes.
import net from "node:net";
import { Problem } from "./say.mjs";
import { system } from "./system.mjs";

/** Where the search for a free port begins. */
export const FIRST_PORT = 8888;
const TRIES = 50;

/** Whether a server may listen on `port` of 127.0.0.1. */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(true)));
  });
}

/** *wanted* if given and free (a problem if taken), else the first free one from 8888 on. */
export async function choosePort(wanted) {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new Problem("LB_PORT_TAKEN", {
      ko: {
        what: `포트 ${wanted}을(를) 쓸 수 없습니다.`,
        why: "다른 프로그램이 이미 쓰고 있거나 허락되지 않은 번호입니다.",
      },
      en: {
        what: `Port ${wanted} cannot be used.`,
        why: "Another program listens on it, or it needs more rights.",
      },
      fix: [`npm start -- --port ${await choosePort()}`, system.whoHas(wanted)],
    });
  }
  for (let port = FIRST_PORT; port < FIRST_PORT + TRIES; port++) if (await isFree(port)) return port;
  throw new Problem("LB_PORT_TAKEN", {
    ko: {
      what: `포트 ${FIRST_PORT}–${FIRST_PORT + TRIES - 1}이 모두 쓰이고 있습니다.`,
      why: "JupyterLab이 들을 포트가 하나 있어야 합니다.",
    },
    en: {
      what: `Ports ${FIRST_PORT}–${FIRST_PORT + TRIES - 1} are all taken.`,
      why: "JupyterLab needs one port to listen on.",
    },
    fix: ["npm start -- --port 18888"],
  });
}
