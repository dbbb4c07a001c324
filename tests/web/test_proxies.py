"""Which requests go to a proxy, by every rule that people write; and that there is one way to make clients."""

import re
import socket
from pathlib import Path

import httpx2
import pytest

import voicegui
from tests.openai_server.server import Answer, Request, serving
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.providers.openai.errors import causes_of
from voicegui.web.clients import async_client, client
from voicegui.web.proxies import Proxies, is_proxied

PROXY = "http://proxy.invalid:3128"
BOTH = {"http": PROXY, "https": PROXY}


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:11434/v1", "http://LOCALHOST/", "http://127.0.0.1:8080/mcp", "http://127.1.2.3/",
        "http://[::1]:9000/", "https://localhost./x", "http://app.localhost/", "http://0.0.0.0:1234/v1",
        "http://[::ffff:127.0.0.1]/", "ws://127.0.0.1:8000/realtime", "http://169.254.1.9/", "http://[fe80::1]:80/",
    ],
)  # fmt: skip
def test_this_machine_is_never_asked_for_through_a_proxy(url: str) -> None:
    assert Proxies(BOTH | {"all": "socks5://proxy.invalid"}).of(url) == ""
    assert Proxies({"all": "nonsense://"}).of(url) == ""  # nor does it matter what the proxy is


@pytest.mark.parametrize(
    ("exceptions", "url", "direct"),
    [
        ("example.org", "https://example.org/", True),
        ("example.org", "https://api.example.org/", True),
        ("example.org", "https://badexample.org/", False),
        (".example.org", "https://api.example.org/", True),
        ("*.example.org", "https://a.b.example.org/", True),
        ("EXAMPLE.org.", "https://example.org/", True),
        ("example.org:8080", "http://example.org:8080/", True),
        ("example.org:8080", "http://example.org/", False),
        ("example.org:443", "https://example.org/", True),
        ("192.168.0.0/16", "http://192.168.7.9:1234/v1", True),
        ("192.168.0.0/16", "http://192.169.0.1/", False),
        ("10.0.0.5", "http://10.0.0.5:5000/", True),
        ("10.0.0.5", "http://10.0.0.55/", False),
        ("192.168.*", "http://192.168.1.2/", True),
        ("fd00::/8", "http://[fd12::7]:80/", True),
        ("[fd12::7]:80", "http://[fd12::7]/", True),
        ("fd12::7", "http://[fd12::7]/", True),
        ("a.org, b.org c.org;d.org", "https://c.org/", True),
        ("a.org,b.org", "https://c.org/", False),
        ("*", "https://example.org/", True),
        ("<local>", "http://nas/", True),
        ("<local>", "http://nas.example/", False),
        (".lan", "http://box.lan:8000/", True),
        ("http://box.lan", "http://box.lan/", True),
        ("bücher.example", "https://xn--bcher-kva.example/", True),
        (",, ,", "https://example.org/", False),
        ("/,[,:::,999.1.1.1/99", "http://10.0.0.5/", False),
    ],
)
def test_exceptions(exceptions: str, url: str, direct: bool) -> None:
    proxies = Proxies(BOTH, exceptions)
    assert (proxies.of(url) == "", proxies.concerns(url)) == (direct, not direct)


@pytest.mark.parametrize(
    ("addresses", "url", "proxy"),
    [
        ({"http": "proxy:3128"}, "http://example.org/", "http://proxy:3128"),
        ({"http": PROXY}, "https://example.org/", ""),
        ({"https": PROXY}, "https://example.org/", PROXY),
        ({"https": PROXY}, "wss://example.org/", PROXY),
        ({"all": "socks5h://proxy:1080"}, "https://example.org/", "socks5h://proxy:1080"),
        ({"https": PROXY, "all": "socks5://proxy"}, "https://example.org/", PROXY),
        ({"https": PROXY, "all": "socks5://proxy"}, "http://example.org/", "socks5://proxy"),
        ({**BOTH, "all": "socks://127.0.0.1:1080/"}, "http://example.org/", PROXY),  # as a desktop sets all three
        ({"http": "http://me:secret@proxy:8080/"}, "http://example.org/", "http://me:secret@proxy:8080/"),
        ({}, "http://example.org/", ""),
    ],
)
def test_the_proxy_for_a_request(addresses: dict[str, str], url: str, proxy: str) -> None:
    assert Proxies(addresses).of(url) == proxy


