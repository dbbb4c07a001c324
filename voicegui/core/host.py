"""What tools can do with the program itself and with the desktop it runs on."""

from typing import Protocol


class Host(Protocol):
    """Lives on the event loop's thread. A terminal has fewer of these than a window: what is not there raises
    `VoiceError(NOT_OFFERED)`."""

    def volume(self) -> int:
        """Loudness of replies in percent."""

    def set_volume(self, percent: int) -> None:
        """0 to 100."""

    def voices(self) -> list[str]:
        """Those that `set_voice` takes; empty when any name may do."""

    def set_voice(self, name: str) -> None:
        """From the next sentence on."""

    def end_conversation(self) -> None:
        """Once the reply that is being spoken has ended: closes the microphone."""

    async def open_url(self, url: str) -> None:
        """In the person's browser. Raises VoiceError(NOT_OFFERED) if none shows it."""

    async def read_clipboard(self) -> str:
        """Its text, "" if there is none."""

    async def copy_text(self, text: str) -> None: ...
