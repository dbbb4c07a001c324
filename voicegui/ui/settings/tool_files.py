"""A file with tools of the person's own: it runs only once just its content was allowed."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt

from voicegui.core.errors import VoiceError
from voicegui.core.settings import Settings
from voicegui.core.toolbox import ToolFile

from ..buttons import Button, Face, Look
from ..foreign import breakable, one_line
from .fields import Bench
from .lines import line_row

WARNING = (
    "It will run as a program with your rights: it can read, change and send whatever you can. Allow it if you know "
    "what is in it."
)


class FileLine:
    """Its row."""

    name = ""

    def __init__(self, bench: Bench, file: ToolFile, decided: Callable[[], None]) -> None:
        """`decided` is called when it has been allowed, or is not any more."""
        self._bench, self._file, self._decided = bench, file, decided
        self._title = one_line(file.name, 80)
        self.button = Button(bench.theme, Look.DIALOG, Face(), "")
        self.button.clicked.connect(self._press)
        self.row = line_row(bench, breakable(self._title), "", self.button)

    def show(self, settings: Settings) -> None:
        pass

    def show_item(self, file: ToolFile) -> None:
        if file != self._file:
            self.row.clear_notice()  # what was about to be allowed is another file now
        self._file = file
        self.button.setEnabled(True)
        self.button.show_face(Face(text="Disallow" if file.allowed else "Allow…"))
        self.button.name(f"{'Disallow' if file.allowed else 'Allow'} {self._title}")
        self.row.show_help("Allowed: it runs as a program with your rights" if file.allowed else "Not allowed, not run")
        if file.problem:
            self.row.show_notice(breakable(one_line(file.problem, 400)), "error")

    def give_up(self) -> None:
        pass

    def _press(self) -> None:
        if self._file.allowed:
            self._run(self._bench.session.toolbox.disallow(self._file.name))
        else:
            self.row.show_notice(WARNING, "warning", "Allow it", self._allow)
            self.row.link.name(f"Allow it: {self._title}")
            self.row.link.setFocus(Qt.FocusReason.TabFocusReason)

    def _allow(self) -> None:
        self._run(self._bench.session.toolbox.allow(self._file.name, self._file.sha256))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.row.clear_notice()
        self.button.setEnabled(False)
        self._bench.background.run(work, self._done, self._failed, must_finish=True)

    def _done(self, _result: None) -> None:
        self.button.setEnabled(True)
        self._decided()

    def _failed(self, error: VoiceError) -> None:
        self.button.setEnabled(True)
        self.row.show_notice(f"{error.message} {error.hint}".strip(), "error")
