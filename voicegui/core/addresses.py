r"""Where an address really leads: its host as programs understand it, whatever it looks like.

The host is read as browsers read it (WHATWG URL): what stands before "@" is no host, "\\" is "/", percent signs and
wide letters are decoded, letters beyond ASCII become "xn--…", and numbers are IPv4 addresses in all their forms.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import islice
from urllib.parse import unquote

from .wording import marked, shown, spoken

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):[/\\]*+")
_CERTAIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[A-Za-z0-9._:\[\]-]++(?:[/?#][!-\[\]-~]*+)?")
"""An address that every program reads in the same way."""
_ADDRESS = re.compile(r"https?:[/\\][^\s\"'<>()]{1,2000}", re.IGNORECASE)
_DROPPED = re.compile(r"[\t\n\r]")
_END = re.compile(r"[/\\?#]")
_IGNORED = re.compile("[\u00ad\u034f\u180b-\u180d\u200b\u2060\ufe00-\ufe0f\ufeff]")
"""Letters that hosts are read without (UTS 46)."""
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\"#%/:<>?@\[\\\]^`{|}]")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_DOTS = str.maketrans({"\u3002": "."})

_LONGEST = 1000
"""Characters of a host that are read at all; names have at most 253."""
_LONGEST_SHOWN = 50
_MOST_WORDS = 100
"""Of the text of a link."""
_AROUND = "()[]{}<>«»“”„‘’\"'`*_~.,;:!?…|→↗➜-–—\u200b\u200c\u200d\u2060\ufeff"
"""What stands around an address in a sentence."""
_NAMED_HOST = re.compile(
    r"(?:[A-Za-z]{2,10}:[/\\]{1,4})?(?:[^\s/\\@:?#]{1,64}(?::[^\s/\\@?#]{0,64})?@)?"
    r"((?:[0-9]{1,3}\.){3}[0-9]{1,3}|[^\s/\\@:?#]{1,253}\.[^\W\d_][^\s/\\@:?#.]{1,62})(?:[/\\:?#]\S*)?"
)
"""With what may stand before and behind the host."""

_OF_NETWORK = tuple(
    map(
        ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"),
    )
)
_NAMES_OF_NETWORK = (".local", ".lan", ".home", ".home.arpa", ".internal")
_SOCKETS = ("unix", "http+unix", "https+unix")


class Reach(StrEnum):
    """How far what is sent to an address goes; in words for a person."""

    HERE = marked("On this machine")
    NETWORK = marked("In your network")
    CLOUD = marked("In the cloud")


def real_host(address: str) -> str:
    """The host in ASCII and small letters, an IP address in its usual form; "" if nobody can connect to it."""
    _, written = _written_host(address)
    if written.startswith("[") and written.endswith("]"):
        return _ipv6(written[1:-1])
    if not written or len(written) > _LONGEST:
        return ""
    host = unicodedata.normalize("NFKC", unquote(written, errors="strict") if _decodable(written) else written)
    host = unicodedata.normalize("NFKC", _IGNORED.sub("", host).lower()).translate(_DOTS)
    if _FORBIDDEN.search(host):
        return ""
    labels = host.removesuffix(".").split(".")
    if not all(labels):
        return ""
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(labels)
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)


def port(address: str) -> str:
    """As it is written, if it is a number other than the usual ones."""
    authority = _authority(address)[1].rpartition("@")[2]
    number = authority.rpartition("]")[2].partition(":")[2]
    return number if number.isascii() and number.isdigit() and number not in ("80", "443") else ""


def reach(address: str) -> Reach:
    """Of a URL. What programs could read in two ways is farther away, never nearer."""
    if _authority(address)[0] in _SOCKETS:
        return Reach.HERE
    if not _CERTAIN.fullmatch(address):
        return Reach.CLOUD
    host = real_host(address)
    if host == "localhost" or host.endswith(".localhost"):
        return Reach.HERE
    try:
        ip = ip_address(host)
    except ValueError:
        near = host and ("." not in host or host.endswith(_NAMES_OF_NETWORK))
        return Reach.NETWORK if near else Reach.CLOUD
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_loopback or ip.is_unspecified:
        return Reach.HERE
    return Reach.NETWORK if any(ip in network for network in _OF_NETWORK) else Reach.CLOUD


def deceives(address: str) -> bool:
    """It looks as if it led elsewhere: letters from other alphabets or encoded ones, something before "@", numbers in
    unusual forms, or more than a person reads to the end."""
    host, (before, written) = real_host(address), _written_host(address)
    plain = written.lower().removesuffix(".")
    same = plain == host or (written.startswith("[") and bool(host))
    return bool(before) or not same or "xn--" in host or len(host) > _LONGEST_SHOWN or "\\" in address


def shown_host(address: str) -> str:
    """The real host to stand on a screen, with a port that is not the usual one; of a long one the end, which says
    whose it is."""
    host, number = real_host(address), port(address)
    if not host:
        return shown("no usable address")
    host = f"[{host}]" if ":" in host else host
    end = f":{number}" if number else ""
    return f"{host if len(host) <= _LONGEST_SHOWN else '…' + host[-_LONGEST_SHOWN:].partition('.')[2]}{end}"


def spoken_host(address: str) -> str:
    """The real host as a voice says it; one that deceives is called unusual."""
    host = real_host(address)
    if not host:
        return spoken("an unusable address")
    number = port(address)
    written = shown_host(address).removeprefix("www.").replace("…", "").removesuffix(f":{number}" if number else "")
    words = written.replace(".", f" {spoken('dot')} ")
    if number:
        words = spoken("{address} port {number}", address=words, number=number)
    return spoken("the unusual address {address}", address=words) if deceives(address) else words


def plain_address(address: str) -> str:
    """The address itself, or of one that deceives what it means: nothing before "@", the real host."""
    host, number = real_host(address), port(address)
    if not host or not deceives(address):
        return address
    scheme, authority = _authority(address)
    text = _DROPPED.sub("", address.strip())
    rest = text[text.find(authority) + len(authority) :].replace("\\", "/")
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{f':{number}' if number else ''}{rest}"


def misleading(text: str, most: int = 3) -> Sequence[str]:
    """Hosts, to be shown, of the addresses in a text that deceive."""
    found = (address for address in _ADDRESS.findall(text) if deceives(address))
    return list(dict.fromkeys(shown_host(address) for address in islice(found, most)))


def differs(label: str, address: str) -> bool:
    """A word in the text of a link reads like an address, of another host than the link's own."""
    real = real_host(address).removeprefix("www.")
    for word in islice(unicodedata.normalize("NFKC", label[: 4 * _LONGEST]).split(), _MOST_WORDS):
        named = _NAMED_HOST.fullmatch(word.strip(_AROUND))
        if named and real_host(f"https://{named[1]}").removeprefix("www.") != real:
            return True
    return False


