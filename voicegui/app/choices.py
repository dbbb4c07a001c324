"""Which services, models and voices can be chosen: known at once, fresh after `refresh`."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from voicegui.app.composition import LoadedProgram
from voicegui.app.local_models import local_models
from voicegui.app.services import CUSTOM, KNOWN, configured
from voicegui.core.display_names import voice_label
from voicegui.core.errors import VoiceError
from voicegui.core.keys import Keys, KeyState, Secret
from voicegui.core.model_choice import ModelChoice, model_choices, providers_in_use
from voicegui.core.privacy import STAGES, DataRoute
from voicegui.core.session import PickerChoice, ServiceInfo, StageSetting
from voicegui.core.settings import Settings

if TYPE_CHECKING:
    from voicegui.providers.openai.engine import OpenAIEngine
    from voicegui.providers.openai.models import RemoteModel

log = logging.getLogger(__name__)


class ServiceChoices:
    """Asks only who is asked for anyway: servers on this machine, and services that have a key or are in use."""

    def __init__(self, program: LoadedProgram, keys: Keys) -> None:
        self._program = program
        self._keys = keys
        self._here: Sequence[PickerChoice] = ()
        self._running: frozenset[str] = frozenset()
        self._models: Mapping[str, Sequence[RemoteModel]] = {}

    def services(self) -> Sequence[ServiceInfo]:
        known = (
            ServiceInfo(
                each.name,
                each.label,
                each.needs_key,
                running_here=each.name in self._running,
                called="your server" if each is CUSTOM else "",
            )
            for each in KNOWN.values()
        )
        given = (ServiceInfo(name, name, needs_key=False) for name in self._program.providers)
        return [ServiceInfo("local", "This machine", needs_key=False), *known, *given]

    def stage_models(self, stage: StageSetting) -> Sequence[PickerChoice]:
        choices = list(self._here) if stage == "llm" else []
        for service, models in self._models.items():
            choices += [_choice(service, model) for model in models if _fits(model, stage)]
        return choices

    def voices(self, service: str, settings: Settings, offered: Sequence[str]) -> Sequence[PickerChoice]:
        """`offered`: the voices of the one that speaks now, if that is `service`."""
        known = tuple(offered) or (KNOWN[service].voices if service in KNOWN else ())
        if service == "local" and not known:
            known = (settings.voice,)
        return [PickerChoice(name, voice_label(service, name)) for name in known]

    # ------------------------------------------------------------ asking

    async def look_here(self) -> None:
        """The models on this machine."""
        self._here = await asyncio.to_thread(local_models, self._program.profile)

    async def refresh(self, settings: Settings) -> None:
        """Raises VoiceError when a service in use does not answer; everything else is new then all the same."""
        from voicegui.providers.openai.discovery import discover

        _, found = await asyncio.gather(self.look_here(), discover())
        self._running = frozenset(each.service.name for each in found)
        models = {each.service.name: each.models for each in found}
        in_use = providers_in_use(settings)
        failures: list[VoiceError] = []
        for name in KNOWN:
            used = name in in_use
            if name in models or not (used or await self._has_key(name)):
                continue
            try:
                models[name] = await self._list(settings, name)
            except VoiceError as error:
                log.info("%s: no list of models (%s)", name, error.code)
                failures += [error] if used else []
        self._models = {**self._models, **models}
        if failures:
            raise failures[0]

    async def test_key(self, settings: Settings, name: str) -> str:
        """Makes a real request; returns its outcome as a sentence. Raises VoiceError."""
        engine = self._engine(settings, name)
        try:
            return await engine.check_key()
        finally:
            await engine.aclose()

    async def _has_key(self, name: str) -> bool:
        return (await self._keys.state(name)).place is not None

    async def _list(self, settings: Settings, name: str) -> "Sequence[RemoteModel]":
        engine = self._engine(settings, name)
        try:
            return await engine.list_models()
        finally:
            await engine.aclose()

    def _engine(self, settings: Settings, name: str) -> "OpenAIEngine":
        from voicegui.providers.openai.engine import OpenAIEngine

        return OpenAIEngine(configured(settings, name), keys=self._keys)


def routes(settings: Settings) -> Mapping[str, Sequence[DataRoute]]:
    """Who does each stage by these settings, the second choice after the first."""
    return {stage: _routes(settings, stage) for stage in STAGES}


def _routes(settings: Settings, stage: str) -> Sequence[DataRoute]:
    from voicegui.providers.openai.service import Stage as ServiceStage
    from voicegui.web.proxies import is_proxied

    name = model_choices(settings)[stage].provider
    if name == "local":
        return (DataRoute(),)
    try:
        service = configured(settings, name) if name in KNOWN else None
    except VoiceError:  # told where it is used
        service = None
    url = service.url(ServiceStage(stage)) if service is not None else ""
    label = KNOWN[name].label if name in KNOWN else name
    first = DataRoute(label, url, unknown=not url, proxied=bool(url) and is_proxied(url))
    return (first, DataRoute()) if settings.fall_back else (first,)


class WatchedKeys:
    """`Keys` that tell when one was entered or deleted."""

    def __init__(self, keys: Keys, changed: Callable[[str], None]) -> None:
        self._keys, self._changed = keys, changed

    async def get(self, service: str) -> Secret | None:
        return await self._keys.get(service)

    async def set(self, service: str, key: Secret) -> KeyState:
        state = await self._keys.set(service, key)
        self._changed(service)
        return state

    async def delete(self, service: str) -> KeyState:
        state = await self._keys.delete(service)
        self._changed(service)
        return state

    async def state(self, service: str) -> KeyState:
        return await self._keys.state(service)

    def notice(self) -> str:
        return self._keys.notice()


def _choice(service: str, model: "RemoteModel") -> PickerChoice:
    after = str(ModelChoice(service, model.successor)) if model.successor else ""
    return PickerChoice(
        str(ModelChoice(service, model.id)),
        model.id,
        shutdown=model.shutdown.isoformat() if model.shutdown else "",
        successor=after,
    )


def _fits(model: "RemoteModel", stage: StageSetting) -> bool:
    """A Realtime model can read aloud."""
    return model.role == stage or (stage == "tts" and model.role == "realtime" and model.id.startswith("gpt-realtime"))
