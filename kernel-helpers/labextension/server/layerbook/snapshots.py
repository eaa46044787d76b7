"""`python -m layerbook.snapshots FOLDER`: compiles the kernel's compiler once for all accounts of a machine, which then start with LAYERBOOK_SNAPSHOT_DIR=FOLDER."""

import os
import subprocess
import sys
from pathlib import Path

from . import APP, find_node


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m layerbook.snapshots FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    package = APP / "kernel-helpers"
    program = package / "dist/kernel/typescript/make-snapshots.js"
    environment = {**os.environ, "LAYERBOOK_SNAPSHOT_DIR": str(folder)}
    environment.pop("LAYERBOOK_SNAPSHOT", None)
    subprocess.run([find_node(), str(program), str(package)], env=environment, check=True)
    made = sorted(folder.glob("*.blob"))
    if not made:
        raise SystemExit(f"{folder}에 스냅숏을 만들지 못했습니다 (no snapshot could be made there)")
    for blob in made:
        blob.chmod(0o644)


if __name__ == "__main__":
    main()
