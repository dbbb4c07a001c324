"""Voices as a person calls them. Services and models name them "heart", "af_bella" or "marin"."""

import re

_HERE = {"heart": "af", "emma": "bf", "fenrir": "am", "fable": "bm", "kore": "af"}
"""Those of this machine, by the first letters that Kokoro gives them."""
_ACCENTS = {
    "a": "American", "b": "British", "e": "Spanish", "f": "French", "h": "Hindi", "i": "Italian", "j": "Japanese",
    "p": "Brazilian", "z": "Chinese",
}  # fmt: skip
_PEOPLE = {"f": "woman", "m": "man"}
_KOKORO = re.compile(r"([abefhijpz][fm])_([a-z]+)")
_PLAIN = re.compile(r"[a-z]{2,20}")


def voice_label(service: str, name: str) -> str:
    """ "Heart, American woman"; with a capital letter where nothing more is known; as it is where it is no name."""
    if service == "local" and name in _HERE:
        return _described(name, _HERE[name])
    if kokoro := _KOKORO.fullmatch(name):
        return _described(kokoro[2], kokoro[1])
    return name.capitalize() if _PLAIN.fullmatch(name) else name


def _described(name: str, kind: str) -> str:
    return f"{name.capitalize()}, {_ACCENTS[kind[0]]} {_PEOPLE[kind[1]]}"
