"""A server that behaves like models: it transcribes by length, answers any question, and speaks a tone. Of the tools
that it is offered it calls those that are asked for."""

import io
import math
import re
import wave
from array import array

from .server import Answer, Request, as_json, sse
from .tools import calling, require_order

RATE_HZ = 24_000
_LETTER_S = 0.06
_STORY = ("once", "upon", "a", "time", "a", "fox", "saw", "a", "crow", "with", "cheese") * 400
_GREETING = ("I", "am", "fine,", "thank", "you.")


_END = [{"choices": [{"delta": {}, "finish_reason": "stop"}]}]


def _wanted(asked: str, tools: object) -> tuple[str, dict[str, object]] | None:
    """Name and arguments of the tool that is asked for."""
    assert isinstance(tools, list)
    offered = {tool["function"]["name"] for tool in tools}
    if "weather" in asked and "get_weather" in offered:
        return "get_weather", {"city": asked.removesuffix("?").split()[-1]}
    if "open" in asked and "open_url" in offered:
        return "open_url", {"url": asked.split()[-1]}
    if (reminder := re.fullmatch(r"remind me to (.+) (in .+)", asked)) and "set_reminder" in offered:
        return "set_reminder", {"what": reminder[1], "when": reminder[2]}
    return ("current_time", {}) if "time" in asked and "current_time" in offered else None


class Models:
    """`heard`: the words of `samples` samples of sound; less sound has fewer of them."""

    def __init__(self, heard: str, samples: int) -> None:
        self._heard = heard.split()
        self._samples = samples

    def answer(self, request: Request) -> Answer:
        match request.path:
            case "/v1/models":
                return as_json({"data": [{"id": name} for name in ("gpt-6-luna", "gpt-transcribe", "gpt-4o-mini-tts")]})
            case "/v1/audio/transcriptions":
                return self._transcript(request.form["file"][0])
            case "/v1/chat/completions":
                return self._reply(request.json)
            case "/v1/audio/speech":
                return self._speech(request.json["input"])
        raise AssertionError("no such endpoint")

    def _transcript(self, file: bytes) -> Answer:
        with wave.open(io.BytesIO(file)) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16_000, 1, 2)
            share = sound.getnframes() / self._samples
        words = self._heard[: round(len(self._heard) * share)]
        deltas = [{"type": "transcript.text.delta", "delta": word + " "} for word in words]
        return sse(*deltas, {"type": "transcript.text.done", "text": " ".join(words)})

    def _reply(self, body: dict[str, object]) -> Answer:
        messages, limit = body["messages"], body.get("max_completion_tokens") or body["max_tokens"]
        assert isinstance(messages, list) and isinstance(limit, int)
        require_order(messages)
        if messages[-1]["role"] == "tool":
            outcome = messages[-1]["content"]
            said = "Done." if not outcome or outcome.startswith("<|") else outcome  # no model repeats those marks
            return sse(*[{"choices": [{"delta": {"content": said}}]}], *_END)
        if call := _wanted(messages[-1]["content"], body.get("tools", [])):
            return sse(*calling(("call_1", *call)))
        words = _STORY if "story" in messages[-1]["content"] else _GREETING
        said = [{"choices": [{"delta": {"content": word + " "}}]} for word in words[:limit]]
        finish = "length" if limit < len(words) else "stop"
        return sse(*said, {"choices": [{"delta": {}, "finish_reason": finish}]})

    def _speech(self, text: str) -> Answer:
        silence, tone = int(0.2 * RATE_HZ), int(_LETTER_S * len(text) * RATE_HZ)
        samples = array("h", bytes(silence * 2))
        samples.extend(int(8000 * math.sin(index / 9)) for index in range(tone))
        whole = samples.tobytes()
        pieces = [whole[start : start + 4801] for start in range(0, len(whole), 4801)]
        return Answer(pieces, kind="audio/pcm")
