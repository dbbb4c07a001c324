"""Which services, models and voices can be chosen: known at once, fresh after `refresh`."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from voicegui.app.composition import LoadedProgram
from voicegui.core.display_names import voice_kind, voice_label, voice_name
from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Stage
from voicegui.core.keys import Keys, KeyState, Secret
from voicegui.core.model_choice import ModelChoice, model_choices, providers_in_use
from voicegui.core.privacy import DataRoute
from voicegui.core.session import PickerChoice, ServiceInfo, StageSetting
from voicegui.core.settings import Settings
from voicegui.core.wording import sentence
from voicegui.providers.engine_entry import EngineEntry, EngineModel, ServiceAccount
from voicegui.providers.registry import BUILT_IN, running_here

log = logging.getLogger(__name__)


class ServiceChoices:
    """Asks only who is asked for anyway: servers on this machine, and services that have a key or are in use."""

    def __init__(self, program: LoadedProgram, keys: Keys) -> None:
        self._program = program
        self._engines = program.engines
        self._keys = keys
        self._here: Mapping[str, Sequence[EngineModel]] = {}
        self._running: frozenset[str] = frozenset()
        self._models: Mapping[str, Sequence[EngineModel]] = {}

    def services(self) -> Sequence[ServiceInfo]:
        return [
            ServiceInfo(
                each.name,
                str(each.label),
                each.needs_key,
                running_here=each.name in self._running,
                takes_key=each.account is not None,
                called=str(each.called),
                called_first=str(each.called_first),
            )
            for each in self._engines.values()
        ]

    def stage_models(self, stage: StageSetting) -> Sequence[PickerChoice]:
        known = (*self._here.items(), *self._models.items())
        return [_choice(name, model) for name, models in known for model in models if Stage(stage) in model.stages]

    def voices(self, service: str, settings: Settings, offered: Sequence[str]) -> Sequence[PickerChoice]:
        """`offered`: the voices of the one that speaks now, if that is `service`."""
        entry = self._engines.get(service)
        known = tuple(offered) or (tuple(entry.voices) if entry else ())
        if entry is not None and entry.works_offline and not known:
            known = (getattr(settings, entry.voice_setting),)
        return [
            PickerChoice(
                name, voice_label(service, name), short=voice_name(service, name), kind=voice_kind(service, name)
            )
            for name in known
        ]

    # ------------------------------------------------------------ asking

    async def look_here(self) -> None:
        """The models on this machine."""
        self._here = await asyncio.to_thread(self._look)

    def _look(self) -> Mapping[str, Sequence[EngineModel]]:
        return {name: entry.models_here(self._program.catalogue) for name, entry in self._engines.items()}

    async def refresh(self, settings: Settings) -> None:
        """Raises VoiceError when a service in use does not answer; everything else is new then all the same."""
        _, found = await asyncio.gather(self.look_here(), running_here())
        self._running = frozenset(found)
        models = dict(found)
        in_use = providers_in_use(settings)
        failures: list[VoiceError] = []
        for name, entry in self._engines.items():
            used = name in in_use
            if entry.account is None or name in models or not (used or await self._has_key(name)):
                continue
            try:
                models[name] = await _list(entry.account(settings, self._keys))
            except VoiceError as error:
                log.info("%s: no list of models (%s)", name, error.code)
                failures += [error] if used else []
        self._models = {**self._models, **models}
        if failures:
            raise failures[0]

    async def test_key(self, settings: Settings, name: str) -> str:
        """Makes a real request; returns its outcome as a sentence. Raises VoiceError."""
        entry = self._engines.get(name)
        if entry is None or entry.account is None:
            raise VoiceError(ErrorCode.NOT_OFFERED, sentence("“{service}” takes no key.", service=name))
        account = entry.account(settings, self._keys)
        try:
            return await account.check_key()
        finally:
            await account.aclose()

    async def _has_key(self, name: str) -> bool:
        return (await self._keys.state(name)).place is not None


async def _list(account: ServiceAccount) -> Sequence[EngineModel]:
    try:
        return await account.list_models()
    finally:
        await account.aclose()


def routes(settings: Settings, engines: Mapping[str, EngineEntry] = BUILT_IN) -> Mapping[str, Sequence[DataRoute]]:
    """Who does each stage by these settings, the second choice after the first."""
    return {
        stage: _routes(settings, stage, engines.get(choice.provider), choice.provider)
        for stage, choice in model_choices(settings).items()
    }


def _routes(settings: Settings, stage: Stage, entry: EngineEntry | None, name: str) -> Sequence[DataRoute]:
    from voicegui.web.proxies import is_proxied

    if entry is not None and entry.works_offline:
        return (DataRoute(),)
    try:
        url = entry.address(settings, stage) if entry is not None else ""
    except VoiceError:  # told where it is used
        url = ""
    label = str(entry.label) if entry is not None else name
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


def _choice(engine: str, model: EngineModel) -> PickerChoice:
    return PickerChoice(
        str(ModelChoice(engine, model.name)),
        model.label,
        model.detail,
        model.available,
        shutdown=model.shutdown,
        successor=str(ModelChoice(engine, model.successor)) if model.successor else "",
    )
