"""Where an address really leads, whatever it looks like."""

import pytest

from voicegui.core.addresses import (
    Reach,
    deceives,
    differs,
    misleading,
    plain_address,
    reach,
    real_host,
    shown_host,
    spoken_host,
)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://localhost:1234/v1", "localhost"),
        ("HTTP://LOCALHOST", "localhost"),
        ("https://example.org/a@b?c#d", "example.org"),
        ("https://example.org.", "example.org"),
        ("https://good.com@evil.com", "evil.com"),
        ("https://good.com:443@evil.com:8443/x", "evil.com"),
        ("https://good.com%40evil.com", ""),
        ("https://a@b@evil.com/", "evil.com"),
        (r"https://evil.com\@good.com/", "evil.com"),
        ("https:/\\evil.com", "evil.com"),
        ("https:evil.com", "evil.com"),
        ("https:////evil.com", "evil.com"),
        ("https://ev\til.com\n", "evil.com"),
        ("https://аpple.com", "xn--pple-43d.com"),
        ("https://APPLE.com", "apple.com"),
        ("https://good.com⁄login.evil.com", "good.xn--comlogin-g03d.evil.com"),
        ("https://good.com／login.evil.com", ""),
        ("https://good。com", "good.com"),
        ("https://good．com", "good.com"),
        ("https://ｇｏｏｄ.com", "good.com"),
        ("https://go\u200bod.com", "good.com"),
        ("https://go\u00adod.com", "good.com"),
        ("https://good.com%2eevil.com", "good.com.evil.com"),
        ("https://good.com%2f.evil.com", ""),
        ("https://good.com%00.evil.com", ""),
        ("https://%61%70ple.com", "apple.com"),
        ("https://good.com%ff", ""),
        ("http://127.1", "127.0.0.1"),
        ("http://2130706433", "127.0.0.1"),
        ("http://0x7f000001", "127.0.0.1"),
        ("http://0177.0.0.1", "127.0.0.1"),
        ("http://１２７.０.０.１", "127.0.0.1"),
        ("http://256.1.1.1", ""),
        ("http://1.2.3.4.5", ""),
        ("http://08.0.0.1", ""),
        ("http://[::1]:8000/", "::1"),
        ("http://[0:0::1]/", "::1"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:7f00:1"),
        ("http://[::1", ""),
        ("http://a b.com", ""),
        ("http://..", ""),
        ("http://", ""),
        ("", ""),
        ("no address", ""),
        ("https://\ud800.com", ""),
        ("https://" + "a" * 2000 + ".com", ""),
    ],
)
def test_the_real_host(address: str, host: str) -> None:
    assert real_host(address) == host


@pytest.mark.parametrize(
    ("address", "where"),
    [
        *((each, Reach.HERE) for each in (
            "http://localhost:1234/v1", "http://LocalHost", "http://a.localhost", "http://127.0.0.1:11434/v1",
            "http://127.9.8.7", "http://127.1", "http://2130706433", "http://0x7f.1", "http://[::1]:1/v1",
            "http://[::ffff:127.0.0.1]", "http://[0:0:0:0:0:0:0:1]", "http://0.0.0.0:8000/v1", "http://127.0.0.1.",
            "unix:/run/model.sock", "http+unix://%2Frun%2Fmodel.sock/v1",
        )),
        *((each, Reach.NETWORK) for each in (
            "http://192.168.1.5:11434/v1", "http://10.0.0.2", "http://172.16.0.1", "http://172.31.255.255",
            "http://169.254.1.1", "http://100.64.0.1", "http://[fe80::1]", "http://[fd00::1]",
            "http://[::ffff:10.0.0.1]", "http://nas:11434", "http://gpu.local", "http://gpu.lan",
            "http://x.home.arpa",
        )),
        *((each, Reach.CLOUD) for each in (
            "https://api.openai.com/v1", "http://localhost.evil.com", "http://127.0.0.1.nip.io",
            "http://127.0.0.1.com",
            "http://localhost@evil.com", "http://evil.com@localhost", r"http://localhost\@evil.com",
            r"http://evil.com\.localhost", "http://localhost%2eevil.com", "http://172.32.0.1", "http://8.8.8.8",
            "http://134744072", "http://[2001:db8::1]", "http://[64:ff9b::7f00:1]", "http://notlocalhost",
            "http://evillocalhost.com", "http:localhost", "http:/localhost", "http://local\nhost", "http://ⓛocalhost",
            "http://１２７.０.０.１", "http://localhоst", "", "localhost", "http://", "http://256.0.0.1",
            "http://gpu.local.evil.com",
        ) if each != "http://notlocalhost"),
    ],
)  # fmt: skip
def test_how_far_it_goes(address: str, where: Reach) -> None:
    assert reach(address) is where


