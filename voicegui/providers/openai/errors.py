"""Whatever a service or the way to it can do wrong, translated once into a sentence with a way out.

Nothing a server wrote is repeated: it may quote the key or the words that were said.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from socket import gaierror
from urllib.parse import urlsplit

from voicegui.core.errors import TRY_AGAIN, ErrorCode, VoiceError
from voicegui.core.wording import Sentence, sentence

from .model_loading import says_loading
from .refusals import Refusal, refusal_error
from .service import StageTarget

NO_ANSWER = sentence("{service} sent something that is no answer.")
_ANOTHER = sentence("Try again; if it stays so, choose another model or service.")


class BadAnswer(Exception):
    """Raised inside this package for an answer that makes no sense. `what`: of "{service}"; `todo`: what to do."""

    def __init__(self, what: Sentence, todo: Sentence = _ANOTHER) -> None:
        super().__init__(what.filled(service="the server"))
        self.what, self.todo = what, todo


class Dropped(Exception):
    """Raised inside this package for an answer that ended before its end."""


class TooSlow(Exception):
    """Raised inside this package for speech that comes far slower than it is heard."""


class HandshakeStalled(Exception):
    """Raised inside this package where somebody takes connections and does not answer to TLS."""


class OnlyTls(Exception):
    """Raised inside this package where somebody takes connections and answers to TLS alone."""


class Told(Exception):
    """Raised inside this package for an error that a server tells in the middle of a stream. `body`: what it sent."""

    def __init__(self, body: object) -> None:
        super().__init__()
        self.body = body
        self.code = code_of(body)


class BadStatus(Told):
    """Raised inside this package for an answer that is no success."""

    def __init__(self, status: int, headers: Mapping[str, str], body: object) -> None:
        super().__init__(body)
        self.status = status
        self.headers = headers

    @property
    def param(self) -> object:
        """The parameter that is to blame, if the server names one."""
        return inner_of(self.body).get("param")


@contextmanager
def translated(asked: StageTarget) -> Iterator[None]:
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


def translate(error: BaseException, asked: StageTarget) -> VoiceError | None:
    """None for what is no error of a service: a defect of this program."""
    import httpx2

    match error:
        case BadStatus():
            return _from_response(error, asked)
        case Told():
            return refusal_error(Refusal(None, error.code, text_of(error.body)), asked)
        case TooSlow():
            return _too_slow(asked)
        case HandshakeStalled():
            return _no_tls(asked)
        case OnlyTls():
            return _only_tls(asked)
        case httpx2.TimeoutException() | TimeoutError():
            return timed_out(asked)
        case httpx2.TransportError() | httpx2.DecodingError() | httpx2.StreamError() | OSError() | Dropped():
            return _from_network(error, asked)
        case httpx2.InvalidURL():
            what = sentence("The address of {service} is not usable. Correct it in the settings.")
            return VoiceError(ErrorCode.BAD_SETTINGS, asked.fill(what))
        case BadAnswer():
            return bad_answer(asked, error.what, error.todo)
        case ValueError() | RecursionError():  # JSON, UTF-8
            return bad_answer(asked, NO_ANSWER)
        case _ if _is_end_of_stream(error):
            return _from_network(error, asked)
    return None


def _is_end_of_stream(error: BaseException) -> bool:
    import anyio

    return isinstance(error, anyio.EndOfStream | anyio.BrokenResourceError | anyio.ClosedResourceError)


def timed_out(asked: StageTarget) -> VoiceError:
    if asked.local:
        what = sentence("it may still be loading its model.")
        heading = asked.fill(sentence("{service} did not answer in time"))
        return VoiceError(ErrorCode.TIMED_OUT, what, heading=heading, advice=TRY_AGAIN, retryable=True)
    what = asked.fill(sentence("{service} did not answer in time."))
    return VoiceError(ErrorCode.TIMED_OUT, what, advice=TRY_AGAIN, retryable=True)


def _too_slow(asked: StageTarget) -> VoiceError:
    what = sentence("{service} sends its speech too slowly to be listened to.")
    return VoiceError(ErrorCode.TIMED_OUT, _with(_ANOTHER, asked.fill(what)), retryable=True)


def bad_answer(asked: StageTarget, what: Sentence, todo: Sentence = _ANOTHER) -> VoiceError:
    """`what`: "{service} sent MP3 instead of PCM"."""
    return VoiceError(ErrorCode.BAD_ANSWER, _with(todo, asked.fill(what)), retryable=True)


def _with(todo: Sentence, what: Sentence) -> Sentence:
    return sentence("{what} {todo}", what=what, todo=todo)


# ---------------------------------------------------------------- answers


def _from_response(error: BadStatus, asked: StageTarget) -> VoiceError:
    if 300 <= error.status < 400:
        return _redirected(error.headers.get("location", ""), asked)
    text = text_of(error.body)
    if says_loading(error.status, text, asks_to_wait=False):
        what = sentence("{service} is still loading its model. Try again in a minute, or choose a smaller model.")
        return VoiceError(ErrorCode.TIMED_OUT, asked.fill(what), retryable=True)
    if error.status == 400 and "https" in text and ("http request" in text or "plain http" in text):
        return _only_tls(asked)  # what Go's servers, nginx and Apache say at the port for TLS
    return refusal_error(Refusal(error.status, error.code, text), asked)


def code_of(body: object) -> str:
    """The machine-readable reason in the body of an error, "" if there is none."""
    inner = inner_of(body)
    return next((value for key in ("code", "type") if isinstance(value := inner.get(key), str)), "")


def inner_of(body: object) -> Mapping[str, object]:
    """What an error says of itself: the body, what stands under "error" in it, or in a list around it (Gemini)."""
    if isinstance(body, list) and body:
        body = body[0]
    inner = body.get("error") if isinstance(body, Mapping) else None
    found = inner if isinstance(inner, Mapping) else body
    return found if isinstance(found, Mapping) else {}


def text_of(body: object) -> str:
    """The words of the body of an error, lower case, to look for reasons in; never shown."""
    words: list[str] = []
    left, length = [body], 0
    while left and length < _TEXT:
        match left.pop(0):
            case str() as text:
                words.append(text[:_TEXT].lower())
                length += len(text)
            case Mapping() as fields:
                left[:0] = list(fields.values())[:_FIELDS]
            case list() as items:
                left[:0] = items[:_FIELDS]
    return " ".join(words)[:_TEXT]


_TEXT = 4000
"""Characters of an error that are looked into."""

_FIELDS = 100
"""Of one object or list."""


def _redirected(location: str, asked: StageTarget) -> VoiceError:
    """Never followed: the key would go along."""
    parts = urlsplit(location)
    where = f"{parts.scheme}://{parts.netloc}" if parts.netloc else sentence("another address")
    what = sentence(
        "{service} wants to send the request on to {where}. It was not followed, so that your key and your words stay "
        "where you meant them to go. If you trust that address, enter it in the settings.",
        where=where,
    )
    return VoiceError(ErrorCode.REDIRECTED, asked.fill(what))


# ---------------------------------------------------------------- the way there


def _from_network(error: BaseException, asked: StageTarget) -> VoiceError:
    import httpx2

    causes = list(causes_of(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        what = sentence(
            "{host} shows a certificate that is not trusted. Nothing was sent. Check the address, the clock of this "
            "machine and its network."
        )
        heading = asked.fill(sentence("The connection to {service} is not safe"))
        return VoiceError(ErrorCode.NOT_SECURE, asked.fill(what), heading=heading)
    if any(isinstance(cause, httpx2.TimeoutException) for cause in causes):
        return timed_out(asked)
    if any(isinstance(cause, httpx2.ProxyError) for cause in causes):
        absent = any(isinstance(cause, httpx2.ConnectError) for cause in causes)
        return proxy_failed(asked, absent=absent)
    if any(isinstance(cause, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError) for cause in causes):
        what = sentence("The address or the key of {service} is not usable. Correct them in the settings.")
        return VoiceError(ErrorCode.BAD_SETTINGS, asked.fill(what))
    if any(_is_no_tls(cause) for cause in causes):
        return _no_tls(asked)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        what = sentence("No safe connection to {service} could be made. Check the address and the network.")
        return VoiceError(ErrorCode.NOT_SECURE, asked.fill(what), retryable=True)
    if any(isinstance(cause, httpx2.ConnectError | gaierror | ConnectionRefusedError) for cause in causes):
        return _unreachable(asked, no_name=any(isinstance(cause, gaierror) for cause in causes))
    return broke_off(asked)


def broke_off(asked: StageTarget) -> VoiceError:
    what = asked.fill(sentence("The connection to {service} broke off."))
    return VoiceError(ErrorCode.OFFLINE, what, advice=TRY_AGAIN, retryable=True)


def proxy_failed(asked: StageTarget, *, absent: bool = False) -> VoiceError:
    refused = sentence("the proxy did not let the request through. Check the proxy.")
    what = sentence("the proxy does not answer. Check the proxy.") if absent else refused
    heading = asked.fill(sentence("{service} cannot be reached"))
    return VoiceError(ErrorCode.OFFLINE, what, heading=heading, retryable=True)


_NOT_TLS = (
    *("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"),
    *("UNEXPECTED_MESSAGE", "BAD_RECORD_TYPE", "INVALID_RECORD_TYPE", "RECORD_TOO_SMALL"),
)
"""Reasons of OpenSSL for bytes that are no TLS."""


def _is_no_tls(error: BaseException) -> bool:
    return isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS


def _no_tls(asked: StageTarget) -> VoiceError:
    what = sentence(
        "{service} does not speak TLS at this address, so nothing was sent. If it runs on this machine or in your own "
        "network, try http://{place} in the settings; else check the address."
    )
    return VoiceError(ErrorCode.NOT_SECURE, asked.fill(what))


def _only_tls(asked: StageTarget) -> VoiceError:
    what = sentence("{service} speaks only TLS at this address. Try https://{place} in the settings.")
    return VoiceError(ErrorCode.BAD_SETTINGS, asked.fill(what))


def _unreachable(asked: StageTarget, *, no_name: bool) -> VoiceError:
    what = sentence("{service} cannot be reached. Check the network, or choose a service on this machine.")
    if asked.local:
        what = sentence("{service} is not running on this machine. Start it, or choose another service.")
    elif no_name:
        what = sentence("{host} cannot be found. Check the network and the address of {service}.")
    return VoiceError(ErrorCode.OFFLINE, asked.fill(what), retryable=True)


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error and everything it came from, each once: libraries have made rings of them."""
    seen: set[int] = set()
    open_ones = [error]
    while open_ones:
        one = open_ones.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        open_ones.append(one.__cause__ or one.__context__)
        if isinstance(one, BaseExceptionGroup):
            open_ones += reversed(one.exceptions)
