#!/bin/sh
# Installs the hub on this machine: one folder (PREFIX), nothing of the system's Python or Node is touched. Safe to run again.
# Usage, as root:  sh deploy/jupyterhub/install.sh [WHEEL]      WHEEL: what `npm run wheel` made (default: made now)
#   LAYERBOOK_HUB_PREFIX  default /opt/layerbook      LAYERBOOK_PYTHON  default python3 (3.11 or newer, with venv)
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
prefix=${LAYERBOOK_HUB_PREFIX:-/opt/layerbook}
proxy=5.3.0 # configurable-http-proxy

mkdir -p "$prefix/bases" "$prefix/snapshots"
wheel=${1:-}
if [ -z "$wheel" ]; then
  (cd "$root" && npm run --silent wheel -- --out "$prefix/wheel")
  wheel=$(ls -t "$prefix"/wheel/layerbook-*.whl | head -n 1)
fi

[ -x "$prefix/venv/bin/python" ] || "${LAYERBOOK_PYTHON:-python3}" -m venv "$prefix/venv"
python=$prefix/venv/bin/python
"$python" -m pip install --quiet --no-input --disable-pip-version-check -r "$here/requirements.txt"
"$python" -m pip install --quiet --no-input --disable-pip-version-check --no-deps --force-reinstall "$wheel"
npm install --prefix "$prefix/proxy" --engine-strict=false --no-audit --no-fund --loglevel=error "configurable-http-proxy@$proxy"

# The TypeScript compiler as snapshots, once for all learners: they may read them, not write.
rm -f "$prefix"/snapshots/*.blob
"$python" -m layerbook.snapshots "$prefix/snapshots"
chmod 755 "$prefix/snapshots" "$prefix/bases"
cp "$here/jupyterhub_config.py" "$prefix/jupyterhub_config.py"
echo "설치했습니다 (installed): $prefix"

if [ -d /run/systemd/system ]; then
  [ -e /etc/layerbook-hub.env ] || install -m 600 "$here/layerbook-hub.env" /etc/layerbook-hub.env
  sed "s#/opt/layerbook#$prefix#g" "$here/layerbook-hub.service" > /etc/systemd/system/layerbook-hub.service
  systemctl daemon-reload
  echo "/etc/layerbook-hub.env를 고치고 (edit it, then):  systemctl enable --now layerbook-hub"
fi
