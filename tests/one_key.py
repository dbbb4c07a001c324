"""Keys for parts that only use them."""

from voicegui.core.keys import KeyState, Secret


class OneKey:
    """`Keys` with a key for OpenAI, or none at all."""

    def __init__(self, key: str = "sk-test") -> None:
        self._key = key

    async def get(self, service: str) -> Secret | None:
        return Secret(self._key) if self._key and service == "openai" else None

    async def set(self, service: str, key: Secret) -> KeyState:
        raise AssertionError("nobody has asked to store one")

    async def delete(self, service: str) -> KeyState:
        raise AssertionError("nobody has asked to store one")

    async def state(self, service: str) -> KeyState:
        raise AssertionError("nobody has asked where it is")

    def notice(self) -> str:
        return ""
