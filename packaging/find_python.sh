#!/bin/bash
# Prints the first Python on the PATH that is 3.11 or later.
for name in python3 python3.13 python3.12 python3.11 python3.14; do
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$name"
    exit 0
  fi
done
echo "voicegui needs Python 3.11 or later: apt-get install python3" >&2
exit 4
