"""A service that said no: why, and what to do about it; what to use instead of a model that was shut down. Pure.

Successors are from OpenAI, "Deprecations", November 2026. Dates are not here: `GET /v1/models` tells them.
"""

import re
from dataclasses import dataclass

from voicegui.core.errors import TRY_AGAIN, ErrorCode, HintKind, VoiceError
from voicegui.core.wording import Sentence, sentence

from .service import Stage, StageTarget

_SUCCESSORS = {
    "gpt-4o-mini-tts": "gpt-realtime-2.1-mini",
    "tts-1": "gpt-realtime-2.1-mini",
    "tts-1-hd": "gpt-realtime-2.1-mini",
    "gpt-4o": "gpt-6.1-terra",
    "gpt-4o-mini": "gpt-6-luna",
    "gpt-4.1": "gpt-6.1-terra",
    "gpt-4.1-mini": "gpt-6-luna",
    "gpt-5": "gpt-6.1-sol",
    "gpt-5-mini": "gpt-6-luna",
    "gpt-5-nano": "gpt-6-luna",
    "o3": "gpt-6.1-sol",
    "gpt-realtime": "gpt-realtime-2.1",
    "gpt-realtime-mini": "gpt-realtime-2.1-mini",
    "gpt-audio-mini": "gpt-realtime-2.1-mini",
    "whisper-1": "gpt-transcribe",
    "gpt-4o-transcribe": "gpt-transcribe",
    "gpt-4o-mini-transcribe": "gpt-transcribe",
    "gpt-4o-transcribe-diarize": "gpt-transcribe",
}


def successor(model: str) -> str:
    """The model to use instead, "" if none is known. A dated snapshot ("tts-1-2025-12-15") counts as its model."""
    parts = model.rsplit("-", 3)
    dated = len(parts) == 4 and all(part.isdigit() for part in parts[1:])
    return _SUCCESSORS.get(parts[0] if dated else model, "")


# ---------------------------------------------------------------- refusals


@dataclass(frozen=True, slots=True)
class Refusal:
    """As far as it is known; an error in the middle of a stream or of a WebSocket has no status."""

    status: int | None
    code: str
    """`error.code`, else `error.type`."""
    text: str = ""
    """Lower case; looked into, never shown."""


_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "account_deactivated")
_LONG_CODES = ("context_length_exceeded", "exceed_context_size_error", "context_exceeded")
_FILTERED = ("content_filter", "content_policy_violation", "moderation_blocked")
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|max(?:imum)? context|too many tokens|context (?:the )?overflow|"
    r"context shift is disabled"
)
"""Whatever was asked for."""

_TOO_LONG_TALK = re.compile(
    r"(?:prompt|input|request|conversation|messages?)[^.]{0,40} (?:is|are) too (?:long|large)|"
    r"(?:prompt|sequence) too long|"
    r"prompt (?:token )?(?:count|length)|prompt contains \d+ tokens|maximum (?:prompt|model|input) length|"
    r"longer than the (?:maximum )?model|max_model_len|max_seq_len|\bn_ctx\b|tokens to keep|input tokens? |"
    r"tokens exceed|token count|number of tokens|requested tokens|reduce the length|reduce your message|"
    r"request too large for|too large for model|max_new_tokens`? must|inputs`? must have less|string too long|"
    r"(?:entity|payload|content|body) too large"
)
"""Of a chat: llama.cpp, vLLM, Ollama, LM Studio, OpenAI, Groq, Mistral, Gemini, Anthropic, TGI, SGLang, TabbyAPI,
xAI, and web servers before them."""

_SLIP = re.compile(
    r"tool_use_failed|output_parse_failed|error parsing tool call|failed to parse (?:input|tool call|function call)|"
    r"failed to call a function|tool call validation failed|malformed (?:tool|function)|invalid tool call|"
    r"(?:tool|function) call[^.]{0,30} could not be parsed|attempted to call tool|parsing failed\. the model generated|"
    r"invalid sequence as part of tooluse"
)
"""The model wrote a call that its server cannot read: Groq, Ollama, llama.cpp, Gemini, Bedrock."""

_HISTORY_SLIP = "tool call arguments as json"
"""What llama.cpp says of a call that was sent to it."""

_NO_CHAT = re.compile(
    r"does not support (?:the )?(?:chat|completion|generat|text.?generat)|do(?:es)? not support chat|not a chat model|"
    r"not an? (?:llm|chat|language model|text.generation)|is not llm\b|only supported in v1/|"
    r"not supported (?:in|by|for|on) the v1/chat|(?:is|was) an? (?:embedding|rerank\w*|speech|audio|image) model|"
    r"not support(?:ed)? (?:for )?chat.?completions?|embedding models? (?:do|does|can)|"
    r"this server does not support (?:chat|completions)|not supported for generate.?content|"
    r"must provide a chat template|(?:no|without a|not (?:have|define|contain) an?y?) chat.template"
)

