import gettext
import re
from collections.abc import Callable, Iterator

import pytest

from tests.pseudo_language import PSEUDO
from voicegui.core.display_names import language_codes, language_names, voice_kind, voice_label, voice_name
from voicegui.core.settings import declared
from voicegui.core.wording import use_translations

PATTERN = next(each.pattern for each in declared() if each.name == "languages")


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("", ""),
        ("English", "en"),
        ("english, PORTUGUESE", "en, pt"),
        ("English; German", "en, de"),
        ("en, pt", "en, pt"),
        ("pt-BR", "pt-BR"),
        ("Portuguese (BR)", "pt-BR"),
        ("Chinese (Hant-TW)", "zh-Hant-TW"),
        ("Deutsch, français, 日本語", "de, fr, ja"),
        ("  Scottish   Gaelic , Haitian Creole ", "gd, ht"),
        ("English,,German,", "en, de"),
        ("English, English, en", "en"),
        ("Mandarin, Cantonese", "zh, yue"),
        ("Norwegian Bokmål", "nb"),
        ("tlh", "tlh"),
    ],
)
def test_names_become_codes(written: str, codes: str) -> None:
    assert language_codes(written) == (codes, "")
    assert re.fullmatch(PATTERN, codes)


@pytest.mark.parametrize(
    ("written", "wrong"),
    [("Klingonese", "Klingonese"), ("English, Elvish", "Elvish"), ("English and German", "English and German"),
     ("English/German", "English/German"), ("42", "42"), ("Elvish (BR)", "Elvish (BR)"), ("English (!)", "English (!)"),
     ("<b>", "<b>")],
)  # fmt: skip
def test_what_is_no_language_is_named(written: str, wrong: str) -> None:
    assert language_codes(written) == ("", wrong)


@pytest.mark.parametrize("codes", ["", "en", "en, pt", "pt-BR", "zh-Hant-TW, yue", "tlh", "EN", "nb, nn, no"])
def test_codes_become_names_and_codes_again(codes: str) -> None:
    again, wrong = language_codes(language_names(codes))
    assert (again.casefold(), wrong) == (codes.casefold(), "")


def test_the_names_a_person_reads() -> None:
    assert language_names("en,pt-BR, tlh") == "English, Portuguese (BR), tlh"


@pytest.mark.parametrize(
    ("service", "name", "label"),
    [
        ("local", "heart", "Heart, American woman"),
        ("local", "emma", "Emma, British woman"),
        ("local", "fenrir", "Fenrir, American man"),
        ("local", "somebody", "Somebody"),
        ("openai", "marin", "Marin"),
        ("openai", "fable", "Fable"),
        ("kokoro", "af_bella", "Bella, American woman"),
        ("kokoro", "bm_george", "George, British man"),
        ("kokoro", "zf_xiaobei", "Xiaobei, Chinese woman"),
        ("custom", "en_US-lessac-medium", "en_US-lessac-medium"),
        ("custom", "voice_6f2a", "voice_6f2a"),
        ("custom", "xq_name", "xq_name"),
        ("custom", "Rachel", "Rachel"),
        ("custom", "", ""),
        ("custom", "<b>", "<b>"),
    ],
)
def test_a_voice_is_called_as_a_person_calls_it(service: str, name: str, label: str) -> None:
    assert voice_label(service, name) == label


def test_all_voices_of_this_machine_are_described() -> None:
    from hibari.voices import VOICES

    for name, voice in VOICES.items():
        person = {"female": "woman", "male": "man"}[voice["gender"]]
        assert voice_label("local", name) == f"{name.capitalize()}, {voice['accent']} {person}"


# ---------------------------------------------------------------- in another language


class French(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return {"German": "Allemand", "Dutch": "Néerlandais", "Chinese": "Chinois", "Irish": "Polski"}.get(
            message, message
        )


@pytest.fixture
def language() -> Iterator[Callable[[gettext.NullTranslations], None]]:
    yield lambda translations: use_translations(shown=translations)
    use_translations()


@pytest.mark.parametrize("codes", ["", "en", "en, pt", "pt-BR", "zh-Hant-TW, yue", "tlh", "nb, nn, no", "gd, ht, fil"])
def test_names_in_any_language_become_the_same_codes_again(
    language: Callable[[gettext.NullTranslations], None], codes: str
) -> None:
    language(PSEUDO)
    names = language_names(codes)
    assert language_codes(names) == (codes, "") and ("⟦" in names or codes in ("", "tlh"))


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("Allemand", "de"), ("ALLEMAND, néerlandais", "de, nl"), ("German", "de"), ("Deutsch", "de"),
        ("Chinois (Hant-TW)", "zh-Hant-TW"), ("de, Allemand", "de"), ("Polski", "ga"), ("Polish, pl", "pl"),
    ],
)  # fmt: skip
def test_a_name_is_read_in_the_language_of_the_window_and_in_english(
    language: Callable[[gettext.NullTranslations], None], written: str, codes: str
) -> None:
    language(French())
    assert language_codes(written) == (codes, "")


@pytest.mark.parametrize(
    ("service", "voice", "label", "name", "kind"),
    [
        ("local", "heart", "⟦Heart, ⟦American woman⟧⟧", "Heart", "⟦American woman⟧"),
        ("kokoro", "bm_george", "⟦George, ⟦British man⟧⟧", "George", "⟦British man⟧"),
        ("openai", "marin", "Marin", "Marin", ""),
        ("openai", "heart", "Heart", "Heart", ""),
        ("openai", "x-9_Ä", "x-9_Ä", "x-9_Ä", ""),
    ],
)
def test_what_kind_of_voice_it_is_is_told_in_the_language(
    language: Callable[[gettext.NullTranslations], None], service: str, voice: str, label: str, name: str, kind: str
) -> None:
    language(PSEUDO)
    assert (voice_label(service, voice), voice_name(service, voice), voice_kind(service, voice)) == (label, name, kind)
