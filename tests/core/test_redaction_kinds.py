"""Keys of every kind that people have, in every place where programs write them; and texts that hold none."""

import base64
import json
import time

import pytest

from voicegui.core.keys import redacted
from voicegui.core.settings import Settings
from voicegui.storage.settings_file import rendered

LETTERS = "AbCd1234efGHijKL5678mnOPqrST"  # put together here, so that no scanner takes this file for a leak
PREFIXES = [
    "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xapp-", "hf_", "sk-ant-api03-", "sk-or-v1-",
    "gsk_",
    "AIza", "ya29.a0", "GOCSPX-", "npm_", "pypi-AgEI", "sk_live_", "rk_live_", "whsec_", "SG.", "r8_", "dop_v1_",
    "shpat_",
    "nvapi-", "xai-", "pplx-", "tvly-", "figd_", "lin_api_", "dckr_pat_",
]  # fmt: skip
KEYS = [prefix + LETTERS for prefix in PREFIXES]
KEYS += ["AKIA" + "IOSFODNN7EXAMPLE"[:16], "ASIA" + "Y34FZKBOKMUTVV7A"]
KEYS += [
    ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"HS256"}', b'{"sub":"1"}', b"x" * 20)
    )
]

PLACES = [
    "{}",
    "wrong key {}",
    "key={}, retry",
    "('{}',)",
    "[{}]",
    "https://host/v1?x=1&y={}&z=2",
    "<{}>",
    "\u201c{}\u201d",
    "\t{}\n",
    "a:{}",
]


@pytest.mark.parametrize("key", KEYS, ids=[key[:6] for key in KEYS])
def test_by_its_form(key: str) -> None:
    for place in PLACES:
        assert redacted(place.format(key)) == place.format("[key]")


SECRETS = ["hunter2!", "AbCd1234efGH", "correct-horse-9", "a" * 32, "Zm9vOmJhcg==", "x7/+=z", "päss1wörd"]
NAMED = [
    '{{"api_key": "{}"}}', '{{"apiKey":"{}"}}', "{{'api_key': '{}'}}", '{{\\"api_key\\": \\"{}\\"}}', "x-api-key: {}",
    "X-API-Key:{}", "[('x-api-key', '{}')]", "[(b'x-api-key', b'{}')]", "password={}", "PASSWORD={}", "Password: {}",
    "passwd={}&user=a", '"password": "{}"', "DB_PASSWORD={}", "dbPassword: '{}'", "pwd={};Database=x", "token: {}",
    "token={}", '"access_token": "{}"', '"refresh_token":"{}"', "id_token={}&x=1", "client_secret={}", "secret: {}",
    "aws_secret_access_key = {}", "AccountKey={};EndpointSuffix=core", "SharedAccessKey={}", "https://h/?sig={}&se=1",
    "https://h/?token={}", "https://h/?api_key={}&q=1", "https://h/?key={}&q=1", "Ocp-Apim-Subscription-Key: {}",
    "Authorization: Bearer {}", "authorization: bearer {}", "AUTHORIZATION: BEARER {}", "Authorization: Basic {}",
    "Authorization: Token {}", "Proxy-Authorization: Basic {}", "'Authorization': 'Bearer {}'", "authorization={}",
    "Cookie: session={}; theme=dark", "set-cookie: id={}; Path=/", "{{'cookie': 'a={}'}}", "https://user:{}@host/x",
    "postgres://me:{}@db:5432/x", "redis://:{}@host", "sessionid={}", "--api-key={}", "OPENAI_API_KEY={}",
]  # fmt: skip


@pytest.mark.parametrize("place", NAMED)
def test_by_what_stands_before_it(place: str) -> None:
    for secret in SECRETS:
        if "://" in place and "/" in secret:
            continue  # has to be escaped there
        assert secret not in redacted(place.format(secret)), place.format(secret)


