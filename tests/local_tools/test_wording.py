"""Everything that is said of the local models is in the catalogue of translations, also what their process tells."""

import itertools
import pickle
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from tests.pseudo_language import PSEUDO
from tests.wordless_language import assert_error_looked_up, assert_looked_up
from voicegui.core.errors import VoiceError
from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import sentence, use_translations
from voicegui.providers.local import LocalEngine, LocalModels, hibari, llama, rpc_client, worker
from voicegui.providers.local.child_priority import Priority
from voicegui.providers.local.engine import _check_file
from voicegui.providers.local.rpc_client import RpcClient
from voicegui.providers.local.rpc_messages import LoadingStep, RequestFailed, Speak, StartFailed
from voicegui.providers.local.stages import _not_done
from voicegui.providers.local.worker import Worker

MODEL = "qwen{x}"


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    use_translations()


@pytest.mark.parametrize(
    "error",
    [
        *(
            rpc_client._ended(code, hung=hung, again=again)
            for code, hung, again in itertools.product((None, 3, -9), (False, True), (False, True))
        ),
        rpc_client._closed(),
        llama.model_damaged(MODEL),
        hibari._missing("heart"),
        hibari._missing("{x}"),
    ],
    ids=lambda error: error.written,
)
def test_every_error_of_the_parent_and_of_the_models(error: VoiceError) -> None:
    assert_error_looked_up(error, MODEL, "heart", "{x}")


def test_a_file_that_is_missing_or_no_model(tmp_path: Path) -> None:
    (path := tmp_path / "model.gguf").write_bytes(b"<html>")
    for file in (path, tmp_path / "nothing.gguf"):
        with pytest.raises(VoiceError) as caught:
            _check_file(file, MODEL)
        assert_error_looked_up(caught.value, MODEL)


def test_a_conversation_that_cannot_be_read() -> None:
    class Server:
        def handle_chat_completions(self, request: object, on_chunk: Callable[[dict[str, Any]], bool]) -> None:
            on_chunk({"error": {"message": "A server's words."}})

    model = llama.ChatModel.__new__(llama.ChatModel)
    model._server = Server()
    with pytest.raises(VoiceError) as caught:
        model.reply((), 10, lambda text: True)
    assert_error_looked_up(caught.value)


@pytest.mark.parametrize(
    ("error", "values"),
    [
        (MemoryError(), ()),
        (ZeroDivisionError(), ("ZeroDivisionError",)),
        (ImportError("libgomp.so.1: cannot open"), ("libgomp.so.1",)),
        (ImportError("odd", name="hibari"), ("hibari",)),
        (OSError("A system's words."), ("A system's words.",)),
    ],
)
def test_a_child_that_cannot_load(monkeypatch: pytest.MonkeyPatch, error: Exception, values: tuple[str, ...]) -> None:
    here, there = Pipe()
    loading = Worker(there, Priority())

    def fails(models: LocalModels) -> tuple[str, ...]:
        raise error

    monkeypatch.setattr(loading, "_load", fails)
    loading.load(LocalModels())
    failed = here.recv()
    assert isinstance(failed, StartFailed)
    assert_error_looked_up(failed.error, *values)


def test_a_child_that_fails_and_one_without_that_part() -> None:
    here, there = Pipe()

    def breaks(request: object, emit: object) -> None:
        raise ZeroDivisionError

    lane = worker.Lane("voice", breaks, here.send, Priority())
    request = Speak(1, "Hello.", "heart")
    lane.submit(request)
    failed = there.recv()
    assert isinstance(failed, RequestFailed)
    assert_error_looked_up(failed.error, "ZeroDivisionError")
    here.send(request)
    here.close()
    reading = Worker(there, Priority())
    sent: list[object] = []
    reading._send = sent.append  # type: ignore[assignment]
    with pytest.raises(EOFError):
        reading.read()
    assert isinstance(sent[0], RequestFailed)
    assert_error_looked_up(sent[0].error)


def test_the_steps_of_loading_are_put_into_words_where_they_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child has no catalogue: what it sends is not in a language yet."""
    steps: list[LoadingStep] = []
    loading = Worker(Pipe()[1], Priority())
    monkeypatch.setattr(loading, "_send", steps.append)
    for part in ("_recogniser", "_voice", "_end_model", "ChatModel"):
        monkeypatch.setattr(worker, part, lambda *arguments: None)
    for part in ("_serve_hearing", "_serve_voice", "_serve_end", "_serve_chat"):
        monkeypatch.setattr(loading, part, lambda model: None)
    monkeypatch.setattr(worker, "_voice", lambda name: hibari.HibariVoice.__new__(hibari.HibariVoice))
    loading._load(LocalModels(language_model=Path("a"), end_of_turn=Path("b")))
    arrived = pickle.loads(pickle.dumps(steps))
    assert [step.what.written() for step in arrived] == [
        "Loading the recogniser", "Loading the voice", "Loading the language model",
    ]  # fmt: skip
    for step in arrived:
        assert_looked_up(step.what.shown)


async def test_how_far_the_engine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    async def start(link: RpcClient, progress: Callable[[object], None]) -> tuple[str, ...]:
        progress(pickle.loads(pickle.dumps(LoadingStep(sentence("Loading the voice")).what)))
        return ()

    monkeypatch.setattr(RpcClient, "start", start)
    use_translations(shown=PSEUDO)
    seen: list[LoadingProgress] = []
    await LocalEngine(LocalModels()).start(seen.append)
    assert [loading.what for loading in seen] == ["⟦Loading the voice⟧", "⟦Warming up⟧"]


def test_what_a_restart_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    link = RpcClient(LocalModels(), lambda error: None)
    monkeypatch.setattr(link, "_spawn", lambda: None)
    link._progress = told.append
    link._on_end(3)
    assert_looked_up(lambda: str(told[0]))


@pytest.mark.parametrize("wishes", [["a"], ["a", "b"], ["a", "{b}", "c"]])
def test_what_is_left_out_of_a_request_is_said_in_the_language_of_the_talk(wishes: list[str]) -> None:
    assert_looked_up(lambda: _not_done(wishes), "a", "b", "c")
    use_translations(shown=PSEUDO)
    assert _not_done(wishes).startswith("I leave out “a”")
