#!/bin/bash
# Installs what is missing and starts the program: the window, or without a display the same program on a virtual one.
# Exits with the program's code: 0, 3 no speech heard, 4 set-up or engine failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" != Linux ]; then
  packaging/install.sh runtime
  exec .venv/bin/voicegui "$@"
fi
packaging/install.sh runtime headless
echo "No display: on a virtual desktop with a virtual microphone and speaker."
VIRTUAL_SOUND=1 exec tests/virtual_desktop.sh .venv/bin/python packaging/headless_turn.py "$@"
