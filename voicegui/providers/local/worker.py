"""The child process: loads the models, serves requests, ends with its parent.

One lane (a thread with a queue) for each model, because none serves two at a time; the main thread only
reads the pipe. Nothing polls: an idle child waits in the kernel.
"""

import logging
import os
import re
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue

from voicegui.core.errors import TRY_AGAIN, ErrorCode, VoiceError
from voicegui.core.wording import Sentence, sentence

from .child_priority import Priority
from .hibari import HibariVoice
from .llama import ChatModel, EndModel
from .moonshine import Recogniser
from .rpc_messages import (
    Cancel,
    Choose,
    Chunk,
    ChunkValue,
    Done,
    Generate,
    JudgeEnd,
    LoadingStep,
    LocalModels,
    Report,
    Request,
    RequestFailed,
    Speak,
    Started,
    StartFailed,
    Transcribe,
)

logger = logging.getLogger(__name__)

_NO_MEMORY = sentence("There is not enough memory for the models. Close other programs first.")
_NOT_STARTED = sentence("The speech engine could not start ({error}).")
_NOT_LOADED = sentence("This part of the speech engine is not loaded.")

Emit = Callable[[ChunkValue], bool]
"""Sends a chunk; False when the request was cancelled."""


def main(pipe: "Connection[Report, Request | Cancel]", models: LocalModels) -> None:
    """Runs until the parent's end of the pipe is closed, however that happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group; the parent decides
    priority = Priority()
    priority.step_back()
    worker = Worker(pipe, priority)
    threading.Thread(target=worker.load, args=(models,), daemon=True).start()
    try:
        worker.read()
    except (EOFError, OSError):
        os._exit(0)  # no interpreter shutdown: native threads may be in the middle of anything


class Worker:
    def __init__(self, pipe: "Connection[Report, Request | Cancel]", priority: Priority) -> None:
        self._pipe = pipe
        self._priority = priority
        self._sending = threading.Lock()
        self._lanes: dict[type[Request], Lane] = {}

    def load(self, models: LocalModels) -> None:
        try:
            with self._priority.working():
                voices = self._load(models)
        except VoiceError as error:
            self._send(StartFailed(error))
        except MemoryError:
            self._send(StartFailed(_failed(_NO_MEMORY)))
        except (ImportError, OSError) as error:
            logger.exception("loading failed")
            self._send(StartFailed(_missing_library(error)))
        except Exception as error:
            logger.exception("loading failed")
            self._send(StartFailed(_failed(_NOT_STARTED.filled(error=type(error).__name__))))
        else:
            self._send(Started(voices))

    def read(self) -> None:
        """Raises EOFError when the parent is gone."""
        while True:
            message = self._pipe.recv()
            if isinstance(message, Cancel):
                for lane in set(self._lanes.values()):
                    lane.cancel(message.id)
            elif target := self._lanes.get(type(message)):
                target.submit(message)
            else:
                self._send(RequestFailed(message.id, _failed(_NOT_LOADED)))

    def _load(self, models: LocalModels) -> tuple[str, ...]:
        """Loads side by side: each spends much of its time reading files."""
        voices: tuple[str, ...] = ()
        with ThreadPoolExecutor(4) as pool:
            if models.hearing:
                self._send(LoadingStep(sentence("Loading the recogniser")))
                recogniser = pool.submit(_recogniser)
            if models.voice:
                self._send(LoadingStep(sentence("Loading the voice")))
                voice = pool.submit(_voice, models.voice)
            if models.end_of_turn:
                name = models.end_of_turn_name or models.end_of_turn.stem
                end = pool.submit(_end_model, models.end_of_turn, name)
            if models.language_model:
                self._send(LoadingStep(sentence("Loading the language model")))
                name = models.language_model_name or models.language_model.stem
                chat = pool.submit(ChatModel, models.language_model, name)
        if models.hearing:
            self._serve_hearing(recogniser.result())
        if models.voice:
            self._serve_voice(voice.result())
            voices = tuple(voice.result().names())
        if models.end_of_turn:
            self._serve_end(end.result())
        if models.language_model:
            self._serve_chat(chat.result())
        return voices

    def _serve_hearing(self, recogniser: Recogniser) -> None:
        def transcribe(request: Request, emit: Emit) -> None:
            assert isinstance(request, Transcribe)
            if not (request.partial and lane.waiting()):
                emit(recogniser.transcribe(request.samples, request.expected))

        lane = self._lanes[Transcribe] = Lane("hearing", transcribe, self._send, self._priority)

    def _serve_voice(self, voice: HibariVoice) -> None:
        def speak(request: Request, emit: Emit) -> None:
            assert isinstance(request, Speak)
            for audio in voice.speak(request.text, request.voice, request.speed):
                if not emit(audio):
                    return

        self._lanes[Speak] = Lane("voice", speak, self._send, self._priority)

    def _serve_end(self, end: EndModel) -> None:
        def judge(request: Request, emit: Emit) -> None:
            assert isinstance(request, JudgeEnd)
            emit(end.probability(request.words))

        self._lanes[JudgeEnd] = Lane("end", judge, self._send, self._priority)

    def _serve_chat(self, chat: ChatModel) -> None:
        def answer(request: Request, emit: Emit) -> None:
            if isinstance(request, Choose):
                chat.choose(request.messages, request.schema, request.max_tokens, emit)
            else:
                assert isinstance(request, Generate)
                chat.reply(request.messages, request.max_tokens, emit)

        self._lanes[Generate] = self._lanes[Choose] = Lane("chat", answer, self._send, self._priority)

    def _send(self, report: Report) -> None:
        with self._sending:
            self._pipe.send(report)


class Lane:
    """Serves the requests to one model, in order, on one thread."""

    def __init__(
        self,
        name: str,
        serve: Callable[[Request, Emit], None],
        send: Callable[[Report], None],
        priority: Priority,
    ) -> None:
        self._serve = serve
        self._send = send
        self._priority = priority
        self._queue: SimpleQueue[Request] = SimpleQueue()
        self._cancelled: dict[int, threading.Event] = {}
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, request: Request) -> None:
        self._cancelled[request.id] = threading.Event()
        self._queue.put(request)

    def cancel(self, id: int) -> None:
        if event := self._cancelled.get(id):
            event.set()

    def waiting(self) -> bool:
        return not self._queue.empty()

    def _run(self) -> None:
        while True:
            request = self._queue.get()
            answer = self._answer(request)
            del self._cancelled[request.id]
            try:
                self._send(answer)
            except OSError:
                return  # the parent is gone, and the main thread is about to end the process

    def _answer(self, request: Request) -> Done | RequestFailed:
        cancelled = self._cancelled[request.id]

        def emit(value: ChunkValue) -> bool:
            if not cancelled.is_set() and value != "":
                self._send(Chunk(request.id, value))
            return not cancelled.is_set()

        try:
            if not cancelled.is_set():
                with self._priority.working():
                    self._serve(request, emit)
        except VoiceError as error:
            return RequestFailed(request.id, error)
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error("%s failed (%s)\n%s", type(request).__name__, type(error).__name__, where)
            what = sentence("The speech engine failed ({error}).", error=type(error).__name__)
            return RequestFailed(request.id, _failed(what, advice=TRY_AGAIN))
        return Done(request.id)


def _recogniser() -> Recogniser:
    recogniser = Recogniser()
    recogniser.transcribe(b"\x00\x10\x00\xf0" * 8000)
    return recogniser


def _voice(name: str) -> HibariVoice:
    voice = HibariVoice(name)
    for _ in voice.speak("Hello, I am ready.", name):  # the first call takes 0.6 s, later ones 20 ms
        pass
    return voice


def _end_model(path: Path, name: str) -> EndModel:
    end = EndModel(path, name)
    end.probability("Hello")
    return end


def _missing_library(error: ImportError | OSError) -> VoiceError:
    found = re.search(r"[\w.+-]+\.(?:so|dll|dylib)\b[\w.]*", str(error))
    name = found[0] if found else getattr(error, "name", None)
    if name:
        what = sentence("the library {name} is missing or damaged. Install the program again.", name=name)
    else:
        what = sentence("a file cannot be read ({error}). Install the program again.", error=str(error))
    return _failed(what, heading=sentence("The speech engine could not start"))


def _failed(what: Sentence, *, heading: Sentence | str = "", advice: Sentence | str = "") -> VoiceError:
    return VoiceError(ErrorCode.ENGINE_FAILED, what, heading=heading, advice=advice, retryable=True)