_TEMPLATE = re.compile(
    r"messages\W+\d|must alternate|jinja (?:exception|error|template)|jinja2|chat template|raise_exception|"
    r"template (?:error|exception)|unexpected role|invalid role|role\W{1,3}tool|tool_call_id|tool.?message|"
    r"messages? with role|system (?:role|message|prompt)s? (?:is |are |must |not |can)|only user,? and assistant|"
    r"last message|expected last role|after (?:user|tool|assistant|system) (?:role|message)|thought_?signature|"
    r"reasoning_content"
)
"""The order or the roles of the messages are not those that the model's template takes, or something lacks in them."""
_ENDED = ("deprecated", "shut down", "decommissioned", "retired", "no longer available")
_NO_ENDPOINT = {
    Stage.STT: sentence("{service} has no transcription endpoint at this address. Check the address, or choose another "
                        "service for this."),
    Stage.LLM: sentence("{service} has no chat endpoint at this address. Check the address, or choose another service "
                        "for this."),
    Stage.TTS: sentence("{service} has no speech endpoint at this address. Check the address, or choose another "
                        "service for this."),
    None: sentence("{service} does not list its models at this address. Check the address, or choose another service "
                   "for this."),
}  # fmt: skip


def refusal_error(refusal: Refusal, asked: StageTarget) -> VoiceError:
    """The sentence for it. What depends on the reason given comes before what depends on the status alone."""
    return _by_reason(refusal, asked) or _by_status(refusal, asked)


def _by_reason(refusal: Refusal, asked: StageTarget) -> VoiceError | None:
    code, text, status = refusal.code.lower(), refusal.text, refusal.status
    if code in _QUOTA or (status in (402, 429) and "quota" in text):
        return VoiceError(ErrorCode.QUOTA_USED_UP, asked.fill(sentence(
            "Your credit at {service} is used up. Add credit to your account there, or choose another service.",
        )))  # fmt: skip
    if code in _FILTERED or "content management policy" in text:
        return content_refused(asked)
    if is_too_long(refusal, asked):
        return VoiceError(ErrorCode.CONTEXT_TOO_LONG, asked.fill(
            sentence("The conversation is too long for the model {model}. Begin a new one, or lower its memory in the "
                     "settings."),
            sentence("The conversation is too long for the model. Begin a new one, or lower its memory in the "
                     "settings."),
        ))  # fmt: skip
    if is_slip(refusal):  # what the model wrote, not what it was asked
        slip = asked.fill(sentence("{service} called a tool in a way that it cannot read itself."))
        return VoiceError(ErrorCode.BAD_ANSWER, slip, advice=TRY_AGAIN, retryable=True)
    if code == "invalid_api_key":
        return _wrong_key(asked)
    if asked.stage is Stage.LLM and cannot_chat(refusal):
        return VoiceError(ErrorCode.MODEL_UNKNOWN, asked.fill(
            sentence("The model {model} of {service} is no model to talk with. Choose another model in the settings."),
            sentence("The model of {service} is no model to talk with. Choose another model in the settings."),
        ))  # fmt: skip
    if asked.stage is Stage.LLM and is_about_messages(refusal):
        return VoiceError(ErrorCode.BAD_REQUEST, asked.fill(
            sentence("The model {model} of {service} does not take this conversation in its form. Begin a new one, or "
                     "choose another model."),
            sentence("The model of {service} does not take this conversation in its form. Begin a new one, or choose "
                     "another model."),
        ))  # fmt: skip
    gone = status in (400, 404, 410) and "model" in text
    if (gone or code == "model_not_found") and any(word in text for word in _ENDED):
        return model_shut_down(asked)
    if code == "model_not_found" or (status == 404 and "model" in text):
        return _unknown_model(asked)
    return None


def is_too_long(refusal: Refusal, asked: StageTarget) -> bool:
    """The same words may mean something else where no talk was sent: a text to be spoken has a limit, too."""
    if refusal.code.lower() in _LONG_CODES:
        return True
    talk = asked.stage in (None, Stage.LLM)
    if refusal.status == 429:  # more than a whole minute's tokens: waiting does not help
        return talk and "too large" in refusal.text
    if refusal.status not in (None, 400, 413, 422, 500):
        return False
    return _TOO_LONG.search(refusal.text) is not None or (talk and _TOO_LONG_TALK.search(refusal.text) is not None)


def is_slip(refusal: Refusal) -> bool:
    """The model called a tool in a way that its server could not read: it may do better when it is asked again."""
    if refusal.code == "tool_use_failed":
        return True
    found = refusal.status in (None, 400, 422, 424, 500, 502) and _SLIP.search(f"{refusal.code} {refusal.text}")
    return bool(found) and _HISTORY_SLIP not in refusal.text


