"""Names of files that must not reach the file system at all. Pure, and the same on every platform.

On Windows, just looking whether a path on a server exists sends the person's password hash to that server, and names of
devices (`NUL`, `COM1`), streams (`x.txt:hidden`) and drives mean something else than a file in a folder.
"""

import re

_LONGEST = 1000
_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/])")
_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])( *\..*| *)", re.IGNORECASE
)
_SCHEME = re.compile(r"(file|data|smb):|[A-Za-z][A-Za-z0-9+.-]+:[\\/]", re.IGNORECASE)


def refusal(name: str) -> str:
    """Why it must not be looked for: a sentence; "" for an ordinary name, absolute or not. Spaces around it were taken
    away."""
    if not name or len(name) > _LONGEST or any(ord(sign) < 32 or "\ud800" <= sign <= "\udfff" for sign in name):
        return "That is no name of a file."
    if name[0] in "\\/" and name[1:2] in ("\\", "/", "?"):
        return "Files on other computers and devices are not read by their address. Name a file in a shared folder."
    if _SCHEME.match(name):
        return "That is an address, no name of a file. Name a file in a shared folder."
    path = name[2:] if _DRIVE.match(name) else name
    if ":" in path:
        return "Names with a colon in them are not read: on some systems they lead to something hidden."
    parts = re.split(r"[\\/]", path)
    if any(_DEVICES.fullmatch(part) for part in parts):
        return "That is the name of a device, no name of a file."
    if any(part[-1:] in (".", " ") and part not in (".", "..") for part in parts):
        return "Names that end with a dot or a space are not read: on some systems they lead to another file."
    return ""
