"""Languages by their names; the setting holds codes."""

from dataclasses import replace

from voicegui.core.declared import Declared
from voicegui.core.languages import language_codes, language_names

from .texts import LineControl

EXAMPLE = "English, Portuguese"


class LanguagesControl(LineControl):
    """A line of names. What is no language is passed on as it is, for `unknown_language` to refuse."""

    def __init__(self, declared: Declared) -> None:
        super().__init__(replace(declared, example=EXAMPLE))

    def show_value(self, value: object) -> None:
        super().show_value(language_names(str(value)))

    def _finished(self) -> None:
        text = self.field.text().strip()
        codes, unknown = language_codes(text)
        if not unknown:
            self.field.setText(language_names(codes))
            self._shown = self.field.text()
        self.changed.emit(text if unknown else codes)


def unknown_language(text: str) -> str:
    """What is wrong with it, as a sentence; "" if nothing is."""
    _, unknown = language_codes(text)
    return (
        f"Not used: “{unknown[:40]}” is no language that is known here. It should look like {EXAMPLE}"
        if unknown
        else ""
    )
