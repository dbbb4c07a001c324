"""`voicegui doctor`: what works here, what does not, and how to mend it."""

import asyncio
import importlib.util
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from voicegui.app.composition import LoadedProgram
from voicegui.app.services import load_catalogue
from voicegui.core.errors import VoiceError
from voicegui.core.text.sanitiser import one_line

from .tools import at_hand, whereabouts

_HUB, _HUB_S = "https://huggingface.co/", 3.0
_OPTIONAL = ("network", "keyring")
"""What talking offline does not need."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend` is empty when all is well."""

    what: str
    said: str
    mend: str = ""


async def examine(program: LoadedProgram) -> int:
    """Exit code 0 when nothing needs mending, else 4."""
    checks: tuple[Callable[[LoadedProgram], Awaitable[list[Finding]]], ...]
    checks = (_sound, _models, _where, _keyring, _display, _network)
    findings = [finding for check in checks for finding in await check(program)]
    for finding in findings:
        print(f"{'!' if finding.mend else '✓'} {finding.what:<11} {one_line(finding.said)}")
        if finding.mend:
            print(f"  {'':<11} → {one_line(finding.mend)}")
    return 4 if any(finding.mend and finding.what not in _OPTIONAL for finding in findings) else 0


async def _sound(program: LoadedProgram) -> list[Finding]:
    from voicegui.audio.portaudio import list_devices

    try:
        microphones, speakers = await asyncio.to_thread(list_devices)
    except VoiceError as error:
        return [Finding("sound", error.message, error.hint or "Install PortAudio (Debian: apt install libportaudio2).")]
    found = []
    for name, devices in (("microphone", microphones), ("speaker", speakers)):
        default = next((device.label for device in devices if device.is_default), "")
        said = f"{len(devices)} found{', default: ' + default if default else ''}"
        found.append(Finding(name, said, "" if devices else f"Plug in a {name} or start the sound server."))
    return found


async def _models(program: LoadedProgram) -> list[Finding]:
    from voicegui.providers.catalogue.selection import choose_model, is_here

    catalogue = load_catalogue(program.profile)
    found = []
    for model in (choose_model(catalogue), catalogue.find("smollm2-135m")):
        here = await asyncio.to_thread(is_here, catalogue, model)
        said = f"{model.label}: {'here' if here else 'not downloaded'}"
        found.append(Finding("models", said, "" if here else f"voicegui models get {model.name}"))
    if importlib.util.find_spec("moonshine_voice") is None:
        found.append(Finding("models", "no speech recognition for this platform", "Type, or choose another provider."))
    return found


async def _where(program: LoadedProgram) -> list[Finding]:
    """Where what is said goes."""
    async with at_hand(program) as toolkit:
        await toolkit.start(servers=False)
        where = whereabouts(program, toolkit)
    return [Finding("privacy", where.sign), *(Finding("privacy", each) for each in where.lines)]


async def _keyring(program: LoadedProgram) -> list[Finding]:
    """Where the key of each service is. Only services need one."""
    from voicegui.storage.keys import VARIABLES, KeyStore

    keys = KeyStore()
    states = [await keys.state(service) for service in VARIABLES]
    found = [Finding("key", f"{state.service}: {state.detail}") for state in states if state.place is not None]
    todo = await keys.check()
    if notice := keys.notice():
        return [Finding("keyring", "not usable", notice), *found]
    return [Finding("keyring", "not open yet" if todo else "usable", todo), *found]


async def _display(program: LoadedProgram) -> list[Finding]:
    if sys.platform != "linux" or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"):
        return [Finding("display", "there")]
    return [Finding("display", "none", "Start it in a desktop session; `voicegui ask` and `talk` need none.")]


async def _network(program: LoadedProgram) -> list[Finding]:
    """Only downloads need it. Asked as they ask: a proxy may be the only way."""
    import httpx2

    from voicegui.web.clients import async_client

    try:
        async with asyncio.timeout(_HUB_S), async_client() as web:
            await web.head(_HUB)
    except VoiceError as error:
        return [Finding("network", "the proxy cannot be used", error.message)]
    except (httpx2.TransportError, OSError, TimeoutError):
        return [Finding("network", "the model hub cannot be reached", "Only needed to download models.")]
    return [Finding("network", "the model hub can be reached")]
