#!/bin/bash
# Runs COMMAND on a private virtual desktop: Xvfb, session bus, window manager, accessibility bus.
#   virtual_desktop.sh COMMAND [ARG ...]
# Inside: DISPLAY is set; xdotool presses keys; `import -window root shot.png` takes a picture.
# VIRTUAL_SCREEN=1280x800x24 by default. VIRTUAL_SOUND=1 adds the virtual microphone and speaker of virtual_audio.sh.
# Needs: xvfb x11-utils openbox xdotool imagemagick at-spi2-core dbus libglib2.0-bin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ "${VIRTUAL_SOUND:-}" = 1 ]; then
  . "$here/virtual_audio.sh" start || exit 1
fi
folder=$(mktemp -d)
mkfifo "$folder/display"
# Without -noreset the server starts afresh when its last client leaves: whoever connects in that moment is thrown out.
Xvfb -displayfd 3 -screen 0 "${VIRTUAL_SCREEN:-1280x800x24}" -nolisten tcp -noreset 3>"$folder/display" >/dev/null 2>&1 &
xvfb=$!
read -r number < "$folder/display"
export DISPLAY=:$number
unset WAYLAND_DISPLAY QT_QPA_PLATFORM
for _ in $(seq 50); do xdpyinfo >/dev/null 2>&1 && break; sleep .1; done
dbus-run-session -- bash -c '
  /usr/libexec/at-spi-bus-launcher --launch-immediately >/dev/null 2>&1 & a=$!
  openbox >/dev/null 2>&1 & o=$!
  for _ in $(seq 50); do xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q window && break; sleep .1; done
  kill -0 $o 2>/dev/null || { echo "virtual_desktop.sh: openbox did not start" >&2; kill $a; exit 1; }
  gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
    --method org.freedesktop.DBus.Properties.Set org.a11y.Status IsEnabled "<true>" >/dev/null 2>&1
  export QT_ACCESSIBILITY=1 QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1
  "$@"; code=$?
  kill $o $a 2>/dev/null; exit $code' _ "$@"
code=$?
kill "$xvfb" 2>/dev/null
[ -n "${VIRTUAL_AUDIO_DIR:-}" ] && kill "$(cat "$VIRTUAL_AUDIO_DIR/pid")" 2>/dev/null
rm -rf "$folder"
exit $code