UNUSABLE = (
    "socks://me:secret@127.0.0.1:1080", "socks4://127.0.0.1", "ftp://127.0.0.1", "http://", "http://127.0.0.1:eighty",
    "http://127.0.0.1:99999", "http://[::1", "://", "direct://", "http://a b:80", "pac+http://wpad/wpad.dat",
)  # fmt: skip


@pytest.mark.parametrize("address", UNUSABLE)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
async def test_a_proxy_nobody_can_use_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)
    said = set()
    with client() as web, pytest.raises(VoiceError) as caught:
        web.get("https://example.invalid/")
    said.add(caught.value.message)
    async with async_client() as web:
        with pytest.raises(VoiceError) as caught:
            await web.get("https://example.invalid/")
    said.add(caught.value.message)
    assert len(said) == 1 and caught.value.code is ErrorCode.BAD_SETTINGS
    sentence = said.pop()
    assert f"{variable}, or in the network settings" in sentence and "socks5h://" in sentence
    assert "secret" not in sentence and "127" not in sentence
    assert is_proxied("https://example.invalid/")


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "socks://127.0.0.1:9", "garbage"])
async def test_a_server_here_is_reached(monkeypatch: pytest.MonkeyPatch, variable: str, address: str) -> None:
    monkeypatch.setenv(variable, address)
    async with serving(lambda request: Answer([b"here"])) as server, async_client() as web:
        assert (await web.get(server.url)).text == "here"


async def test_through_a_proxy_with_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: Request) -> Answer:
        assert request.path == "http://example.invalid/page"
        assert request.headers["proxy-authorization"] == "Basic bWU6c2VjcmV0"
        return Answer([b"through"])

    async with serving(answer) as server:
        address = server.url.removeprefix("http://").partition("/")[0]
        monkeypatch.setenv("HTTP_PROXY", f"http://me:secret@{address}")
        async with async_client() as web:
            assert (await web.get("http://example.invalid/page")).text == "through"


def test_nobody_makes_clients_in_another_way() -> None:
    package = Path(voicegui.__file__).parent
    other = re.compile(r"\.(Async)?Client\(|urlopen\(|HTTPTransport\(|getproxies\(|http\.client|proxy_bypass")
    found = {str(path.relative_to(package)) for path in package.rglob("*.py") if other.search(path.read_text("utf-8"))}
    assert found == {"web/clients.py", "web/proxies.py"}


@pytest.mark.parametrize("who", ["me", "me:secret", "a.b:p%40ss", "m-e_1:~!$&*+,;="])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "localhost:8000"])
def test_nor_with_a_name_and_a_password_in_its_address(who: str, host: str) -> None:
    assert Proxies(BOTH).of(f"http://{who}@{host}/mcp") == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://me@example.org/", "http://localhost@example.org/", "http://localhost:80@example.org/",
        "http://localhost\\@example.org/", "http://me@localhost\\@example.org/", "http://a@localhost@example.org/",
        "http://example.org/@localhost", "http://me@example.org?@localhost", "http://me@example.org#@localhost",
        "http://me@localhost.example.org/",
    ],
)  # fmt: skip
def test_what_only_looks_like_this_machine_goes_its_way(url: str) -> None:
    assert Proxies(BOTH).of(url) == PROXY


def test_no_port_is_no_proxy() -> None:
    with pytest.raises(VoiceError, match="HTTPS_PROXY"):
        Proxies({"https": "http://proxy.invalid:0"}).of("https://example.org/")


async def test_who_cannot_be_reached_directly_is_told_at_once() -> None:
    """An error that named itself as its cause kept whoever looked for the causes for ever."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        async with async_client() as client:
            with pytest.raises(httpx2.ConnectError) as told:
                await client.get(address)
    assert told.value.__cause__ is not told.value
    assert len(list(causes_of(told.value))) < 20
    ring = ValueError()
    ring.__cause__ = ring
    assert list(causes_of(ring)) == [ring]