def cannot_chat(refusal: Refusal) -> bool:
    """The model is for something else than talk."""
    return refusal.status in (400, 404, 405, 422, 500, 501) and _NO_CHAT.search(refusal.text) is not None


def is_about_messages(refusal: Refusal) -> bool:
    """The server does not take the messages in their order or form."""
    return refusal.status in (400, 422, 500) and _TEMPLATE.search(refusal.text) is not None


def _by_status(refusal: Refusal, asked: StageTarget) -> VoiceError:
    status, code = refusal.status, refusal.code.lower()
    if status == 401 or code == "authentication_error":
        return _wrong_key(asked)
    if status == 403 or code == "permission_error":
        return VoiceError(ErrorCode.NO_PERMISSION, asked.fill(
            sentence("Your key may not use the model {model} at {service}. Allow it in your account there, or use "
                     "another key."),
            sentence("Your key may not use the model at {service}. Allow it in your account there, or use another "
                     "key."),
        ))  # fmt: skip
    if status in (404, 405, 501):
        return not_offered(asked)
    if status == 410:
        return model_shut_down(asked)
    if status == 413:
        much = sentence("That was too much for {service} to take at once. Say it in shorter pieces.")
        return VoiceError(ErrorCode.TOO_LARGE, asked.fill(much))
    if status == 429 or code in ("rate_limit_exceeded", "rate_limit_error", "tokens", "requests"):
        often = sentence("{service} is asked too often at the moment. Wait a little and try again.")
        return VoiceError(ErrorCode.RATE_LIMITED, asked.fill(often), retryable=True)
    if status in (408, 504, 524):
        late = asked.fill(sentence("{service} took too long."))
        return VoiceError(ErrorCode.TIMED_OUT, late, advice=TRY_AGAIN, retryable=True)
    unexplained = status is None and not code.startswith("invalid")
    if (status or 0) >= 500 or unexplained:
        trouble = sentence("{service} has trouble of its own at the moment. Try again in a little while.")
        return VoiceError(ErrorCode.SERVER_FAILED, asked.fill(trouble), retryable=True)
    return _not_taken(refusal, asked)


def _not_taken(refusal: Refusal, asked: StageTarget) -> VoiceError:
    reason = refusal.code if re.fullmatch(r"[a-z_]{3,40}", refusal.code) else refusal.status
    what = sentence(
        "{service} did not take the request ({reason}). Choose another model, or check its address.",
        reason=reason or sentence("no reason given"),
    )
    return VoiceError(ErrorCode.BAD_REQUEST, asked.fill(what))


# ---------------------------------------------------------------- sentences needed elsewhere too


def no_key(service: Sentence | str) -> VoiceError:
    what = sentence("{service} needs a key and there is none. Enter it in the settings.", service=service)
    return VoiceError(ErrorCode.NO_KEY, what)


def content_refused(asked: StageTarget) -> VoiceError:
    what = sentence("{service} declined to answer this. Put it differently.")
    return VoiceError(ErrorCode.CONTENT_REFUSED, asked.fill(what))


def not_offered(asked: StageTarget) -> VoiceError:
    return VoiceError(ErrorCode.NOT_OFFERED, asked.fill(_NO_ENDPOINT[asked.stage]))


def model_shut_down(asked: StageTarget) -> VoiceError:
    """`hint` is the model to use instead, if one is known."""
    instead = successor(asked.model)
    what = asked.fill(
        sentence("The model {model} was shut down by {service}. Choose another model in the settings."),
        sentence("The model was shut down by {service}. Choose another model in the settings."),
    )
    if instead:
        used = sentence("The model {model} was shut down by {service}. Use {instead} instead.", instead=instead)
        what = asked.fill(used)
    return VoiceError(ErrorCode.MODEL_SHUT_DOWN, what, hint=instead, hint_kind=HintKind.NAMED)


def _unknown_model(asked: StageTarget) -> VoiceError:
    """Models that ended are unknown after a while."""
    if (instead := successor(asked.model)) and not asked.local:
        ended = sentence("{service} does not offer the model {model} any more. Use {instead} instead.", instead=instead)
        return VoiceError(ErrorCode.MODEL_UNKNOWN, asked.fill(ended), hint=instead, hint_kind=HintKind.NAMED)
    if asked.local:
        what = asked.fill(
            sentence("{service} does not have the model {model}. Get it there first, or choose another model."),
            sentence("{service} does not have the model. Get it there first, or choose another model."),
        )
    else:
        what = asked.fill(
            sentence("{service} does not know the model {model}, or your key may not use it. Choose another model."),
            sentence("{service} does not know the model, or your key may not use it. Choose another model."),
        )
    return VoiceError(ErrorCode.MODEL_UNKNOWN, what)


def _wrong_key(asked: StageTarget) -> VoiceError:
    what = sentence(
        "{service} does not accept the key. Enter it again in the settings, or make a new one in your account there."
    )
    return VoiceError(ErrorCode.WRONG_KEY, asked.fill(what))
