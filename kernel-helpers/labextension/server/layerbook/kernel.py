"""The kernel: `python -m layerbook.kernel CONNECTION_FILE`, as the kernelspec starts it."""

import sys

from . import APP, become

if __name__ == "__main__":
    become(["--max-semi-space-size=4", str(APP / "kernel-helpers/dist/kernel/main.js"), *sys.argv[1:]])
