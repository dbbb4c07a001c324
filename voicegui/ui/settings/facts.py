"""Something it remembers of the person, which can be deleted."""

from collections.abc import Callable
from datetime import date

from voicegui.core.errors import VoiceError
from voicegui.core.records import Fact
from voicegui.core.settings import Settings

from ..buttons import Button, Face, Look
from ..foreign import breakable, harmless, one_line
from .fields import Bench
from .lines import line_row
from .stages import long_date


class FactLine:
    """Its row."""

    name = ""

    def __init__(self, bench: Bench, fact: Fact, deleted: Callable[[], None]) -> None:
        self._bench, self._fact, self._deleted = bench, fact, deleted
        self.delete = Button(bench.theme, Look.DANGER, Face(text="Delete"), f"Delete: {one_line(fact.text, 80)}")
        self.delete.clicked.connect(self._delete)
        since = f"Since {long_date(date.fromtimestamp(fact.since).isoformat())}"
        since += ", from a conversation that held text of others" if fact.tainted else ""
        self.row = line_row(bench, breakable(harmless(fact.text)), since, self.delete)

    def show(self, settings: Settings) -> None:
        pass

    def show_item(self, fact: Fact) -> None:
        pass

    def give_up(self) -> None:
        self.row.clear_notice()

    def _delete(self) -> None:
        self.row.clear_notice()
        self.delete.setEnabled(False)
        work = self._bench.session.toolbox.forget(self._fact.id)
        self._bench.background.run(work, self._done, self._failed, must_finish=True)

    def _done(self, _result: None) -> None:
        self._deleted()

    def _failed(self, error: VoiceError) -> None:
        self.delete.setEnabled(True)
        self.row.show_notice(f"{error.message} {error.hint}".strip(), "error")
