"""Lists in one text, changed here and in the file at the same time: what each side did counts. Pure."""

from collections.abc import Mapping

_BETWEEN: Mapping[str, str] = {
    "tool_permissions": ",",
    "shared_folders": "\n",
    "unencrypted_servers": ",",
    "keywords": ",",
    "languages": ",",
}


def merged(name: str, before: str, here: str, there: str) -> str:
    """`before`: what this program had; `here`: what it has made of that; `there`: what the file says by now. What was
    taken away on one side does not come back from the other. Where both changed the same entry it is as it is here."""
    between = _BETWEEN.get(name)
    if between is None or there == before:
        return here
    old, ours, theirs = (_entries(text, between) for text in (before, here, there))
    found = {key: ours.get(key, []) if ours.get(key) != old.get(key) else theirs.get(key, []) for key in theirs | ours}
    joint = f"{between} " if between == "," else between
    return joint.join(entry for entries in found.values() for entry in entries)


def _entries(text: str, between: str) -> dict[str, list[str]]:
    """By what they are about: the tool of a permission, else all of an entry. The same may be there twice."""
    found: dict[str, list[str]] = {}
    for entry in filter(None, (part.strip() for part in text.split(between))):
        found.setdefault(entry.partition("=")[0].strip() if between == "," else entry, []).append(entry)
    return found
