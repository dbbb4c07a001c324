"""Which requests go through a proxy, by the environment and the network settings of this system."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from voicegui.core.addresses import Reach, reach, real_host
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.wording import sentence

USABLE = ("http", "https", "socks5", "socks5h")

_SECURE = {"http": "http", "ws": "http", "https": "https", "wss": "https"}
_USUAL_PORTS = {"http": 80, "https": 443}
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*):([0-9]{1,5})")


_NAMED = re.compile(r"^([a-z]+://)[A-Za-z0-9._~%!$&*+,;=:-]*@")
"""A name and a password before a host, in letters that every program reads in the same way."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """`addresses`: of proxies by the scheme of what is asked for, as they are written; "all" for every scheme.
    `exceptions`: hosts that are asked directly, as NO_PROXY has them."""

    addresses: Mapping[str, str]
    exceptions: str = ""

    @classmethod
    def of_system(cls) -> Self:
        """Looks up no name, which could take seconds: on Windows and macOS the system's own exceptions do not count."""
        found = getproxies()
        return cls({scheme: found[scheme] for scheme in ("http", "https", "all") if found.get(scheme)},
                   found.get("no", ""))  # fmt: skip

    def of(self, url: str) -> str:
        """The address of the proxy for this URL, with its scheme; "" if it is asked directly.

        Raises VoiceError(BAD_SETTINGS) if a proxy cannot be used, whichever kind of request it is for. Its address is
        not repeated: it may hold a password.
        """
        if self._is_direct(url):
            return ""
        found = {scheme: self._checked(scheme) for scheme in ("http", "https")}
        return found[_SECURE[urlsplit(url).scheme]]

    def concerns(self, url: str) -> bool:
        """Whether it goes to a proxy first."""
        scheme = _SECURE.get(urlsplit(url).scheme, "")
        return bool(self.addresses.get(scheme) or self.addresses.get("all")) and not self._is_direct(url)

    def _is_direct(self, url: str) -> bool:
        scheme = _SECURE.get(urlsplit(url).scheme, "")
        if not scheme or not self.addresses or _needs_no_way(url):
            return True
        host, port = real_host(url), urlsplit(url).port or _USUAL_PORTS[scheme]
        return any(_matches(entry, host, port) for entry in re.split(r"[\s,;]+", self.exceptions.strip()) if entry)

    def _checked(self, scheme: str) -> str:
        name = scheme if self.addresses.get(scheme) else "all"
        address = self.addresses.get(name, "").strip()
        if not address:
            return ""
        address = address if "://" in address else f"http://{address}"
        try:
            parts = urlsplit(address)
            usable = parts.scheme in USABLE and bool(parts.hostname) and parts.port != 0
        except ValueError:
            raise _unusable(name, "") from None
        if not usable or any(letter.isspace() or not letter.isprintable() for letter in address):
            raise _unusable(name, "" if parts.scheme in USABLE else parts.scheme)
        return address


def is_proxied(url: str) -> bool:
    """Whether a request goes to a proxy first, by the settings of now."""
    return Proxies.of_system().concerns(url)


def missing_socks() -> VoiceError:
    heading = sentence("A SOCKS proxy is set, and the package for it is missing. Install it with")
    what = sentence("pip install socksio. Or set HTTPS_PROXY and ALL_PROXY to a proxy for HTTP.")
    return VoiceError(ErrorCode.BAD_SETTINGS, what, heading=heading)


def _unusable(name: str, scheme: str) -> VoiceError:
    heading = _UNKNOWN_SCHEME if scheme.isascii() and scheme.isalnum() else _NO_ADDRESS
    what = sentence("addresses that begin with http://, https://, socks5:// or socks5h:// can be used.")
    filled = heading.filled(variable=f"{name.upper()}_PROXY", scheme=f"{scheme}://")
    return VoiceError(ErrorCode.BAD_SETTINGS, what, heading=filled)


_UNKNOWN_SCHEME = sentence(
    "The address of the proxy in {variable}, or in the network settings of this system, begins with {scheme}. "
    "Correct it"
)
_NO_ADDRESS = sentence(
    "The address of the proxy in {variable}, or in the network settings of this system, makes no sense. Correct it"
)


def _needs_no_way(url: str) -> bool:
    """This machine, and addresses that hold for one cable only: no proxy can reach them, whatever its exceptions."""
    ip = _ip(real_host(url))
    here = reach(_NAMED.sub(r"\1", url)) is Reach.HERE
    return here or (ip is not None and ip.is_link_local)


def _matches(entry: str, host: str, port: int) -> bool:
    """An entry as curl, Go, Python and browsers write them: a name means also the names below it; an address, a network
    (10.0.0.0/8), a pattern (192.168.*), each with or without a port; "*" for all, "<local>" for names without a dot."""
    entry = entry.lower().rpartition("://")[2]
    if found := _HOST_AND_PORT.fullmatch(entry):
        if int(found[2]) != port:
            return False
        entry = found[1]
    entry = entry.strip("[]").removesuffix(".")
    if entry == "<local>":
        return "." not in host and ":" not in host
    ip = _ip(host)
    if ip is not None and (entry[:1].isdigit() or ":" in entry) and "*" not in entry:
        try:
            return ip in ip_network(entry, strict=False)
        except ValueError:
            return False
    if "*" in entry.removeprefix("*."):
        return fnmatchcase(host, entry)
    name = _name(entry.removeprefix("*").removeprefix("."))
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _name(written: str) -> str:
    return written if written.isascii() else real_host(f"http://{written}/")


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(host)
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip
