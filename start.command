#!/bin/sh
# Opens Layerbook: double-click in the Finder, or run it in a terminal.
cd "$(dirname "$0")" || exit 1
if ! command -v node >/dev/null 2>&1; then
  # The Finder gives a short PATH: look where the usual installers put Node.
  PATH="$PATH:/opt/homebrew/bin:/usr/local/bin:$HOME/.volta/bin"
fi
if ! command -v node >/dev/null 2>&1; then
  echo "Node.js 20.19 이상이 필요합니다. 설치한 뒤 다시 두 번 누르세요: https://nodejs.org"
  echo "Node.js 20.19 or newer is needed. Install it, then double-click again."
  echo "  brew install node"
  exit 1
fi
exec node kernel-helpers/scripts/start.mjs "$@"
