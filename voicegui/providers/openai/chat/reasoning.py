"""Thoughts cost time and the room of the answer: they are switched off where the server can, else given room."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_EFFORTS = ("none", "minimal", "low")
"""Values of `reasoning_effort`, from the least on."""

_SWITCHES: Mapping[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}, "thinking": {"type": "disabled"}}
"""llama.cpp, vLLM and SGLang; DeepSeek, GLM and Kimi."""

_ONLY_EFFORT = ("api.openai.com", "api.groq.com")
"""Refuse every parameter that they do not know. Ollama and LM Studio ignore them."""

_EFFORT_NAMES = ("reasoning_effort", "reasoning.effort")

_ABOUT_VALUE = re.compile(
    r"one of|must be|should be|supported values|invalid value|unsupported value|not support '?none"
)

ROOM_TOKENS = 2_000
"""For thoughts that cannot be switched off."""


class Reasoning:
    """What is known of how one model thinks. Nothing is sent before it was seen to think."""

    def __init__(self, url: str) -> None:
        self._seen = False
        self._needs_room = self._has_no_room = False
        self._effort = _EFFORTS[0]
        """"" where it is not taken at all."""
        host = urlsplit(url).hostname or ""
        self._switches = {} if host in _ONLY_EFFORT else dict(_SWITCHES)

    def saw(self) -> None:
        """It thinks: from the next answer on it is asked not to."""
        self._seen = True

    def crowded_out(self) -> bool:
        """Its thoughts have left no room for words. Returns whether asking again may help."""
        if self._seen and (self._needs_room or self._has_no_room):
            return False
        self._needs_room, self._seen = self._seen, True
        return True

    @property
    def room(self) -> int:
        """Tokens for thoughts, beyond those of the answer."""
        return ROOM_TOKENS if self._needs_room else 0

    def no_room(self) -> bool:
        """The server has no room for that. Returns whether there was some."""
        had, self._needs_room = self._needs_room, False
        self._has_no_room = self._has_no_room or had
        return had

    def parameters(self) -> dict[str, Any]:
        """To be sent. Once room was needed the switches have shown that they do nothing."""
        if not self._seen:
            return {}
        effort = "low" if self._needs_room and self._effort else self._effort
        return {**({"reasoning_effort": effort} if effort else {}), **({} if self._needs_room else self._switches)}

    def learn(self, text: str, param: object, sent: Mapping[str, Any]) -> bool:
        """Whether a refusal, `text` in lower case, is about one of the parameters in `sent`, which is left out from
        then on, or sent with another value."""
        switches = [name for name in self._switches if name in sent and (name == param or _names(text, name))]
        for name in switches:
            del self._switches[name]
        if "reasoning_effort" in sent and (param in _EFFORT_NAMES or re.search(r"reasoning.{0,3}effort", text)):
            self._lower(text, str(sent["reasoning_effort"]))
            return True
        return bool(switches) or (bool(re.search(r"think|reasoning", text)) and self.give_up(sent))

    def give_up(self, sent: Mapping[str, Any]) -> bool:
        """Whether any were sent: none are from then on. The request without them was taken once."""
        mine = "reasoning_effort" in sent or any(name in sent for name in _SWITCHES)
        if mine:
            self._effort = ""
            self._switches.clear()
        return mine

    def _lower(self, text: str, refused: str) -> None:
        left = _EFFORTS[_EFFORTS.index(refused) + 1 :]
        offered = next((value for value in left if re.search(rf"\b{value}\b", text)), "")
        self._effort = offered or ("low" if _ABOUT_VALUE.search(text) and "low" in left else "")


def _names(text: str, name: str) -> bool:
    """ "thinking" is a word of every refusal that is about it: only in quotes or as a path it is the parameter."""
    return name in text if name != "thinking" else re.search(r"[\"'`(\[.]thinking[\"'`)\],.:]", text) is not None
