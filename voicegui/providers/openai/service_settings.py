"""From the settings to the addresses of a service."""

from dataclasses import replace
from urllib.parse import urlsplit

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.keys import named_servers
from voicegui.core.model_choice import model_choices
from voicegui.core.settings import Settings

from .service import ServiceConfig, from_environment, preset

CUSTOM = ServiceConfig("custom", "A compatible server")
"""Has the addresses of the settings and no others."""


def configured(settings: Settings, name: str) -> ServiceConfig:
    """The service with the addresses of the settings and, for OpenAI, of the environment. Raises
    VoiceError(BAD_SETTINGS)."""
    service = preset(name) or CUSTOM
    service = replace(
        from_environment().applied_to(service),
        key=None,  # keys are asked for where they are kept
        unencrypted=named_servers(settings.unencrypted_servers),
    )
    used = [stage for stage, choice in model_choices(settings).items() if choice.provider == name]
    given = {stage: url for stage in used if (url := getattr(settings, f"{stage}_url"))}
    if given:  # what it is not used for goes along: its models are listed by the server that is asked
        unused = [stage for stage in service.stages if stage not in used]
        service = service.at(next(iter(given.values())), *unused) if unused else service
    for stage, url in given.items():
        service = service.at(url, stage)
    if name == CUSTOM.name and not service.stages:
        todo = "enter it in the settings, such as http://localhost:1234/v1."
        raise VoiceError(ErrorCode.BAD_SETTINGS, todo, heading="A compatible server needs its address")
    return replace(service, label=_address(service)) if name == CUSTOM.name else service


def _address(service: ServiceConfig) -> str:
    """What a server without a name is called in sentences; several have none in common."""
    hosts = {urlsplit(service.url(stage)).netloc for stage in service.stages}
    return hosts.pop() if len(hosts) == 1 else "Your server"
