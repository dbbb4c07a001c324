"""Marks of chat templates, and calls of tools that models write as text: what they look like."""

import re
from collections.abc import Collection, Mapping

LONGEST_MARK = 128
"""Characters of the longest mark; so many may have to wait for what follows."""

CALLS: Mapping[str, str] = {
    "<tool_call>": "</tool_call>",  # Qwen, Hermes
    "<tool_calls>": "</tool_calls>",
    "<function_call>": "</function_call>",
    "<function_calls>": "</function_calls>",
    "<function_call name=": "</function_call>",
    "<function=": "</function>",  # Qwen Coder, Llama
    "(function=": "</function>",
    "<toolcall>": "</toolcall>",  # Nemotron
    "<|tool_call>": "<tool_call|>",  # Gemma 4
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
    "thinking": "/thinking",
}

THOUGHTS = ("<think>", "<thinking>", "<thought>", "<reasoning>", "[think]", "<seed:think>", "<analysis>",
             "<reflection>", "◁think▷")  # fmt: skip
"""Of DeepSeek and Qwen, of Magistral, and of models that imitate them: at the beginning of an answer."""

LITERAL_THOUGHTS: Mapping[str, str] = {"<|channel>": "<channel|>"}  # Gemma 4

_PLAIN = (
    "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "<bos>", "<eos>", "<pad>", "<unk>", "<mask>", "<s>", "</s>",
    "[inst]", "[/inst]", "[system_prompt]", "[/system_prompt]", "[available_tools]", "[/available_tools]",
    "[tool_results]", "[/tool_results]", "<<sys>>", "<</sys>>", "<eot>", "<eom>", "<sep>", "</tool_call>",
    "</tool_calls>", "</function>", "</function_calls>", "</function_call>", "</invoke>", "</parameter>",
    "<end_function_call>", "<tool_call|>", "<channel|>", "<|turn>", "<turn|>", "[gmask]", "<sop>",
    "<end_of_utterance>", "<answer>", "</answer>",
)  # fmt: skip
STRAYS = frozenset(
    mark for mark in _PLAIN if mark.startswith("</") and mark not in ("</s>", "</answer>") and "sys" not in mark
)
"""Ends of calls, which are left over behind one."""

_NAME = r"[a-z/][a-z0-9_▁/.:-]{0,40}"
_MARK = rf"<[|｜]\s?(?P<name>{_NAME})\s?[|｜]>"
_LITERALS = (*CALLS, *LITERAL_THOUGHTS, *_PLAIN, "</think>")
_FENCED = r"(?:```\w{0,12}\s{0,3})?"
_KEYS = "name|function|tool|tool_name|action|recipient_name|function_name"
_JSON = (
    rf"(?:\[\s{{0,3}})?\{{\s{{0,9}}[\"'](?:{_KEYS})[\"']\s{{0,3}}:\s{{0,3}}"
    r"[\"'](?:functions\.)?(?P<json>[\w.-]{1,48})[\"']"
)
FOUND = re.compile(
    rf"{_MARK}|(?P<literal>{'|'.join(map(re.escape, _LITERALS))})"
    rf"|(?P<written>{_FENCED}(?:{_JSON}|\[(?P<python>[a-z_]\w{{0,47}})\())|(?P<ticks>`+)",
    re.I | re.A,
)
"""`written`: what may be the call of a tool, `json` or `python`, in the middle of an answer."""
_WRITING = re.compile(
    r"(?:`{1,2}|```(?:\w{0,12}|\w{0,12}\s{1,3}))?\Z"
    rf"|{_FENCED}(?:\[\w{{0,48}}|(?:\[\s{{0,3}})?(?:\{{\s{{0,9}}"
    r"(?:[\"'](?:\w{0,14}(?:[\"']\s{0,3}(?::\s{0,3}(?:[\"'][\w.-]{0,58})?)?)?)?)?)?)\Z",
    re.I | re.A,
)
"""Its beginning."""
_BEGINNING = re.compile(rf"<(?:[|｜]\s?(?:{_NAME}\s?[|｜]?)?)?\Z", re.I | re.A)

OPENS_HEADER = frozenset(("start", "channel", "constrain", "start_header_id", "header_start"))
"""A header follows, up to the next mark: who speaks, or on which channel."""
OPENS_ROLE = frozenset(("im_start", "<start_of_turn>", "<|turn>", "turn_start", "im_user", "start_of_role"))
"""A role follows on the same line."""
_ROLES = ("assistant", "user", "system", "tool", "developer", "model", "ipython", "function", "human", "observation")
ROLE = re.compile(rf"\s?({'|'.join(_ROLES)})?[ \t]*\n?", re.I)
ENDS = frozenset(("endoftext", "end_of_text", "end_of_sentence", "<eos>"))
"""Of the whole text: what a model writes behind them belongs to something else."""
OTHERS = frozenset(("user", "system", "tool", "developer", "ipython", "function", "human", "observation", "prompter"))
"""Whoever else speaks: the model goes on with the conversation by itself."""
STARTS = re.compile(
    r"<[|｜](?:start|im_start|start_header_id|header_start|assistant|channel|im_assistant|turn_start|start_of_role)[|｜]>"
    r"|<start_of_turn>",
    re.I,
)


