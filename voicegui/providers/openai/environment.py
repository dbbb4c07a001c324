"""The environment conventions of OpenAI's own tools, honoured and reported."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from voicegui.core.keys import Secret, checked_key

from .service import ServiceConfig, Stage

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says about services. Only OpenAI itself gets its key and addresses."""

    key: Secret | None = None
    base_url: str = ""
    organization: str = ""
    project: str = ""
    used: tuple[str, ...] = ()
    """Names of the variables that have an effect, for a window to show; never their values."""

    def applied_to(self, service: ServiceConfig) -> ServiceConfig:
        """What the service says itself wins. Raises VoiceError(BAD_SETTINGS) for an unusable OPENAI_BASE_URL."""
        if service.name != "openai":
            return service
        if self.base_url:
            stages = [stage for stage in Stage if service.url(stage).startswith("https://api.openai.com/")]
            service = service.at(self.base_url, *stages) if stages else service
        return replace(
            service,
            key=service.key or self.key,
            organization=service.organization or self.organization,
            project=service.project or self.project,
        )


def from_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """Raises VoiceError(BAD_KEY) if OPENAI_API_KEY cannot be a key."""
    known = {name: variables.get(name, "").strip() for name in _CONVENTIONS}
    http = [name for name in (*_PROXIES, *_CERTIFICATES) if variables.get(name) or variables.get(name.lower())]
    return Environment(
        key=checked_key(known["OPENAI_API_KEY"]) if known["OPENAI_API_KEY"] else None,
        base_url=known["OPENAI_BASE_URL"],
        organization=known["OPENAI_ORG_ID"],
        project=known["OPENAI_PROJECT_ID"],
        used=(*(name for name, value in known.items() if value), *http),
    )


_CONVENTIONS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID")
