"""Names as people know them: of languages by their codes, and of voices."""

import re

from .wording import marked, shown

_NAMES = {
    "af": marked("Afrikaans"), "am": marked("Amharic"), "ar": marked("Arabic"), "as": marked("Assamese"),
    "az": marked("Azerbaijani"), "be": marked("Belarusian"), "bg": marked("Bulgarian"), "bn": marked("Bengali"),
    "bo": marked("Tibetan"), "br": marked("Breton"), "bs": marked("Bosnian"), "ca": marked("Catalan"),
    "cs": marked("Czech"), "cy": marked("Welsh"), "da": marked("Danish"), "de": marked("German"),
    "el": marked("Greek"), "en": marked("English"), "eo": marked("Esperanto"), "es": marked("Spanish"),
    "et": marked("Estonian"), "eu": marked("Basque"), "fa": marked("Persian"), "fi": marked("Finnish"),
    "fil": marked("Filipino"), "fo": marked("Faroese"), "fr": marked("French"), "fy": marked("Frisian"),
    "ga": marked("Irish"), "gd": marked("Scottish Gaelic"), "gl": marked("Galician"), "gu": marked("Gujarati"),
    "ha": marked("Hausa"), "haw": marked("Hawaiian"), "he": marked("Hebrew"), "hi": marked("Hindi"),
    "hr": marked("Croatian"), "ht": marked("Haitian Creole"), "hu": marked("Hungarian"), "hy": marked("Armenian"),
    "id": marked("Indonesian"), "ig": marked("Igbo"), "is": marked("Icelandic"), "it": marked("Italian"),
    "ja": marked("Japanese"), "jv": marked("Javanese"), "ka": marked("Georgian"), "kk": marked("Kazakh"),
    "km": marked("Khmer"), "kn": marked("Kannada"), "ko": marked("Korean"), "ku": marked("Kurdish"),
    "ky": marked("Kyrgyz"), "la": marked("Latin"), "lb": marked("Luxembourgish"), "lo": marked("Lao"),
    "lt": marked("Lithuanian"), "lv": marked("Latvian"), "mg": marked("Malagasy"), "mi": marked("Maori"),
    "mk": marked("Macedonian"), "ml": marked("Malayalam"), "mn": marked("Mongolian"), "mr": marked("Marathi"),
    "ms": marked("Malay"), "mt": marked("Maltese"), "my": marked("Burmese"), "nb": marked("Norwegian Bokmål"),
    "ne": marked("Nepali"), "nl": marked("Dutch"), "nn": marked("Norwegian Nynorsk"), "no": marked("Norwegian"),
    "oc": marked("Occitan"), "pa": marked("Punjabi"), "pl": marked("Polish"), "ps": marked("Pashto"),
    "pt": marked("Portuguese"), "ro": marked("Romanian"), "ru": marked("Russian"), "rw": marked("Kinyarwanda"),
    "sa": marked("Sanskrit"), "sd": marked("Sindhi"), "si": marked("Sinhala"), "sk": marked("Slovak"),
    "sl": marked("Slovenian"), "sn": marked("Shona"), "so": marked("Somali"), "sq": marked("Albanian"),
    "sr": marked("Serbian"), "su": marked("Sundanese"), "sv": marked("Swedish"), "sw": marked("Swahili"),
    "ta": marked("Tamil"), "te": marked("Telugu"), "tg": marked("Tajik"), "th": marked("Thai"),
    "tk": marked("Turkmen"), "tl": marked("Tagalog"), "tr": marked("Turkish"), "tt": marked("Tatar"),
    "uk": marked("Ukrainian"), "ur": marked("Urdu"), "uz": marked("Uzbek"), "vi": marked("Vietnamese"),
    "wo": marked("Wolof"), "xh": marked("Xhosa"), "yi": marked("Yiddish"), "yo": marked("Yoruba"),
    "yue": marked("Cantonese"), "zh": marked("Chinese"), "zu": marked("Zulu"),
}  # fmt: skip
_OWN = """
ar العربية, cs Čeština, da Dansk, de Deutsch, el Ελληνικά, es Español, es Castellano, fi Suomi, fr Français,
he עברית, hi हिन्दी, hu Magyar, it Italiano, ja 日本語, ko 한국어, nl Nederlands, no Norsk, pl Polski, pt Português,
ro Română, ru Русский, sv Svenska, tr Türkçe, uk Українська, vi Tiếng Việt, zh 中文, zh Mandarin,
fa Farsi, es Castilian, nl Flemish
"""
"""What people call some of them, too."""
_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_REGIONAL = re.compile(r"(.+?)\s*\(([A-Za-z0-9]{2,8}(?:-[A-Za-z0-9]{2,8})*)\)")


