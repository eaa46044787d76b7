"""The command `layerbook`; `layerbook lessons [FOLDER]` puts the lessons into a folder to work in."""

import sys

from . import APP, become

PLACE = """
const { placeLessons } = require(process.argv[1] + "/kernel-helpers/dist/lesson/workspace.js");
const target = require("node:path").resolve(process.argv[2]);
require("node:fs").mkdirSync(target, { recursive: true });
const placed = placeLessons({ source: process.argv[1] + "/notebooks", target });
const count = (what) => placed.filter((file) => file.what === what).length;
console.log(`수업을 놓았습니다: ${target} (새 파일 ${count("new")}, 새 판 ${count("updated")}, 고치신 것 그대로 ${count("kept")})`);
console.log(`JupyterLab에서 여세요 · open it in JupyterLab:  cd "${target}" && jupyter lab`);
"""


def main():
    args = sys.argv[1:]
    if args[:1] == ["lessons"] and len(args) <= 2 and args[1:] not in (["--help"], ["-h"]):
        become(["-e", PLACE, str(APP), args[1] if len(args) == 2 else "learn"])
    become([str(APP / "kernel-helpers/dist/cli/main.js"), *args])


if __name__ == "__main__":
    main()
