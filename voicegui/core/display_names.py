"""Names as people know them: of languages by their codes, and of voices."""

import re

_NAMES = """
af Afrikaans, am Amharic, ar Arabic, as Assamese, az Azerbaijani, be Belarusian, bg Bulgarian, bn Bengali, bo Tibetan,
br Breton, bs Bosnian, ca Catalan, cs Czech, cy Welsh, da Danish, de German, el Greek, en English, eo Esperanto,
es Spanish, et Estonian, eu Basque, fa Persian, fi Finnish, fil Filipino, fo Faroese, fr French, fy Frisian, ga Irish,
gd Scottish Gaelic, gl Galician, gu Gujarati, ha Hausa, haw Hawaiian, he Hebrew, hi Hindi, hr Croatian,
ht Haitian Creole, hu Hungarian, hy Armenian, id Indonesian, ig Igbo, is Icelandic, it Italian, ja Japanese,
jv Javanese, ka Georgian, kk Kazakh, km Khmer, kn Kannada, ko Korean, ku Kurdish, ky Kyrgyz, la Latin,
lb Luxembourgish, lo Lao, lt Lithuanian, lv Latvian, mg Malagasy, mi Maori, mk Macedonian, ml Malayalam, mn Mongolian,
mr Marathi, ms Malay, mt Maltese, my Burmese, nb Norwegian Bokmål, ne Nepali, nl Dutch, nn Norwegian Nynorsk,
no Norwegian, oc Occitan, pa Punjabi, pl Polish, ps Pashto, pt Portuguese, ro Romanian, ru Russian, rw Kinyarwanda,
sa Sanskrit, sd Sindhi, si Sinhala, sk Slovak, sl Slovenian, sn Shona, so Somali, sq Albanian, sr Serbian,
su Sundanese, sv Swedish, sw Swahili, ta Tamil, te Telugu, tg Tajik, th Thai, tk Turkmen, tl Tagalog, tr Turkish,
tt Tatar, uk Ukrainian, ur Urdu, uz Uzbek, vi Vietnamese, wo Wolof, xh Xhosa, yi Yiddish, yo Yoruba, yue Cantonese,
zh Chinese, zu Zulu
"""
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


_NAME_OF = dict(_table(_NAMES))
_CODE_OF = {name.casefold(): code for code, name in [*_table(_OWN), *_table(_NAMES)]}


def language_names(codes: str) -> str:
    """ "en, pt-BR" as "English, Portuguese (BR)". A code that is not known here stays as it is."""
    return ", ".join(_name(code.strip()) for code in codes.split(",") if code.strip())


def _name(code: str) -> str:
    base, _, region = code.partition("-")
    name = _NAME_OF.get(base.casefold(), "")
    if not name:
        return code
    return f"{name} ({region})" if region else name


def language_codes(names: str) -> tuple[str, str]:
    """ "English, Portuguese (BR), de" as "en, pt-BR, de", and the first part that is no language ("" if all are)."""
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
    if code := _CODE_OF.get(wanted.casefold()):
        return code
    if regional := _REGIONAL.fullmatch(wanted):
        base = _CODE_OF.get(regional[1].casefold(), "")
        return f"{base}-{regional[2]}" if base else ""
    base = wanted.partition("-")[0].casefold()
    return wanted if _CODE.fullmatch(wanted) and (base in _NAME_OF or "-" in wanted or len(wanted) <= 3) else ""


# ---------------------------------------------------------------- voices
# Services and models name them "heart", "af_bella" or "marin".

_HERE = {"heart": "af", "emma": "bf", "fenrir": "am", "fable": "bm", "kore": "af"}
"""Those of this machine, by the first letters that Kokoro gives them."""
_ACCENTS = {
    "a": "American", "b": "British", "e": "Spanish", "f": "French", "h": "Hindi", "i": "Italian", "j": "Japanese",
    "p": "Brazilian", "z": "Chinese",
}  # fmt: skip
_PEOPLE = {"f": "woman", "m": "man"}
_KOKORO = re.compile(r"([abefhijpz][fm])_([a-z]+)")
_PLAIN = re.compile(r"[a-z]{2,20}")


def voice_label(service: str, name: str) -> str:
    """ "Heart, American woman"; with a capital letter where nothing more is known; as it is where it is no name."""
    if service == "local" and name in _HERE:
        return _described(name, _HERE[name])
    if kokoro := _KOKORO.fullmatch(name):
        return _described(kokoro[2], kokoro[1])
    return name.capitalize() if _PLAIN.fullmatch(name) else name


def _described(name: str, kind: str) -> str:
    return f"{name.capitalize()}, {_ACCENTS[kind[0]]} {_PEOPLE[kind[1]]}"
