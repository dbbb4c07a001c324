"""The marks of chat templates and the ways in which models write calls of tools as text: what they look like."""

import re
from collections.abc import Collection, Mapping

LONGEST_MARK = 64
"""Characters of the longest mark; so many may have to wait for what follows."""

CALLS: Mapping[str, str] = {
    "<tool_call>": "</tool_call>",  # Qwen, Hermes
    "<tool_calls>": "</tool_calls>",
    "<function_call>": "</function_call>",
    "<function_calls>": "</function_calls>",
    "<function=": "</function>",  # Qwen Coder, Llama
    "<invoke name=": "</invoke>",
    "<minimax:tool_call>": "</minimax:tool_call>",
    "<seed:tool_call>": "</seed:tool_call>",
    "<longcat_tool_call>": "</longcat_tool_call>",
    "<start_function_call>": "<end_function_call>",
    "<tool_use>": "</tool_use>",
    "[tool_calls]": "",  # Mistral
    "functools[": "",  # Phi, Firefunction
    "[tool_request]": "[end_tool_request]",  # LM Studio
    "```tool_code": "```",  # Gemma
    "```tool_call": "```",
}
"""How a call begins and ends; "" never ends."""

MARKED_CALLS: Mapping[str, str] = {
    "python_tag": "",  # Llama
    "tool_call": "/tool_call",  # Phi, Granite
    "tool_calls": "/tool_calls",
    "tool_call_begin": "tool_call_end",
    "tool_call_start": "tool_call_end",  # LFM
    "tool_calls_begin": "tool_calls_end",  # DeepSeek
    "tool_calls_section_begin": "tool_calls_section_end",  # Kimi
    "action_start": "action_end",  # InternLM
    "plugin": "",
    "tools_prefix": "tools_suffix",  # Apertus
    "start_action": "end_action",  # Cohere
    "start_tool_call": "end_tool_call",
}
"""The same with names between <| and |>."""

MARKED_THOUGHTS: Mapping[str, str] = {
    "start_thinking": "end_thinking",  # Cohere
    "begin_of_thought": "end_of_thought",
    "inner_prefix": "inner_suffix",  # Apertus
    "think": "/think",
    "begin_of_thinking": "end_of_thinking",
}

_PLAIN = (
    "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "<bos>", "<eos>", "<pad>", "<unk>", "<mask>", "<s>", "</s>",
    "[inst]", "[/inst]", "[system_prompt]", "[/system_prompt]", "[available_tools]", "[/available_tools]",
    "[tool_results]", "[/tool_results]", "<<sys>>", "<</sys>>", "<eot>", "<eom>", "<sep>", "</tool_call>",
    "</tool_calls>", "</function>", "</function_calls>", "</function_call>", "</invoke>", "</parameter>",
    "<end_function_call>",
)  # fmt: skip
STRAYS = frozenset(mark for mark in _PLAIN if mark.startswith("</") and mark != "</s>" and "sys" not in mark)
"""Ends of calls, which are left over behind one."""

_NAME = r"[a-z/][a-z0-9_▁/.:-]{0,40}"
_MARK = rf"<[|｜]\s?(?P<name>{_NAME})\s?[|｜]>"  # noqa: RUF001
_LITERALS = (*CALLS, *_PLAIN, "</think>")
FOUND = re.compile(rf"{_MARK}|(?P<literal>{'|'.join(map(re.escape, _LITERALS))})|(?P<ticks>`+)", re.I | re.A)
_BEGINNING = re.compile(rf"<(?:[|｜]\s?(?:{_NAME}\s?[|｜]?)?)?\Z", re.I | re.A)  # noqa: RUF001

OPENS_HEADER = frozenset(("start", "channel", "constrain", "start_header_id", "header_start"))
"""A header follows, up to the next mark: who speaks, or on which channel."""
OPENS_ROLE = frozenset(("im_start", "<start_of_turn>", "turn_start", "im_user", "start_of_role"))
"""A role follows on the same line."""
_ROLES = ("assistant", "user", "system", "tool", "developer", "model", "ipython", "function", "human", "observation")
ROLE = re.compile(rf"\s?({'|'.join(_ROLES)})?[ \t]*\n?", re.I)
OTHERS = frozenset(("user", "system", "tool", "developer", "ipython", "function", "human", "observation", "prompter"))
"""Whoever else speaks: the model goes on with the conversation by itself."""
STARTS = re.compile(
    r"<[|｜](?:start|im_start|start_header_id|header_start|assistant|channel|im_assistant|turn_start|start_of_role)[|｜]>"  # noqa: RUF001
    r"|<start_of_turn>",
    re.I,
)


def name_of(mark: str) -> str:
    return mark.lower().replace("▁", "_")


def may_be_role(text: str) -> bool:
    """Whether a role may go on behind these characters."""
    word = text.lstrip().lower()
    return not text.endswith("\n") and any(f"{role} \n".startswith(word.rstrip(" \t")) for role in _ROLES)


def may_begin(tail: str) -> bool:
    """Whether a mark or a call may begin with these characters."""
    low = tail.lower()
    return any(literal.startswith(low) for literal in _LITERALS) or _BEGINNING.match(tail) is not None


_NAMED = re.compile(
    r"\"(?:name|function|tool|tool_name|action|recipient_name|function_name)\"\s{0,9}:\s{0,9}\"(?:functions\.)?([\w.-]{1,64})\"",
    re.A,
)
_FENCE = re.compile(r"\s{0,99}```\w{0,20}\s{0,9}")
_LOOKED_AT = 400


def could_be_call(answer: str, offered: Collection[str]) -> bool:
    """Whether all of an answer that begins so may be a call of an offered tool, as JSON or as Python."""
    text = answer.lstrip()
    if not text or (len(text) < 3 and "```".startswith(text)):
        return True
    if fenced := _FENCE.match(text):
        text = text[fenced.end() :]
    if text.startswith(("{", "[{")) or not text:
        return True
    text = text.removeprefix("[").lstrip()
    return any((begins := f"{name}(").startswith(text[: len(begins)]) for name in offered)


def is_call(answer: str, offered: Collection[str]) -> bool:
    """Whether all of an answer is one."""
    text = answer.strip()
    if fenced := _FENCE.match(text):
        text = text[fenced.end() :].removesuffix("```").strip()
    if text.startswith(("{", "[")) and (named := _NAMED.search(text[:_LOOKED_AT])):
        return named[1] in offered
    text = text.removeprefix("[").lstrip()
    return text.endswith((")", ")]")) and any(text.startswith(f"{name}(") for name in offered)
