"""The first start: what is missing is downloaded from a slow server, and the window is told how much and how long."""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import voicegui.app.services
from tests.app.told import Told
from tests.catalogue.conftest import MODEL
from tests.catalogue.server import Answer, serving
from voicegui.app.composition import load_program
from voicegui.app.desktop_session import DesktopSession
from voicegui.audio import portaudio
from voicegui.audio.live_sound import LiveSound
from voicegui.core.commands import Retry
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import LoadingProgressed, ProblemAppeared
from voicegui.core.ports import DeviceInfo
from voicegui.providers.catalogue import Catalogue, ModelRole, download
from voicegui.providers.catalogue.download import Patience
from voicegui.providers.catalogue.entries import Weights

BIG, SMALL = bytes(400_000), bytes(90_000)
ALL = len(BIG) + len(SMALL)
FOUND = ((DeviceInfo("m", "Webcam", True),), (DeviceInfo("s", "Speakers", True),))


def model(name: str, label: str, role: ModelRole, content: bytes) -> Any:
    made = Weights(f"{name}.gguf", len(content), hashlib.sha256(content).hexdigest())
    return replace(MODEL, name=name, label=label, role=role, weights=made, chosen_from_memory_mb=0, chosen_from_cores=0)


MODELS = (
    model("smollm2-135m", "Judge", ModelRole.END_OF_TURN, SMALL),
    model("thinker", "Thinker", ModelRole.LLM, BIG),
)


@asynccontextmanager
async def starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub: str, free: int = 10**12
) -> AsyncIterator[tuple[DesktopSession, Told]]:
    patience = Patience(connect=5.0, silence=60.0, retries=())
    catalogue = Catalogue(MODELS, (), tmp_path / "models", hub=hub, patience=patience, free_bytes=lambda _: free)
    monkeypatch.setattr(voicegui.app.services, "load_catalogue", lambda profile: catalogue)
    session = DesktopSession(load_program(tmp_path / "profile"), LiveSound())
    told = Told(session)
    running = asyncio.create_task(session.run())
    try:
        yield session, told
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await session.aclose()


async def test_a_slow_download_is_told_stopped_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_INTERVAL_S", 0.0)  # every block is told, so that the last one can be waited for
    looks: list[None] = []
    monkeypatch.setattr(portaudio, "list_devices", lambda: looks.append(None) or FOUND)
    slow = Answer(BIG[:150_000], length=len(BIG), hold=threading.Event())
    rest = Answer(
        BIG[150_000:200_000], 206, length=len(BIG) - 150_000, hold=threading.Event(),
        content_range=f"bytes 150000-{len(BIG) - 1}/{len(BIG)}", expect_range="bytes=150000-",
    )  # fmt: skip
    with serving(slow, rest) as server:
        async with starting(tmp_path, monkeypatch, server.url) as (session, told):
            known = asyncio.Event()
            session.devices.watch(known.set)
            first = await told.until(lambda event: isinstance(event, LoadingProgressed))
            assert (first.loading.done, first.loading.total) == (0, ALL), "how much it is in all is known at once"
            await told.until(lambda event: isinstance(event, LoadingProgressed) and event.loading.done == 150_000)
            async with asyncio.timeout(60):
                await known.wait()
            assert session.devices.looked and session.devices.microphones() == FOUND[0]
            session.cancel_loading()
            stopped = await told.until(lambda event: isinstance(event, ProblemAppeared))
            assert stopped.code is ErrorCode.MODEL_MISSING and stopped.to_download == ALL - 150_000
            assert "voicegui" not in stopped.message
            session.send(Retry())
            again = await told.until(lambda event: isinstance(event, LoadingProgressed))
            assert (again.loading.done, again.loading.total) == (150_000, ALL)
            await told.until(lambda event: isinstance(event, LoadingProgressed) and event.loading.done == 200_000)
    assert len(looks) == 1


async def test_a_server_that_is_not_there_leaves_a_button_with_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portaudio, "list_devices", lambda: FOUND)
    async with starting(tmp_path, monkeypatch, "http://127.0.0.1:1") as (session, told):
        failed = await told.until(lambda event: isinstance(event, ProblemAppeared))
        assert failed.code is ErrorCode.DOWNLOAD_FAILED and failed.to_download == ALL
        session.send(Retry())
        assert (await told.until(lambda event: isinstance(event, ProblemAppeared))).to_download == ALL


async def test_a_full_disk_says_what_is_still_to_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "list_devices", lambda: FOUND)
    async with starting(tmp_path, monkeypatch, "http://127.0.0.1:1", free=10) as (_session, told):
        failed = await told.until(lambda event: isinstance(event, ProblemAppeared))
        assert failed.code is ErrorCode.DISK_FULL and failed.to_download == ALL


async def test_a_damaged_model_is_downloaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "list_devices", lambda: FOUND)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "thinker.gguf").write_bytes(BIG[:-1])
    (tmp_path / "models" / "smollm2-135m.gguf").write_bytes(SMALL)
    with serving(Answer(BIG[:1000], length=len(BIG), hold=threading.Event())) as server:
        async with starting(tmp_path, monkeypatch, server.url) as (_session, told):
            first = await told.until(lambda event: isinstance(event, LoadingProgressed))
            assert (first.loading.what, first.loading.total) == ("Downloading Thinker", len(BIG))
            await told.until(lambda event: isinstance(event, LoadingProgressed) and event.loading.done > 0)


async def test_other_troubles_offer_no_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with starting(tmp_path, monkeypatch, "http://127.0.0.1:1") as (session, told):
        await told.until(lambda event: isinstance(event, ProblemAppeared))
        session._loading.failed(VoiceError(ErrorCode.ENGINE_FAILED, "It ended."))
        assert (await told.until(lambda event: isinstance(event, ProblemAppeared))).to_download == 0


# ---------------------------------------------------------------- devices


def raises() -> Any:
    raise VoiceError(ErrorCode.NO_SOUND_LIBRARY, "There is no PortAudio.")


@pytest.mark.parametrize(("answer", "looked"), [(lambda: FOUND, True), (lambda: ((), ()), True), (raises, False)])
async def test_devices_are_listed_before_anything_is_opened(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[], Any], looked: bool
) -> None:
    monkeypatch.setattr(portaudio, "list_devices", answer)
    sound = LiveSound()
    changes: list[None] = []
    sound.watch(lambda: changes.append(None))
    assert not sound.looked
    await sound.look()
    assert sound.looked is looked and len(changes) == looked
    assert not looked or (sound.microphones(), sound.speakers()) == answer()
