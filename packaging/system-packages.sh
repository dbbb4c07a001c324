#!/bin/bash
# Installs the system packages that are missing (Debian, Ubuntu).
#   system-packages.sh GROUP ...      groups: runtime, headless, tests, fonts
#   system-packages.sh --offer fonts  only says how to install them
# Exit code 4: something is missing and this is not root; the line that installs it was printed.
set -euo pipefail

# Qt on a real X window; PortAudio and its way to PulseAudio or PipeWire
runtime="libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0
  libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1
  libxkbcommon-x11-0 libx11-xcb1 libportaudio2 libasound2-plugins"
# a desktop and a sound card without hardware
headless="xvfb x11-utils openbox imagemagick at-spi2-core dbus libglib2.0-bin pulseaudio pulseaudio-utils fonts-inter"
# keys and clicks, tray, what a screen reader reads, the keyring
tests="xdotool trayer gnome-keyring python3-pyatspi"
# Chinese, Japanese, Korean; Thai, Hindi, Arabic and most other scripts; emoji. Without them these are shown as boxes
fonts="fonts-noto-cjk fonts-noto-core fonts-noto-color-emoji"

offer=
[ "${1:-}" = --offer ] && offer=1 && shift

if ! command -v dpkg-query >/dev/null; then
  [ "$(uname)" = Linux ] && echo "Not Debian or Ubuntu: if the window or the sound does not start, install what belongs to" $runtime >&2
  exit 0
fi

# Names of what is installed, and what those packages stand for (libglib2.0-0t64 provides libglib2.0-0)
installed=" $(dpkg-query -W -f '${db:Status-Abbrev}|${Package} ${Provides}\n' | sed -n 's/^ii *|//p' | tr -s ' ,\n' ' ') "
missing=()
for group in "$@"; do
  for package in ${!group}; do
    [[ $installed == *" $package "* ]] || missing+=("$package")
  done
done
if [ -n "$offer" ]; then
  [ ${#missing[@]} = 0 ] || printf 'Chinese, Japanese, Korean, Thai, Hindi, Arabic and emoji may be shown as boxes. For fonts that have them:\n\n  packaging/system-packages.sh %s\n\n' "$*"
  exit 0
fi
if [ ! -x .venv/bin/python ] && ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
  missing+=("$("$PYTHON" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')")
fi
[ ${#missing[@]} = 0 ] && exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" != 0 ]; then
  printf 'System packages are missing. Install them with\n\n  sudo apt-get update && sudo %s\n\nand start again.\n' "$install" >&2
  exit 4
fi
echo "Installing system packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
$install -qq