# ---------------------------------------------------------------- reading


def _authority(address: str) -> tuple[str, str]:
    """Scheme, and what stands between it and the path."""
    text = _DROPPED.sub("", address[: 4 * _LONGEST].strip())
    scheme = _SCHEME.match(text)
    if scheme is None:
        return "", ""
    end = _END.search(text, scheme.end())
    return scheme[1].lower(), text[scheme.end() : end.start() if end else len(text)]


def _written_host(address: str) -> tuple[str, str]:
    """What stands before its last "@", and the host as it is written, without its port."""
    before, _, host = _authority(address)[1].rpartition("@")
    if host.startswith("["):
        return before, host[: host.find("]") + 1]
    return before, host.partition(":")[0]


def _decodable(written: str) -> bool:
    try:
        unquote(written, errors="strict")
    except UnicodeDecodeError:
        return False
    return "%" in written


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text.partition("%")[0]))
    except ValueError:
        return ""


def _ipv4(labels: list[str]) -> str:
    """Of one to four numbers, each decimal, octal ("017") or hexadecimal ("0x7f"); the last one fills up."""
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) and len(label) <= 20 for label in labels):
        return ""
    try:
        numbers = [_number(label) for label in labels]
    except ValueError:
        return ""
    *first, last = numbers
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        return ""
    value = last + sum(number * 256 ** (3 - place) for place, number in enumerate(first))
    return str(IPv4Address(value))


def _number(label: str) -> int:
    if label[:2].lower() == "0x":
        return int(label[2:] or "0", 16)
    return int(label, 8) if len(label) > 1 and label[0] == "0" else int(label)
