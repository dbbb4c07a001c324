"""`voicegui doctor`: what works here, what does not, and how to mend it."""

import asyncio
import importlib.util
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from voicegui.app.composition import LoadedProgram
from voicegui.app.services import load_catalogue
from voicegui.core.errors import VoiceError
from voicegui.core.ports import DeviceInfo
from voicegui.core.text.sanitiser import one_line
from voicegui.core.wording import shown, shown_plural

from .tools import at_hand, whereabouts

_HUB, _HUB_S = "https://huggingface.co/", 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend` is empty when all is well."""

    what: str
    said: str
    mend: str = ""
    needed: bool = True
    """For talking offline."""


async def examine(program: LoadedProgram) -> int:
    """Exit code 0 when nothing needs mending, else 4."""
    checks: tuple[Callable[[LoadedProgram], Awaitable[list[Finding]]], ...]
    checks = (_sound, _models, _where, _keyring, _display, _network)
    findings = [finding for check in checks for finding in await check(program)]
    for finding in findings:
        print(f"{'!' if finding.mend else '✓'} {finding.what:<11} {one_line(finding.said)}")
        if finding.mend:
            print(f"  {'':<11} → {one_line(finding.mend)}")
    return 4 if any(finding.mend and finding.needed for finding in findings) else 0


async def _sound(program: LoadedProgram) -> list[Finding]:
    from voicegui.audio.portaudio import list_devices

    try:
        microphones, speakers = await asyncio.to_thread(list_devices)
    except VoiceError as error:
        mend = error.hint or shown("Install PortAudio (Debian: apt install libportaudio2).")
        return [Finding(shown("sound"), error.message, mend)]
    no_microphone = "" if microphones else shown("Plug in a microphone or start the sound server.")
    no_speaker = "" if speakers else shown("Plug in a speaker or start the sound server.")
    return [
        Finding(shown("microphone"), _found(microphones), no_microphone),
        Finding(shown("speaker"), _found(speakers), no_speaker),
    ]


def _found(devices: Sequence[DeviceInfo]) -> str:
    default = next((device.label for device in devices if device.is_default), "")
    if not default:
        return shown_plural("{count} found", "{count} found", len(devices))
    return shown_plural(
        "{count} found, default: {device}", "{count} found, default: {device}", len(devices), device=default
    )


async def _models(program: LoadedProgram) -> list[Finding]:
    from voicegui.providers.catalogue.selection import choose_model, is_here

    catalogue = load_catalogue(program.profile)
    found = []
    for model in (choose_model(catalogue), catalogue.find("smollm2-135m")):
        here = await asyncio.to_thread(is_here, catalogue, model)
        if here:
            found.append(Finding(shown("models"), shown("{model}: here", model=model.label)))
        else:
            missing = shown("{model}: not downloaded", model=model.label)
            found.append(Finding(shown("models"), missing, f"voicegui models get {model.name}"))
    if importlib.util.find_spec("moonshine_voice") is None:
        no_hearing = shown("no speech recognition for this platform")
        found.append(Finding(shown("models"), no_hearing, shown("Type, or choose another provider.")))
    return found


async def _where(program: LoadedProgram) -> list[Finding]:
    """Where what is said goes."""
    async with at_hand(program) as toolkit:
        await toolkit.start(servers=False)
        where = whereabouts(program, toolkit)
    return [Finding(shown("privacy"), each) for each in (where.sign, *where.lines)]


async def _keyring(program: LoadedProgram) -> list[Finding]:
    """Where the key of each service is. Only services need one."""
    from voicegui.storage.keys import VARIABLES, KeyStore

    keys = KeyStore()
    states = [await keys.state(service) for service in VARIABLES]
    found = [
        Finding(shown("key"), shown("{service}: {place}", service=state.service, place=state.detail))
        for state in states
        if state.place is not None
    ]
    todo = await keys.check()
    if notice := keys.notice():
        return [Finding(shown("keyring"), shown("not usable"), notice, needed=False), *found]
    usable = shown("not open yet") if todo else shown("usable")
    return [Finding(shown("keyring"), usable, todo, needed=False), *found]


async def _display(program: LoadedProgram) -> list[Finding]:
    if sys.platform != "linux" or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"):
        return [Finding(shown("display"), shown("there"))]
    mend = shown("Start it in a desktop session; `voicegui ask` and `talk` need none.")
    return [Finding(shown("display"), shown("none"), mend)]


async def _network(program: LoadedProgram) -> list[Finding]:
    """Only downloads need it. Asked as they ask: a proxy may be the only way."""
    import httpx2

    from voicegui.web.clients import async_client

    try:
        async with asyncio.timeout(_HUB_S), async_client() as web:
            await web.head(_HUB)
    except VoiceError as error:
        return [Finding(shown("network"), shown("the proxy cannot be used"), error.message, needed=False)]
    except (httpx2.TransportError, OSError, TimeoutError):
        only = shown("Only needed to download models.")
        return [Finding(shown("network"), shown("the model hub cannot be reached"), only, needed=False)]
    return [Finding(shown("network"), shown("the model hub can be reached"))]
