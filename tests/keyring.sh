#!/bin/bash
# Runs COMMAND in a private session with a bus and a HOME of its own, and with a real Secret Service (gnome-keyring).
#   keyring.sh COMMAND [ARG ...]
# KEYRING=locked: the service runs and nobody ever unlocked it. KEYRING=none: a bus without the service.
# Inside: KEYRING_DAEMON is its process id.
# Needs: gnome-keyring dbus
folder=$(mktemp -d)
export HOME=$folder XDG_DATA_HOME=$folder/data XDG_CONFIG_HOME=$folder/config XDG_RUNTIME_DIR=$folder/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY PYTHON_KEYRING_BACKEND
# The bus starts nothing by itself: what there is, is what is started here
cat > "$folder/bus.conf" <<CONF
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=$XDG_RUNTIME_DIR</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
CONF
dbus-run-session --config-file="$folder/bus.conf" -- bash -c '
  case "${KEYRING:-unlocked}" in
    unlocked) daemon=$(echo -n secret | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 & echo $!) ;;
    locked) daemon=$(gnome-keyring-daemon --components=secrets --foreground >/dev/null 2>&1 & echo $!) ;;
  esac
  export KEYRING_DAEMON=$daemon
  for _ in $(seq 50); do
    [ -z "$daemon" ] || gdbus call --session --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus \
      --method org.freedesktop.DBus.NameHasOwner org.freedesktop.secrets 2>/dev/null | grep -q true && break
    sleep .1
  done
  "$@"; code=$?
  [ -z "$daemon" ] || kill -s KILL "$daemon"
  exit $code' _ "$@"
code=$?
rm -rf "$folder"
exit $code