def _table(text: str) -> list[tuple[str, str]]:
    entries = (entry.strip().partition(" ") for entry in " ".join(text.split()).split(", "))
    return [(code, name.rstrip(",")) for code, _, name in entries]


_CODE_OF = {name.casefold(): code for code, name in [*_table(_OWN), *_NAMES.items()]}


def language_names(codes: str) -> str:
    """ "en, pt-BR" as "English, Portuguese (BR)", in the language of the window. A code that is not known here stays as
    it is."""
    return ", ".join(_name(code.strip()) for code in codes.split(",") if code.strip())


def _name(code: str) -> str:
    base, _, region = code.partition("-")
    if base.casefold() not in _NAMES:
        return code
    name = shown(_NAMES[base.casefold()])
    return f"{name} ({region})" if region else name


def language_codes(names: str) -> tuple[str, str]:
    """ "English, Portuguese (BR), de" as "en, pt-BR, de", and the first part that is no language ("" if all are). Names
    in English and in the language of the window are known, of many languages their own ones, too."""
    codes: list[str] = []
    for part in re.split(r"[,;\n]", names):
        wanted = " ".join(part.split())
        if not wanted:
            continue
        code = _code(wanted)
        if not code:
            return "", wanted
        if code not in codes:
            codes.append(code)
    return ", ".join(codes), ""


def _code(wanted: str) -> str:
    code_of = {**_CODE_OF, **{shown(name).casefold(): code for code, name in _NAMES.items()}}
    if code := code_of.get(wanted.casefold()):
        return code
    if regional := _REGIONAL.fullmatch(wanted):
        base = code_of.get(regional[1].casefold(), "")
        return f"{base}-{regional[2]}" if base else ""
    base = wanted.partition("-")[0].casefold()
    return wanted if _CODE.fullmatch(wanted) and (base in _NAMES or "-" in wanted or len(wanted) <= 3) else ""


# ---------------------------------------------------------------- voices
# Services and models name them "heart", "af_bella" or "marin".

_HERE = {"heart": "af", "emma": "bf", "fenrir": "am", "fable": "bm", "kore": "af"}
"""Those of this machine, by the first letters that Kokoro gives them."""
_KINDS = {
    "af": marked("American woman"), "am": marked("American man"), "bf": marked("British woman"),
    "bm": marked("British man"), "ef": marked("Spanish woman"), "em": marked("Spanish man"),
    "ff": marked("French woman"), "fm": marked("French man"), "hf": marked("Hindi woman"), "hm": marked("Hindi man"),
    "if": marked("Italian woman"), "im": marked("Italian man"), "jf": marked("Japanese woman"),
    "jm": marked("Japanese man"), "pf": marked("Brazilian woman"), "pm": marked("Brazilian man"),
    "zf": marked("Chinese woman"), "zm": marked("Chinese man"),
}  # fmt: skip
_KOKORO = re.compile(r"([abefhijpz][fm])_([a-z]+)")
_PLAIN = re.compile(r"[a-z]{2,20}")


def voice_label(service: str, name: str) -> str:
    """ "Heart, American woman"; the name alone where nothing more is known."""
    called, kind = voice_name(service, name), voice_kind(service, name)
    return shown("{voice}, {kind}", voice=called, kind=kind) if kind else called


def voice_name(service: str, name: str) -> str:
    """ "Heart": with a capital letter; as it is where it is no name."""
    if kokoro := _KOKORO.fullmatch(name):
        return kokoro[2].capitalize()
    return name.capitalize() if _PLAIN.fullmatch(name) else name


def voice_kind(service: str, name: str) -> str:
    """ "American woman"; "" where that is not known."""
    kokoro = _KOKORO.fullmatch(name)
    kind = _HERE.get(name, "") if service == "local" else ""
    return shown(_KINDS.get(kokoro[1] if kokoro else kind, ""))
