"""Keys of services: what they are, where they are kept, and what a window may say about them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Never, Protocol
from urllib.parse import urlsplit

from .errors import ErrorCode, VoiceError


class KeyPlace(StrEnum):
    """Where a key is. What was entered wins over the environment: it is the later and the more deliberate choice."""

    KEYRING = "keyring"
    MEMORY = "memory"
    """Entered while no keyring was usable: gone when the program ends."""
    ENVIRONMENT = "environment"


class Secret:
    """A text that shows itself to nobody who does not ask by `reveal`: not to logs, tracebacks, pickles, f-strings."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. For the request that needs it, never for a message."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("a secret is neither pickled nor sent to another process")


def checked_key(text: str, source: str = "The key") -> Secret:
    """The key in what somebody typed or pasted, without what surrounds it. `source` begins the sentence if it is none.

    Raises VoiceError(BAD_KEY) when it cannot be one: a key travels in an HTTP header, which holds visible ASCII.
    """
    key = text.strip()
    if not key:
        raise VoiceError(ErrorCode.BAD_KEY, f"{source} is empty. Paste the whole key.")
    if not all("!" <= letter <= "~" for letter in key):
        message = (
            f"{source} contains a space, a line break or a letter that no key has. Copy it again, nothing else with it."
        )
        raise VoiceError(ErrorCode.BAD_KEY, message)
    return Secret(key)


def check_way(url: str, unencrypted: Collection[str] = ()) -> None:
    """The one place that decides where a key may go: encrypted, to this machine, or to a server that the user has
    named (`unencrypted`: its host and, if the address has one, its port).

    Raises VoiceError(NOT_SECURE): anybody on the way could read it. Nothing of the address but its host is told.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    named = f"[{host}]" if ":" in host else host
    named = f"{named}:{port}" if port else named
    if host and (parts.scheme in ("https", "wss") or _is_here(host)):
        return
    if host and parts.scheme in ("http", "ws") and named in unencrypted:
        return
    raise VoiceError(
        ErrorCode.NOT_SECURE,
        "the address begins with http://, so anybody on the way could read it. Use https://, or, if you trust the "
        "network, add the server to the setting “Servers without encryption” "
        f'(unencrypted_servers = "{named}").',
        heading=f"Your key was not sent to {named or 'the server'}",
        hint="Settings, Services, Servers without encryption",
    )


def named_servers(setting: str) -> frozenset[str]:
    """What `check_way` takes, from the setting `unencrypted_servers`."""
    return frozenset(name.strip().lower() for name in setting.split(",") if name.strip())


def _is_here(host: str) -> bool:
    """Names below localhost do not count: who answers to them is up to a name server."""
    try:
        ip = ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).is_loopback


@dataclass(frozen=True, slots=True)
class KeyState:
    """What may be shown about the key of a service; never the key."""

    service: str
    """Name of the service: "openai", "groq"."""
    place: KeyPlace | None
    """None: there is no key."""
    detail: str
    """For a person: "In the keyring", "From OPENAI_API_KEY", "Only for this session", "No key"."""


class Keys(Protocol):
    """Keeps one key for each service. All methods may take seconds: a keyring may ask the user to unlock it."""

    async def get(self, service: str) -> Secret | None:
        """The key to use, None if there is none. Raises VoiceError(BAD_KEY) if what is kept cannot be a key."""

    async def set(self, service: str, key: Secret) -> KeyState:
        """Keeps the key in place of any other, and says where. Without a usable keyring that is this session's memory.

        Raises VoiceError(BAD_KEY); what was kept before then stays.
        """

    async def delete(self, service: str) -> KeyState:
        """Forgets what was entered, and says what remains: a key in the environment does.

        Raises VoiceError(KEYRING_FAILED) if a keyring that may hold one could not be asked.
        """

    async def state(self, service: str) -> KeyState:
        """Raises nothing."""

    def notice(self) -> str:
        """A sentence for the window while the keyring is not usable, else "". Known after the first of the others."""
