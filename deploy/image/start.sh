#!/bin/sh
# Starts what the place asks for: a command that was given, a hub's single-user server, or JupyterLab by itself.
set -eu

# A volume over the home hides what the image put there: the lessons come from the package. What was edited stays as it is.
if [ "${LAYERBOOK_LESSONS_AT_START:-yes}" = yes ] && [ ! -d "$HOME/layerbook/.git" ]; then
  layerbook lessons "$HOME/layerbook" > /dev/null || echo "수업을 놓지 못했습니다 (the lessons could not be placed): $HOME/layerbook" >&2
fi

[ "$#" -eq 0 ] || exec "$@"
[ -z "${JUPYTERHUB_API_TOKEN:-}" ] || exec jupyterhub-singleuser
exec jupyter lab --ip=0.0.0.0 --port=8888 --no-browser
