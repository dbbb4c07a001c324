#!/bin/bash
# Set-up: system packages, .venv, locked dependencies, and the program itself (editable). Done before: under a second.
#   install.sh runtime [headless]     what the program needs
#   install.sh development            and what tests, checks and benchmarks need
# Exit code 4: a system package is missing and this is not root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PYTHON=${PYTHON:-$(packaging/find_python.sh)}
[ -n "$PYTHON" ] || exit 4

case "$1" in
  runtime) groups=("$@"); lock=packaging/requirements.txt ;;
  development) groups=(runtime headless tests); lock=packaging/requirements-dev.txt ;;
  *) echo "install.sh runtime [headless] | development" >&2; exit 2 ;;
esac
packaging/system-packages.sh "${groups[@]}"

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  "$PYTHON" -m venv --clear .venv
fi
stamp=.venv/.voicegui-$1
state=$(cat "$lock" pyproject.toml tests/node/package-lock.json 2>/dev/null | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then
  [ "$1" = development ] || packaging/link.sh
  exit 0
fi
.venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r "$lock"
# without isolation: the build tools come from the lock too
.venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
if [ "$1" = development ]; then  # clients of others that the server is tried with; Node itself comes from the lock, too
  PATH=$PWD/.venv/bin:$PATH npm ci --prefix tests/node --loglevel error
fi
packaging/system-packages.sh --offer fonts
echo "$state" > "$stamp"
[ "$1" = development ] || packaging/link.sh
