"""What models call the tools of servers: names that are stable, unique, and never those of our own tools."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

_LONGEST = 64
_LONGEST_SOURCE = 20


def source_slug(server: str) -> str:
    """1 to 20 of `[a-z0-9_]`, without two underscores in a row: what its tools' names begin with."""
    slug = re.sub(r"[^a-z0-9]+", "_", server.lower()).strip("_")
    return slug if 0 < len(slug) <= _LONGEST_SOURCE else _hashed(slug, server, _LONGEST_SOURCE)


def model_names(server: str, names: Sequence[str]) -> list[str]:
    """One name for each: `SERVER__TOOL`, `[a-z0-9_]{1,64}`. `names` are different from each other.

    The two underscores keep servers apart from each other and from built-in tools, so that no server can take over what
    a person has allowed another tool. A name that is too long, or would be another's too, ends with digits of its hash:
    it does not depend on the order in which tools are listed.
    """
    prefix = source_slug(server) + "__"
    room = _LONGEST - len(prefix)
    slugs = [re.sub(r"[^a-z0-9_]+", "_", name.lower()) for name in names]
    used = Counter(slugs)

    def model_name(slug: str, name: str) -> str:
        own = slug == name or used[slug] == 1
        return prefix + (slug if own and slug.strip("_") and len(slug) <= room else _hashed(slug, name, room))

    return [model_name(slug, name) for slug, name in zip(slugs, names, strict=True)]


def _hashed(slug: str, name: str, room: int) -> str:
    digits = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{slug[: room - 7].strip('_') or 'x'}_{digits}"
