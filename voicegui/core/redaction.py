"""Takes out of a text whatever looks like a key. The last net under code that should never have put one there."""

import re

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