BRACKETED = (
    "[bos]", "[eos]", "[pad]", "[unk]", "[cls]", "[sep]", "[eot]", "[eom]", "[/s]", "[endoftext]", "[end_of_text]",
    "[begin_of_text]", "[im_end]", "[im_start]",
)  # fmt: skip
"""Marks that are also words: "The model adds [BOS]." They are marks around a whole answer, or behind its last sign."""
_BRACKETS = "|".join(map(re.escape, BRACKETED))
BRACKET_FIRST = re.compile(rf"(?:{_BRACKETS})(?! (?-i:[a-z])| ?\Z)", re.I | re.A)
_BRACKET_GLUED = rf"(?<=[.!?…。！？])(?:{_BRACKETS})"
BRACKET = re.compile(rf"(?P<glued>{_BRACKET_GLUED})|(?:{_BRACKETS})", re.I | re.A)

# Answers of gpt-oss whose marks a server has cut out of the text: "analysisThey ask for a capital.assistantfinalOslo."

_BARE_CHANNEL = re.compile(
    r"(?:assistant\s?)?analysis(?=\w|(?P<line>[ \t]*\n))|assistant\s?(?:final|commentary(?P<to> to=)?)"
)
BARE_NEXT = re.compile(r"assistant\s?(?:final|commentary)")
_BARE_CHANNELS = ("analysis\n", *(f"assistant{gap}{name}" for gap in ("", " ", "\n") for name in (
    "analysis\n", "final", "commentary to=")))  # fmt: skip


def bare_channel(text: str, at: int) -> "re.Match[str] | None":
    """The name of a channel that stands there, once it is whole, or a mark in brackets."""
    if mark := BRACKET_FIRST.match(text, at):
        return mark
    found = _BARE_CHANNEL.match(text, at)
    return found if found and (found[0].endswith("final") or not _may_be_bare(text[at:])) else None


def _may_be_bare(text: str) -> bool:
    return any(form.startswith(text) for form in _BARE_CHANNELS)


def may_be_first(text: str, start: str) -> bool:
    """Whether an answer that begins so may begin with a mark or a thought. `start`: its first characters, small."""
    mark = may_begin(start) or start.strip() in BRACKETED or _may_be_bare(text)
    return mark or any(tag.startswith(start) for tag in THOUGHTS)


def without_last_marks(text: str) -> str:
    """A text that may end with marks in brackets, without them."""
    for _ in range(LONGEST_MARK):
        bare = text.rstrip()
        mark = next((mark for mark in BRACKETED if bare[-len(mark) :].lower() == mark), "")
        if not mark:
            break
        text = bare[: -len(mark)]
    return text


def may_be_last(text: str) -> bool:
    """Whether nothing but marks in brackets may come in `text`, which begins with one."""
    rest = re.sub(rf"\s*(?:{_BRACKETS})", "", text, flags=re.I | re.A).strip().lower()
    return any(mark.startswith(rest) for mark in BRACKETED)


def name_of(mark: str) -> str:
    return mark.lower().replace("▁", "_")


def may_be_role(text: str) -> bool:
    """Whether a role may go on behind these characters."""
    word = text.lstrip().lower()
    return not text.endswith("\n") and any(f"{role} \n".startswith(word.rstrip(" \t")) for role in _ROLES)


def may_begin(tail: str) -> bool:
    """Whether a mark or a call may begin with these characters."""
    low = tail.lower()
    return (
        any(literal.startswith(low) for literal in (*_LITERALS, *BRACKETED))
        or _BEGINNING.match(tail) is not None
        or (bool(tail) and _WRITING.match(tail) is not None)
    )


# ---------------------------------------------------------------- calls written as text
# Answers that are, as a whole, a call of a tool that came out as text.

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


# Where marks begin and end in a text that still grows.

NEVER = re.compile(r"(?!)")


def ends_with_tag(text: str) -> "re.Pattern[str]":
    return re.compile(re.escape(text), re.I | re.A) if text else NEVER


def ends_with_mark(name: str) -> "re.Pattern[str]":
    return re.compile(rf"<[|｜]{re.escape(name).replace('_', '[_▁]')}[|｜]>", re.I) if name else NEVER


def may_go_on(text: str, found: "re.Match[str]") -> bool:
    """Whether more backticks, or a call in a fence, may follow."""
    rest = text[found.start() : found.start() + LONGEST_MARK]
    return len(rest) < LONGEST_MARK and (found.end() == len(text) or may_begin(rest))


def safe_length(text: str) -> int:
    """How many characters at its beginning cannot become a part of a mark."""
    first = max(0, len(text) - LONGEST_MARK)
    places = (at for at in range(first, len(text)) if _is_sign(text, at) and may_begin(text[at:]))
    return next(places, len(text))


def _is_sign(text: str, at: int) -> bool:
    """Marks begin with a sign; one begins with a letter, and no mark is in the middle of a word."""
    return text[at] in "<[({`◁" or (text[at] in "fF" and not text[at - 1 : at].isalnum())
