#!/bin/sh
# Writes the lessons of this checkout as the next commit of the branch `lessons`: what nbgitpuller brings to learners, and nothing else.
# Usage, anywhere in the repository:  sh deploy/jupyterhub/publish-lessons.sh [BRANCH]   then   git push origin lessons
set -eu
branch=${1:-lessons}
cd "$(git rev-parse --show-toplevel)"

index=$(mktemp)
trap 'rm -f "$index"' EXIT
rm "$index" # git wants to make it itself
export GIT_INDEX_FILE="$index"
git read-tree HEAD:notebooks
# `-merge`: a file that both the learner and the lesson changed stays wholly the learner's. Merged by lines, a notebook's JSON could break.
attributes=$(printf '* -merge\n' | git hash-object -w --stdin)
ignored=$(printf '.layerbook/\n.ipynb_checkpoints/\n' | git hash-object -w --stdin)
git update-index --add --cacheinfo "100644,$attributes,.gitattributes" --cacheinfo "100644,$ignored,.gitignore"
tree=$(git write-tree)

last=$(git rev-parse --verify --quiet "refs/heads/$branch" || true)
if [ -n "$last" ] && [ "$(git rev-parse "$last^{tree}")" = "$tree" ]; then
  echo "$branch: 바뀐 것이 없습니다 (nothing new)"
  exit 0
fi
commit=$(git commit-tree "$tree" ${last:+-p "$last"} -m "수업 $(git rev-parse --short HEAD)")
git update-ref "refs/heads/$branch" "$commit" ${last:+"$last"}
echo "$branch: $(git rev-parse --short "$commit")"
