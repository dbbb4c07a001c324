"""The proxies this system names. Every client for HTTP is made in here, or knows that it needs none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from voicegui.core.addresses import Reach, reach
from voicegui.core.errors import ErrorCode, VoiceError

_USABLE = ("http", "https", "socks5", "socks5h")


@contextmanager
def usable_proxies() -> Iterator[None]:
    """Around the making of an `httpx2` client, which reads the proxies. Raises VoiceError(BAD_SETTINGS).

    An address is not repeated: it may hold a password.
    """
    import httpx2

    try:
        yield
    except ImportError:  # the only package that is asked for so late
        sentence = (
            "A SOCKS proxy is set, and the package for it is missing. Install it with: pip install socksio. Or set "
            "HTTPS_PROXY and ALL_PROXY to a proxy for HTTP."
        )
        raise VoiceError(ErrorCode.BAD_SETTINGS, sentence) from None
    except (ValueError, httpx2.InvalidURL):
        raise _unusable() from None


def is_proxied(url: str) -> bool:
    """Whether a request goes to a proxy first. One to this machine never does: see `providers.openai.client`.

    Looks up no name, which could take seconds: on Windows and macOS exceptions from the proxy do not count.
    """
    parts, proxies = urlsplit(url), getproxies()
    if reach(url) is Reach.HERE or not (proxies.get(parts.scheme) or proxies.get("all")):
        return False
    return sys.platform in ("win32", "darwin") or not proxy_bypass(parts.hostname or "")


def _unusable() -> VoiceError:
    names = {name: address.partition("://")[0] for name, address in getproxies().items() if "://" in address}
    wrong = ((name, scheme) for name, scheme in names.items() if name in ("http", "https", "all"))
    name, scheme = next(((name, scheme) for name, scheme in wrong if scheme not in _USABLE), ("all", ""))
    why = f" begins with {scheme}://" if scheme else " makes no sense"
    sentence = (
        f"The address of the proxy in {name.upper()}_PROXY, or in the network settings of this system,{why}. Correct "
        "it: addresses that begin with http://, https://, socks5:// or socks5h:// can be used."
    )
    return VoiceError(ErrorCode.BAD_SETTINGS, sentence)
