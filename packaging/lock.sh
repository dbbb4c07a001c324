#!/bin/bash
# Writes the two locks: every platform, every Python from 3.11, with hashes, without the name of a package index.
#   packaging/lock.sh [--upgrade]        Needs uv
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if command -v uv >/dev/null; then uv=(uv); else uv=("${PYTHON:-python3}" -m uv); fi
compile() {
  "${uv[@]}" pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
    --quiet --custom-compile-command "make lock" "$@" pyproject.toml
}
compile "$@" --group build -o packaging/requirements.txt
# the development lock builds on the other: what both name has one version
compile "$@" --constraint packaging/requirements.txt --group build --group dev -o packaging/requirements-dev.txt
