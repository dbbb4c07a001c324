"""llama.cpp through xllamacpp, in the child process: a chat model, and the small one that judges the end of a turn.

Both are called in-process. The server's port cannot be switched off, so a random key locks it.
"""

import math
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from voicegui.core.errors import ErrorCode, HintKind, VoiceError
from voicegui.core.ports import LimitReached, Message, ReplyText
from voicegui.core.text.reply_filter import ReplyFilter
from voicegui.core.wording import sentence

CONTEXT_TOKENS = 4096
CHOICE_TOKENS = 1024
"""Beside them, for the question which tool is meant: in a slot of its own, so that it does not push a conversation out
of the cache. 12 MB with a model of 0.5B, 28 MB with 1.5B."""

BATCH_TOKENS = 64
"""A prompt is read in steps of this size; between two of them a cancelled reply ends."""

CHARS_PER_TOKEN = 3.0
"""Lower than English really is (about 4.3), so that an estimate errs to the safe side."""


class ChatModel:
    def __init__(self, path: Path, name: str) -> None:
        self._server = _server(path, name, CONTEXT_TOKENS + CHOICE_TOKENS, BATCH_TOKENS, threads(), slots=2)

    def reply(self, messages: Sequence[Message], max_tokens: int, emit: Callable[[ReplyText], bool]) -> None:
        """Calls `emit` with each piece of the answer until it returns False. Raises VoiceError."""
        self._stream(
            {
                "messages": [_plain(message) for message in fit(messages, max_tokens)],
                "max_tokens": max_tokens,
                "temperature": 0.3,
                "top_p": 0.9,
                "repeat_penalty": 1.05,
                "id_slot": 0,
            },
            emit,
        )

    def choose(
        self, messages: Sequence[Message], schema: Mapping[str, Any], max_tokens: int, emit: Callable[[ReplyText], bool]
    ) -> None:
        """As `reply`, with JSON of the shape `schema`."""
        self._stream(
            {
                "messages": list(map(_plain, messages)),
                "max_tokens": max_tokens,
                "temperature": 0,
                "response_format": {"type": "json_schema", "json_schema": {"name": "choice", "schema": schema}},
                "id_slot": 1,
            },
            emit,
        )

    def _stream(self, request: Mapping[str, Any], emit: Callable[[ReplyText], bool]) -> None:
        failure: list[str] = []
        unspoken = ReplyFilter()

        def on_chunk(chunk: dict[str, Any]) -> bool:
            if "choices" not in chunk:
                failure.append(str(chunk))
                return True
            return not all([emit(piece) for piece in pieces(chunk["choices"], unspoken)])

        streamed = {
            "stream": True,
            "return_progress": True,  # a chunk for each batch of the prompt: a chance to stop
            "cache_prompt": True,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        self._server.handle_chat_completions({**request, **streamed}, on_chunk)
        if failure:
            what = sentence("The language model could not read the conversation. Start a new one.")
            raise VoiceError(ErrorCode.ENGINE_FAILED, what, retryable=True)


def _plain(message: Message) -> Mapping[str, str]:
    return {"role": message.role, "content": message.text}


def pieces(choices: Sequence[dict[str, Any]], unspoken: ReplyFilter) -> Sequence[ReplyText]:
    """What one chunk of a streamed answer brings; "" while the prompt is read."""
    if not choices:
        return ("",)
    text, finish = unspoken.feed(choices[0]["delta"].get("content") or ""), choices[0].get("finish_reason")
    if finish:
        text += unspoken.finish(cut=finish == "length")
    return (text, LimitReached()) if finish == "length" else (text,)


class EndModel:
    """How likely the words so far are a whole turn, from a language model's own next-word probability.

    The idea is that of LiveKit's turn detector (livekit/turn-detector, a fine-tuned SmolLM2), here with the plain
    SmolLM2-135M-Instruct: in a chat where the user has said the words, the probability of what ends a sentence.
    """

    PROMPT = "<|im_start|>system\nA person talks to a helpful assistant.<|im_end|>\n<|im_start|>user\n{words}"

    def __init__(self, path: Path, name: str) -> None:
        # One thread: two wait for each other at every step, and on a busy machine a 50 ms judgement then takes seconds.
        self._server = _server(path, name, 512, 128, 1)

    def probability(self, words: str) -> float:
        prompt = self.PROMPT.format(words=plain(words))
        answer = self._server.handle_completions(
            {"prompt": prompt, "n_predict": 1, "n_probs": 50, "temperature": 0, "cache_prompt": True}
        )
        judged = answer["choices"][0]["logprobs"]
        if not judged:  # the next token is half a letter, so no end
            return 0.0
        tops = judged["content"][0]["top_logprobs"]
        return min(math.fsum(math.exp(top["logprob"]) for top in tops if ends(top["token"])), 1.0)


def plain(words: str) -> str:
    """As the judge wants them: no end punctuation (the recogniser always writes a full stop), the last 60 words."""
    return " ".join(words.split()[-60:]).replace("<|", "").rstrip(" .?!…,;:-")


def ends(token: str) -> bool:
    """Special tokens come as "": of them only `<|im_end|>` is likely here."""
    return token == "" or token[0] in ".?!\n"


def fit(messages: Sequence[Message], max_tokens: int) -> Sequence[Message]:
    """What the context can hold: the system's message (at most half of it) and the latest of the others.

    Dropping the oldest costs nothing: the server moves what follows to the front of its cache (`n_cache_reuse`).
    """
    room = int(max(CONTEXT_TOKENS - max_tokens - _SPARE_TOKENS, 256) * CHARS_PER_TOKEN)
    system = [Message("system", message.text[: room // 2]) for message in messages if message.role == "system"]
    room -= sum(map(_length, system))
    latest: list[Message] = []
    for message in reversed([message for message in messages if message.role != "system"]):
        if latest and _length(message) > room:
            break
        latest.append(Message(message.role, message.text[-max(room, 1) :]))
        room -= _length(message)
    return [*system, *reversed(latest)]


_SPARE_TOKENS = 64


def room_for_reply(messages: Sequence[Message]) -> int:
    """How many tokens an answer may have so that `fit` leaves nothing out; 0 or less if that cannot be."""
    longest_system = max((len(message.text) for message in messages if message.role == "system"), default=0)
    needed = max(sum(map(_length, messages)), 2 * longest_system)
    return CONTEXT_TOKENS - _SPARE_TOKENS - max(math.ceil(needed / CHARS_PER_TOKEN) + 1, 256)


def _length(message: Message) -> int:
    return len(message.text) + 16


def _server(path: Path, name: str, context: int, batch: int, thread_count: int, slots: int = 1) -> Any:
    """`slots`: prompts that stay in the cache side by side; they share `context` tokens."""
    # Its OpenMP threads would spin between two steps of the model and starve the sound and the window on few cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context
    params.n_batch = params.n_ubatch = batch
    params.n_parallel = slots
    params.kv_unified = True
    params.n_cache_reuse = 32
    params.cache_ram_mib = 0
    params.fit_params = False
    params.api_keys = [secrets.token_hex(32)]
    params.n_threads_http = 1
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = -1
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = thread_count
        cpu.poll = 0  # no spinning between steps, where llama.cpp has its own threads and not OpenMP's
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise model_damaged(name) from error


def model_damaged(name: str) -> VoiceError:
    return VoiceError(
        ErrorCode.MODEL_DAMAGED,
        sentence("its file is damaged. Download it again."),
        heading=sentence("The language model {model} cannot be loaded", model=name),
        hint=f"voicegui models get {name}",
        hint_kind=HintKind.COMMAND,
    )


def threads() -> int:
    """All processors, four at most: more only wait for memory (on two, two are 1.4 times as fast as one)."""
    return max(1, min(4, os.cpu_count() or 1))
