#!/bin/bash
# Makes `voicegui` a command of this user: a link in ~/.local/bin to the one in .venv. Says so when it is new, and what to
# type where that folder is not on the PATH. What somebody else has put there stays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$HOME/.local/bin
link=$folder/voicegui
program=$PWD/.venv/bin/voicegui

if [ "$(readlink "$link" 2>/dev/null)" = "$program" ]; then
  exit 0
fi
if [ -e "$link" ] && [ ! -L "$link" ]; then
  echo "$link is there already and is not a link: it stays. Here the command is $program"
  exit 0
fi
if ! { mkdir -p "$folder" && ln -sfn "$program" "$link"; } 2>/dev/null; then
  echo "$link cannot be made. The command is $program"
  exit 0
fi
case ":$PATH:" in
  *":$folder:"*) echo "The command voicegui is in $folder." ;;
  *) echo "The command voicegui is in $folder, which is not on your PATH. In this terminal type: PATH=\"$folder:\$PATH\"" ;;
esac
