"""Keys of services: what they are, where they are kept, and what a window may say about them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Never, Protocol
from urllib.parse import urlsplit

from .errors import ErrorCode, VoiceError
from .wording import Sentence, sentence


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


THE_KEY = sentence("The key")


def checked_key(text: str, source: Sentence | str = THE_KEY) -> Secret:
    """The key in what somebody typed or pasted, without what surrounds it. `source` begins the sentence if it is none.

    Raises VoiceError(BAD_KEY) when it cannot be one: a key travels in an HTTP header, which holds visible ASCII.
    """
    key = text.strip()
    if not key:
        raise VoiceError(ErrorCode.BAD_KEY, sentence("{key} is empty. Paste the whole key.", key=source))
    if not all("!" <= letter <= "~" for letter in key):
        unusable = sentence(
            "{key} contains a space, a line break or a letter that no key has. Copy it again, nothing else with it.",
            key=source,
        )
        raise VoiceError(ErrorCode.BAD_KEY, unusable)
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
        sentence(
            "the address begins with http://, so anybody on the way could read it. Use https://, or, if you trust the "
            'network, add the server to the setting “Servers without encryption” (unencrypted_servers = "{server}").',
            server=named,
        ),
        heading=sentence("Your key was not sent to {server}", server=named or sentence("the server")),
        hint=sentence("Settings, Services, Servers without encryption"),
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


# ---------------------------------------------------------------- redaction
# Takes out of a text whatever looks like a key. The last net under code that should never have put one there.

REDACTED = "[key]"

_PREFIXES = (
    "sk-",  # OpenAI, Anthropic, OpenRouter, DeepSeek, LM Studio
    "sk_", "sess-", "ek_", "gsk_", "xai-", "nvapi-", "pplx-", "tvly-", "AIza", "ya29.", "GOCSPX-",
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "dop_v1_", "shpat_", "whsec_",
    "xoxa-", "xoxb-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-", "lin_api_", "figd_", "dckr_pat_",
)  # fmt: skip
"""With which keys of known services begin."""

_COMMON_PREFIXES = (
    "hf_",
    "npm_",
    "pypi-",
    "pk_",
    "rk_",
    "r8_",
    "fw_",
    "csk-",
    "jina_",
    "ntn_",
    "secret_",
    "SG.",
    "1//",
)
"""With which other words begin, too: a key has digits."""

_NAMES = (
    r"api[_ -]?key|apikey|access[_-]?key(?:[_-]?id)?|secret[_-]?access[_-]?key|account[_-]?key"
    r"|shared[_-]?access[_-]?key"
    r"|subscription[_-]?key|private[_-]?key|signing[_-]?key|auth[_-]?key|secret[_-]?key|functions[_-]?key|encryption[_-]?key"
    r"|(?:token|passcode)|client[_-]?secret|secret|password|passwd|passphrase|pwd|credentials?|signature|(?<![a-z])sig"
    r"|session[_-]?id|authorization|x-auth"
)
"""With which names of keys end."""

_TOKEN = r"[A-Za-z0-9_*-]"
_FORMS = (
    # A private key; one that was cut off reaches to the end
    r"-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END[ A-Z0-9]{0,40}-----|\Z)",
    # JSON Web Token: parts of encoded JSON
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]+)*",
    # services also quote the beginning and the end of a wrong key: sk-ab********yz
    rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, _PREFIXES))}){_TOKEN}{{8,}}(?:[./+]{_TOKEN}+)*=*",
    rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, _COMMON_PREFIXES))})(?=[A-Za-z_-]{{0,40}}[0-9])"
    rf"{_TOKEN}{{8,}}(?:\.{_TOKEN}+)*",
    r"(?<![A-Za-z0-9])hf_[A-Za-z]{24,}",  # those of this service may have no digits
    r"(?<![A-Za-z0-9])AGE-SECRET-KEY-1[A-Z0-9]{8,}",
    r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|AIDA|AROA)[A-Z0-9]{12,}",
    # Whom an address is for: scheme://name:password@host, scheme://token@host
    r"(?<=://)[^\s/:@\"'<>]{0,200}:[^\s/\"'<>]{1,200}(?=@)",
    r"(?<=://)[^\s/:@?#\"'<>]{0,64}:(?![0-9]{1,5}[/?#])[^\s:@?#\"'<>]{1,200}(?=@[A-Za-z0-9\[])",
    r"(?<=://)[A-Za-z0-9_.~%-]{16,200}(?=@)",
    r"(?<=[?&]key=)[^\s&\"'<>;,]{4,}|(?<=[?&]code=)[^\s&\"'<>;,]{8,}",
    # Cookies: all of them
    r"(?i:(?<=cookie: )|(?<=cookie:)|(?<=cookie=)|(?<=cookie': ')|(?<=cookie\": \")|(?<=cookie\":\")|(?<=cookie', ')"
    r"|(?<=cookie', b'))(?=[^\r\n'\" ;]{0,200}=)[^\r\n'\"]{3,}",
    # What follows the name of a scheme, unless it is a word
    r"(?i:(?<=bearer )|(?<=bearer\+)|(?<=bearer%20)|(?<=bearer:)|(?<=bearer: )|(?<=basic )|(?<=negotiate ))"
    r"(?=[A-Za-z_.~+/=-]{0,200}(?:[0-9=]|[a-z][A-Z])|[A-Za-z]{24})[^\s\"',;&<>]{6,}",
)
_KEY = re.compile("|".join(_FORMS[:-2]))
_HEADER = re.compile("|".join(_FORMS[-2:]))
_HEADER_HINTS = ("cookie", "bearer", "basic", "negotiate")
_NAME_HINTS = ("key", "token", "secret", "pass", "pwd", "credential", "sig", "session", "auth")
"""Without one of these a text needs no closer look, which takes ten times as long."""

_NAMED = re.compile(
    # name=value, name: value, "name": "value", 'name', 'value', \"name\": \"value\", name%3Dvalue, <name>value</
    rf"(?i:{_NAMES})(?P<between>\\?[\"']?(?:\s?[:=,]{{1,2}}>?(?:\s?|\s{{2,40}}(?=[\"']))"
    r"|%3[Dd]|(?:%22)?%3[Aa](?:%22)?|>(?=[^<>\s]{3,}</)))"
    r"(?:b?(?P<escaped>\\)?(?P<quote>[\"']))?(?i:(?:bearer|basic|digest|negotiate|token|apikey|bot)\s)?"
    r"(?P<value>(?!\$\{)(?(escaped)[^\"'\\\r\n]+|(?(quote)(?:\\.|(?!(?P=quote))[^\\\r\n])+|[^\s\"',;&<>()\[\]{}\\]{3,})))"
)
_OPTION = re.compile(rf"(?i:(?<![\w-])(--[a-z_-]{{0,40}}?(?:{_NAMES})\s))[\"']?[^\s\"'-][^\s\"']{{2,}}")
"""--name value"""
_NO_SECRET = frozenset({"none", "null", "true", "false", "nil", "undefined", "bearer", "basic", "invalid", "missing"})


def redacted(text: str) -> str:
    """The text with `[key]` in place of everything that looks like a key: by its form, or by the name before it.

    Takes time in proportion to the length of the text, whatever stands there.
    """
    text, lower = _KEY.sub(REDACTED, text), text.lower()
    if any(hint in lower for hint in _HEADER_HINTS):
        text = _HEADER.sub(REDACTED, text)
    if not any(hint in lower for hint in _NAME_HINTS):
        return text
    return _OPTION.sub(rf"\1{REDACTED}", _NAMED.sub(_without_value, text))


def _without_value(found: re.Match[str]) -> str:
    value = found.group("value")
    if REDACTED in f"[{value}" or value.lower() in _NO_SECRET or (not found.group("quote") and _is_prose(found, value)):
        return found.group()
    return found.group()[: found.start("value") - found.start()] + REDACTED


def _is_prose(found: re.Match[str], value: str) -> bool:
    """ "The token: it has expired", "a secret, they say"."""
    between, word = found.group("between"), value.rstrip(".!?:").replace("'", "").replace("-", "")
    if "," in between:
        return True
    return between.endswith(" ") and word.isalpha() and found.string[found.end() : found.end() + 1] in (" ", ",", ")")
