"""A key that is planted where keys come from, and looked for where none may go."""

import base64
import secrets
from pathlib import Path
from urllib.parse import quote

PLANTED = "sk-planted-" + secrets.token_hex(16)
"""New in every run, so that no file of another run holds it."""


def found_in(content: bytes, key: str = PLANTED) -> list[str]:
    """The forms in which a key stands in some bytes: as it is, cut, in UTF-16, quoted for a URL, in base64."""
    body = key.removeprefix("sk-planted-")
    forms = {
        "as it is": key.encode(),
        "its end": body[len(body) // 2 :].encode(),
        "its beginning": key[: len(key) * 2 // 3].encode(),
        "UTF-16": body.encode("utf-16-le"),
        "URL": quote(key, safe="").encode(),
        "hex": body.encode().hex().encode(),
    }
    for shift in range(3):  # base64 looks different at each place of three
        encoded = base64.b64encode(b"\0" * shift + body.encode())
        forms[f"base64 + {shift}"] = encoded[4:-4]
    return [name for name, form in forms.items() if form in content]


def assert_nowhere(folder: Path, *texts: str, key: str = PLANTED) -> None:
    """Nowhere in the folder, names of files included, and in none of the texts (what a program printed)."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert files, f"nothing was written to {folder}"
    leaks = {str(path): forms for path in files if (forms := found_in(path.read_bytes() + path.name.encode(), key))}
    leaks |= {f"text {at}": forms for at, text in enumerate(texts) if (forms := found_in(text.encode(), key))}
    assert not leaks, leaks
