"""When what happened in a turn, on the monotonic clock."""

from dataclasses import dataclass

from voicegui.core.events import Timings


@dataclass(slots=True)
class Marks:
    """Seconds; None where not reached."""

    speech_end: float
    """The last word reached the microphone, or the text was sent."""
    end_of_turn: float | None = None
    stt: float | None = None
    first_token: float | None = None
    first_sentence: float | None = None
    first_sound: float | None = None

    def timings(self) -> Timings:
        return Timings(
            *(
                self._since(at)
                for at in (self.end_of_turn, self.stt, self.first_token, self.first_sentence, self.first_sound)
            )
        )

    def _since(self, at: float | None) -> float | None:
        return None if at is None else round(max(0.0, at - self.speech_end) * 1000, 1)
