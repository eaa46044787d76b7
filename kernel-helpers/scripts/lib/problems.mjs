// Turns what machines say (error codes, output of npm and pip) into problems that name the way out.
import fs from "node:fs";
import path from "node:path";
import { Problem } from "./say.mjs";
import { ENV_DIR, ROOT, shown } from "./paths.mjs";
import { system } from "./system.mjs";

/** No room left, or no quota. */
export function diskFull(where = ROOT) {
  return new Problem("LB_DISK_FULL", {
    ko: { what: "디스크에 빈자리가 없습니다.", why: `${where} 아래에 약 1 GB를 씁니다.` },
    en: { what: "The disk is full.", why: `About 1 GB is written under ${where}.` },
    fix: system.makeRoom(where),
  });
}

/** A folder of another owner, or a read-only disk. */
export function readOnly(where) {
  return new Problem("LB_READ_ONLY", {
    ko: {
      what: `${where}에 쓸 수 없습니다.`,
      why: "설치한 것과 공부한 것을 이 폴더 안에 둡니다. 폴더가 읽기 전용이거나 다른 사용자의 것입니다.",
    },
    en: {
      what: `${where} cannot be written.`,
      why: "What is installed and what you learn is kept in this folder; it is read-only or belongs to somebody else.",
    },
    fix: [system.own(where), "npm start -- --dir <쓸 수 있는 폴더 · a folder you can write>"],
  });
}

/** A registry could not be reached; *what* was to be fetched. */
export function noNetwork(what) {
  return new Problem("LB_NO_NETWORK", {
    ko: {
      what: `네트워크가 없어 ${what}을(를) 받지 못했습니다.`,
      why: "처음 한 번은 npm과 PyPI에서 꾸러미를 받아야 합니다. 그다음부터는 네트워크 없이 됩니다.",
    },
    en: {
      what: `No network: ${what} could not be fetched.`,
      why: "The first start fetches packages from npm and PyPI. Later starts need no network.",
    },
    fix: [
      "npm ping",
      "npm config set proxy http://HOST:PORT && npm config set https-proxy http://HOST:PORT   (회사·학교 프록시 · behind a proxy)",
      "npm start",
    ],
  });
}

/** Something that is no folder, or below something that is none. */
export function badFolder(where, detail) {
  return new Problem("LB_BAD_FOLDER", {
    ko: {
      what: `${where}을(를) 폴더로 쓸 수 없습니다.`,
      why: `수업과 공부한 것을 둘 폴더여야 합니다. (${detail})`,
    },
    en: {
      what: `${where} cannot be used as a folder.`,
      why: `Lessons and your work are kept there. (${detail})`,
    },
    fix: [
      "npm start   (learn/에 둡니다 · keeps them in learn/)",
      "npm start -- --dir <다른 폴더 · another folder>",
    ],
  });
}

/** Makes the learner's folder and tries to write in it: better told now than after minutes of installing. */
export function ensureWritable(folder) {
  const probe = path.join(folder, `.layerbook-write-${process.pid}`);
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(probe, "");
    fs.rmSync(probe);
  } catch (error) {
    if (["EACCES", "EROFS", "EPERM"].includes(error.code)) throw readOnly(folder);
    if (["ENOSPC", "EDQUOT"].includes(error.code)) throw diskFull(folder);
    throw badFolder(folder, error.code);
  }
}

const NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|NewConnectionError|\(from versions: none\)|Temporary failure in name resolution|Name or service not known|Network is unreachable|ProxyError|Max retries exceeded|network timeout|getaddrinfo/i;
const DISK = /ENOSPC|No space left on device|not enough space|EDQUOT|Disk quota exceeded/i;
const ACCESS = /EACCES|EROFS|EPERM|Permission denied|Read-only file system|Access is denied/i;

/** What went wrong in the output of a package manager, as a problem; *what* names what was being fetched, *log* keeps all output. */
export function installProblem(what, output, log) {
  if (DISK.test(output)) return diskFull();
  if (ACCESS.test(output)) return readOnly(ROOT);
  if (NETWORK.test(output)) return noNetwork(what);
  const last = output.trim().split("\n").at(-1) ?? "";
  return new Problem("LB_INSTALL_FAILED", {
    ko: { what: `${what} 설치가 실패했습니다.`, why: `마지막 말: ${last}` },
    en: { what: `Installing ${what} failed.`, why: `It said last: ${last}` },
    fix: [system.show(shown(log)), "npm start -- --uninstall && npm start"],
  });
}

/** Any thrown value as a problem: file system errors by their code, the rest as an internal error with the place to report it. */
export function asProblem(error) {
  if (error instanceof Problem) return error;
  const code = error?.code;
  const where = error?.path ?? ROOT;
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull();
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") return readOnly(where);
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" || code?.startsWith?.("ERR_PARSE_ARGS")) {
    const problem = new Problem("LB_USAGE", {
      ko: {
        what: `쓸 수 없는 옵션입니다: ${error.message.split(".")[0]}.`,
        why: "이 이름의 옵션이 없거나 값이 빠졌습니다.",
      },
      en: {
        what: `Wrong usage: ${error.message.split(".")[0]}.`,
        why: "There is no such option, or its value is missing.",
      },
      fix: ["npm start -- --help"],
    });
    problem.exitCode = 2;
    return problem;
  }
  return new Problem("LB_INTERNAL", {
    ko: {
      what: `뜻밖의 오류: ${error?.message ?? error}`,
      why: "레이어북의 잘못입니다. 아래처럼 다시 하면 자세한 곳이 나옵니다.",
    },
    en: {
      what: `Unexpected error: ${error?.message ?? error}`,
      why: "This is a fault of Layerbook. Run it again as below to see where.",
    },
    fix: [
      system.withVariable("LAYERBOOK_DEBUG", "1", "npm start"),
      `npm start -- --uninstall && npm start   (${shown(ENV_DIR)}, node_modules, dist를 새로 만듭니다 · makes them anew; learn/은 그대로 · learn/ is kept)`,
    ],
  });
}
