"""Whatever a service or the way to it can do wrong, translated once into a sentence with a way out.

Nothing a server wrote is repeated: it may quote the key or the words that were said.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from socket import gaierror
from typing import Any
from urllib.parse import urlsplit

from voicegui.core.errors import ErrorCode, VoiceError

from .asked import Asked
from .refusals import Refusal, refused


class BadAnswer(Exception):
    """Raised inside this package for an answer that makes no sense; says what it was, for a person."""


class Dropped(Exception):
    """Raised inside this package for an answer that ended before its end."""


@contextmanager
def translated(asked: Asked) -> Iterator[None]:
    """Errors of the service, of the SDK and of the network leave as VoiceError; defects stay what they are."""
    try:
        yield
    except VoiceError:
        raise
    except Exception as error:
        translation = translate(error, asked)
        if translation is None:
            raise
        raise translation from None  # a traceback would show what the server wrote


def translate(error: BaseException, asked: Asked) -> VoiceError | None:
    """None for what is no error of a service: a defect of this program."""
    import httpx2
    import openai

    match error:
        case openai.APIStatusError():
            return _from_response(error, asked)
        case openai.APITimeoutError() | httpx2.TimeoutException() | TimeoutError():
            return timed_out(asked)
        case openai.APIConnectionError() | httpx2.TransportError() | httpx2.DecodingError() | OSError() | Dropped():
            return _from_network(error, asked)
        case openai.APIError():  # told in the middle of a stream
            return refused(Refusal(None, error.code or error.type or "", text_of(error.body)), asked)
        case httpx2.InvalidURL():
            sentence = f"The address of {asked.service} is not usable. Correct it in the settings."
            return VoiceError(ErrorCode.BAD_SETTINGS, sentence)
        case BadAnswer():
            return bad_answer(asked, str(error))
        case ValueError():  # JSON, UTF-8
            return bad_answer(asked, "sent something that is no answer")
        case openai.OpenAIError():
            return bad_answer(asked, "answered in a way that is not understood")
        case _ if _is_end_of_stream(error):
            return _from_network(error, asked)
    return None


def _is_end_of_stream(error: BaseException) -> bool:
    import anyio

    return isinstance(error, anyio.EndOfStream | anyio.BrokenResourceError | anyio.ClosedResourceError)


def timed_out(asked: Asked) -> VoiceError:
    sentence = f"{asked.service} did not answer in time. Try again."
    if asked.local:
        sentence = f"{asked.service} did not answer in time: it may still be loading its model. Try again."
    return VoiceError(ErrorCode.TIMED_OUT, sentence, retryable=True)


def bad_answer(asked: Asked, what: str) -> VoiceError:
    """`what`: "sent MP3 instead of PCM"."""
    sentence = f"{asked.service} {what}. Try again; if it stays so, choose another model or service."
    return VoiceError(ErrorCode.BAD_ANSWER, sentence, retryable=True)


# ---------------------------------------------------------------- answers


def _from_response(error: Any, asked: Asked) -> VoiceError:
    response = error.response
    if 300 <= error.status_code < 400:
        return _redirected(response.headers.get("location", ""), asked)
    code = code_of(error.body) or error.code or ""
    return refused(Refusal(error.status_code, code, text_of(error.body)), asked)


def code_of(body: object) -> str:
    """The machine-readable reason in the body of an error, "" if there is none."""
    if not isinstance(body, Mapping):
        return ""
    inner = body.get("error")
    if isinstance(inner, Mapping):
        body = inner
    return next((value for key in ("code", "type") if isinstance(value := body.get(key), str)), "")


def text_of(body: object) -> str:
    """All words of the body of an error, lower case, to look for reasons in; never shown."""
    match body:
        case str():
            return body[:4000].lower()
        case Mapping():
            return " ".join(text_of(value) for value in body.values())[:4000]
        case list():
            return " ".join(text_of(value) for value in body)[:4000]
    return ""


def _redirected(location: str, asked: Asked) -> VoiceError:
    """Never followed: the key would go along."""
    parts = urlsplit(location)
    where = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "another address"
    sentence = (
        f"{asked.service} wants to send the request on to {where}. It was not followed, so that your key and your "
        "words stay where you meant them to go. If you trust that address, enter it in the settings."
    )
    return VoiceError(ErrorCode.REDIRECTED, sentence)


# ---------------------------------------------------------------- the way there


def _from_network(error: BaseException, asked: Asked) -> VoiceError:
    import httpx2

    causes = list(causes_of(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        sentence = (
            f"The connection to {asked.service} is not safe: {asked.host} shows a certificate that is not trusted. "
            "Nothing was sent. Check the address, the clock of this machine and its network."
        )
        return VoiceError(ErrorCode.NOT_SECURE, sentence)
    if any(isinstance(cause, httpx2.TimeoutException) for cause in causes):
        return timed_out(asked)
    if any(isinstance(cause, httpx2.ProxyError) for cause in causes):
        sentence = f"{asked.service} cannot be reached: the proxy did not let the request through. Check the proxy."
        return VoiceError(ErrorCode.OFFLINE, sentence, retryable=True)
    if any(isinstance(cause, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError) for cause in causes):
        sentence = f"The address or the key of {asked.service} is not usable. Correct them in the settings."
        return VoiceError(ErrorCode.BAD_SETTINGS, sentence)
    if any(isinstance(cause, httpx2.ConnectError | gaierror | ConnectionRefusedError) for cause in causes):
        return _unreachable(asked, no_name=any(isinstance(cause, gaierror) for cause in causes))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        sentence = f"No safe connection to {asked.service} could be made. Check the address and the network."
        return VoiceError(ErrorCode.NOT_SECURE, sentence, retryable=True)
    sentence = f"The connection to {asked.service} broke off. Try again."
    return VoiceError(ErrorCode.OFFLINE, sentence, retryable=True)


def _unreachable(asked: Asked, *, no_name: bool) -> VoiceError:
    if asked.local:
        sentence = f"{asked.service} is not running on this machine. Start it, or choose another service."
    elif no_name:
        sentence = f"{asked.host} cannot be found. Check the network and the address of {asked.service}."
    else:
        sentence = f"{asked.service} cannot be reached. Check the network, or choose a service on this machine."
    return VoiceError(ErrorCode.OFFLINE, sentence, retryable=True)


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error and everything it came from."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from causes_of(inner)
        error = error.__cause__ or error.__context__
