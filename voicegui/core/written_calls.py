"""Answers that are, as a whole, a call of a tool that came out as text."""

import re
from collections.abc import Collection

_NAMED = re.compile(
    r"[\"'](?:name|function|tool|tool_name|action|recipient_name|function_name)[\"']\s{0,9}:\s{0,9}"
    r"[\"'](?:functions\.)?([\w.-]{1,64})[\"']",
    re.A,
)
_FENCE = re.compile(r"\s{0,99}```\w{0,20}\s{0,9}")
_LOOKED_AT = 400

_SIGNS = r"[\s!-/:-@\[-^`{-~✿]"
_WORDS = (
    "print|await|default_api|functions?|call|action|commentary|to|json|python|tools?|tool_code|tool_calls?|name|"
    "function_call|function_name|tool_name|type|assistant"
)
_LEAD = re.compile(rf"{_SIGNS}*(?:(?:{_WORDS})(?![^\W_]){_SIGNS}*)*", re.I | re.A)
"""What stands before the name of the tool: "Action: ", "print(default_api.", "<tool>", "✿FUNCTION✿: "."""
_BETWEEN = r"[^\w({<]*(?:(?:action|input|arguments|args|parameters|json|tool|function|action_input)[^\w({<]+)*"
_ARGUMENTS = re.compile(rf"(?:\.call)?\(|[>\"'\n]*<|\s*<\||{_BETWEEN}(?:json)?\{{", re.I | re.A)
"""What follows the name."""
_BEGUN_ARGUMENTS = re.compile(rf"\s*<\Z|\.[cal]{{0,4}}\Z|{_BETWEEN}[a-z_]{{0,12}}\Z", re.I | re.A)
_ENDS = (")", "}", "]", ">", '"', "'", "```", "✿")


def could_be_call(answer: str, offered: Collection[str]) -> bool:
    """Whether all of an answer that begins so may be a call of an offered tool."""
    text = answer.lstrip()
    if fenced := _FENCE.match(text):
        text = text[fenced.end() :]
    if not text or text.startswith(("{", "[{")):
        return True
    rest = _behind_lead(text)
    if not rest:
        return True
    if any(name.startswith(rest) for name in offered):
        return True
    if any(word.startswith(rest.lower()) for word in _WORDS.replace("?", "").split("|")):
        return True
    named = next((rest[len(name) :] for name in offered if rest.startswith(name)), None)
    return named is not None and any(form.match(named) for form in (_ARGUMENTS, _BEGUN_ARGUMENTS))


def is_call(answer: str, offered: Collection[str]) -> bool:
    """Whether all of an answer is one."""
    text = answer.strip()
    if fenced := _FENCE.match(text):
        text = text[fenced.end() :].removesuffix("```").strip()
    if text.startswith(("{", "[")) and (named := _NAMED.search(text[:_LOOKED_AT])):
        return named[1] in offered
    rest = _behind_lead(text)
    return text.endswith(_ENDS) and any(rest.startswith(name) and _ARGUMENTS.match(rest, len(name)) for name in offered)


def _behind_lead(text: str) -> str:
    found = _LEAD.match(text[:_LOOKED_AT])
    return text[found.end() :] if found else text