OTHER_PLACES = {
    "behind an escaped quote": (r'{"password": "a\"hunter2", "user": "me"}', '{"password": "[key]", "user": "me"}'),
    "with the other quote in it": ("""'password': "it's hunter2", 'a': 1""", """'password': "[key]", 'a': 1"""),
    "with an escape": (r'"api_key": "ab\u0026hunter2"', '"api_key": "[key]"'),
    "on the next line": ('{"api_key":\n    "hunter2"}', '{"api_key":\n    "[key]"}'),
    "an encoded object": ("?q=%7B%22api_key%22%3A%22hunter2%22", "?q=%7B%22api_key%22%3A%22[key]"),
    "an option": ("tool --db-password hunter2 --verbose", "tool --db-password [key] --verbose"),
    "an element": ("<password>hunter2</password>", "<password>[key]</password>"),
    "a slash in an address": ("postgres://me:hun/ter2@db:5432/x", "postgres://[key]@db:5432/x"),
    "a scheme and a colon": ("bearer: hunter2hunter2", "bearer: [key]"),
    "letters alone": ("hf_" + "AbcdEfghIjkl" * 3, "[key]"),
    "another code": ("passcode: 991144", "passcode: [key]"),
}


@pytest.mark.parametrize("name", OTHER_PLACES)
def test_in_other_places(name: str) -> None:
    text, right = OTHER_PLACES[name]
    assert redacted(text) == right


def test_private_keys() -> None:
    body = "\n".join([LETTERS * 2] * 5)
    for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "):
        whole = f"before -----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY----- after"
        assert redacted(whole) == "before [key] after"
        assert LETTERS not in redacted(whole[:120]) and LETTERS not in redacted(json.dumps(whole))


ORDINARY = [
    "Answer in one or two short sentences of plain English.", "The token: it has expired.", "max_tokens=120",
    "tokens: 3000",
    "I forgot my password, what now?", "Password required", "a secret, they say, is kept by one", "bearer of bad news",
    "basic understanding of Basic English", "Basic Internationalization", "ASIAN-PACIFIC-REGION", "https://medium.com/@someone",
    "https://host:8080/path", "git@github.com:me/it.git", "ssh://git@github.com/me", "mail me@host.org",
    "cookie: chocolate",
    "the risk-assessment of task-management", "secret_santa_of_the_office", "npm_config_registry", "pypi-attestations",
    '{"API_KEY": "${MY_KEY}"}', "password: null", '"token": null', "2026-03-11 14:20:05,123 INFO 4711 voicegui: ready",
    "  File \"/usr/lib/python3.11/asyncio/tasks.py\", line 502, in wait_for", "key: value", "sk_SK locale",
    "keyboard=us",
    "monkey: banana", "design: round", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
    "the tokenizer: fast", "http://host:8080/a@b", "http://[::1]:80/@me", "--max-tokens 120", "--token-file secret.txt",
    "<key>CFBundleName</key>", "the password --verbose", "hf_hub_download_of_many_long_names",
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left(text: str) -> None:
    assert redacted(text) == text


def test_a_file_of_settings_holds_no_key() -> None:
    text = rendered(Settings(), 2, {})
    assert redacted(text) == text


PIECES = [
    "sk-", "a", "_", "-", "a_", "api_key", "api_key=", "token: ", "eyJ", "eyJaaaaaaaa.", "://", "://a:", "://::",
    "bearer ",
    "bearer+", "basic a", "cookie:", "cookie: a", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "password", '"', "\\",
    "' ",
    "AKIA", "ghp_", "hf_", "hf_a", "=", "?key=", "@", "a.", ".", "token token ", "sk-aaaaaaaa.", "1//", " ",
    "--password ", "--", "--a-", "://a:b/", "password>", "password: \"\\",
    "api_key:  ", "hf_aaaa", "password%3A",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_it_takes_time_in_proportion_to_the_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        begin = time.process_time()
        redacted(text)
        return time.process_time() - begin

    shorter = min(seconds(50_000) for _ in range(3))
    assert min(seconds(200_000) for _ in range(2)) < 9 * max(shorter, 0.01)  # 4 times as long; quadratic were 16
