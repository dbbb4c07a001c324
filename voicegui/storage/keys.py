"""The platform's keyring, where keys of services are kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keyring:
    name: str
    """Of the backend, or of what is wrong with it."""
    usable: bool


def probe_keyring() -> Keyring:
    """Whether keys can be kept here. Blocks up to a second: call it in a thread."""
    import keyring
    from keyring.errors import KeyringError

    try:  # a real read: a keyring that nobody can unlock looks fine until then
        keyring.get_password("voicegui", "probe")
    except KeyringError as error:
        return Keyring(type(error).__name__, usable=False)
    return Keyring(keyring.get_keyring().name, usable=True)