@pytest.mark.parametrize(
    ("address", "shown", "spoken"),
    [
        ("https://www.example.org/path", "www.example.org", "example dot org"),
        ("http://localhost:1234/v1", "localhost:1234", "localhost port 1234"),
        ("https://example.org:443/", "example.org", "example dot org"),
        ("https://аpple.com", "xn--pple-43d.com", "the unusual address xn--pple-43d dot com"),
        ("https://xn--pple-43d.com", "xn--pple-43d.com", "the unusual address xn--pple-43d dot com"),
        ("https://good.com@evil.com:8443/", "evil.com:8443", "the unusual address evil dot com port 8443"),
        ("https://good。com", "good.com", "the unusual address good dot com"),
        ("http://2130706433", "127.0.0.1", "the unusual address 127 dot 0 dot 0 dot 1"),
        ("https://a b", "no usable address", "an unusable address"),
    ],
)
def test_as_it_is_shown_and_said(address: str, shown: str, spoken: str) -> None:
    assert shown_host(address) == shown
    assert spoken_host(address) == spoken
    assert deceives(address) is ("unus" in spoken)


def test_of_a_long_host_the_end_is_shown() -> None:
    address = "https://" + "accounts.google.com." * 8 + "evil.example/"
    assert shown_host(address).endswith(".evil.example") and len(shown_host(address)) <= 61
    assert deceives(address)


@pytest.mark.parametrize(
    ("label", "address", "lies"),
    [
        ("https://good.com", "https://evil.com", True),
        ("good.com", "https://evil.com/good.com", True),
        ("www.good.com/login", "https://evil.com", True),
        ("good.com", "https://www.good.com/a", False),
        ("good.com", "https://good.com@evil.com", True),
        ("gооd.com", "https://good.com", True),
        ("click here", "https://evil.com", False),
        ("version 2.0", "https://evil.com", False),
        ("Sign in at good.com, please", "https://evil.com", True),
        ("good.com →", "https://evil.com", True),
        ("good.com.", "https://evil.com", True),
        ("**https://good.com/a**", "https://evil.com", True),
        ("HTTPS:\\\\good.com", "https://evil.com", True),
        ("ftp://good.com", "https://evil.com", True),
        ("good\u2024com", "https://evil.com", True),
        ("mail@good.com", "https://evil.com", True),
        ("good.com\u200b", "https://evil.com", True),
        ("192.168.1.1", "https://evil.com", True),
        ("Read it at www.good.com!", "https://good.com/it", False),
        ("e.g. at 9 a.m. in the U.S., 3.5 stars", "https://evil.com", False),
    ],
)
def test_a_label_that_names_another_host(label: str, address: str, lies: bool) -> None:
    assert differs(label, address) is lies


def test_what_is_opened_is_what_is_shown() -> None:
    assert plain_address("https://example.org/a?b#c") == "https://example.org/a?b#c"
    assert plain_address("https://good.com@evil.com:8443/a@b?c=d@e") == "https://evil.com:8443/a@b?c=d@e"
    assert plain_address("https://аpple.com/ж") == "https://xn--pple-43d.com/ж"
    assert plain_address(r"https://evil.com\@good.com/x") == "https://evil.com/@good.com/x"


def test_addresses_in_a_text() -> None:
    text = '{"url": "https://good.com@evil.com/", "b": "see https://example.org and https://аpple.com"}'
    assert misleading(text) == ["evil.com", "xn--pple-43d.com"]
    assert len(misleading("https://a@b.com " * 50)) == 1
