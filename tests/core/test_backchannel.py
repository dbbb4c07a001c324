"""What a sound over a reply says, in the words of any recogniser and any script."""

import pytest

from voicegui.core.backchannel import SHORT_MS, Meaning, meaning

GO_ON = """
"" | … | Mm-hmm. | mm‑hm | Uh-huh | Yeah, yeah, yeah, yeah! | OK. | Oh, really? | [cough] | (laughs) | *sighs* | [BLANK_AUDIO]
♪ music ♪ | Мм-хм. | Угу. | Ага, ага. | Да-да. | Понятно. | Так, зрозуміло. | Ja, genau. | Mhm. | Achso! | Natürlich. | Ouais.
D'accord. | Ah bon ? | Sí, claro. | Va bene. | Sì, certo. | Pois é. | Ja, precies. | Jaha. | Joo. | Jasne. | Evet. | Hı hı. | Ναι.
嗯。 | 嗯嗯嗯嗯 | 对对对。 | 好的 | 是的。 | 真的吗？ | 不错 | はい。 | はい、はい、はい。 | うん、うん | へえー | なるほど。 | そうですね。 | うーん
응. | 네, 네. | 아, 그래요? | 음... | نعم | ايوه | ممم | طيب. | אה | כן. | हाँ | हम्म। | अच्छा! | ครับ | อืม | ใช่ | vâng | ＯＫ
Totally. | Absolutely! | Gotcha. | Makes sense. | For sure. | Fair enough. | Mmkay. | Alles klar. | Tout à fait. | C'est vrai.
De acuerdo. | Certamente. | Com certeza. | Absolut. | No niin. | No tak. | Hát igen. | Öyle mi? | Έτσι. | Вот как. | Саме так.
صح | بالتأكيد | נכון מאוד | đúng vậy | Begitu ya. | 原来如此。 | 有道理 | 就是 | 確かに。 | 그렇네요. | 맞습니다. | 네네. | Desigur.
Taip. | Jah. | Da, točno. | হ্যাঁ | ஆமா | అవును | ಹೌದು | Ndiyo. | Sawa. | Oo.
"""

STOP = """
Stop! | Wait. | No, no, no. | Hold on | But why? | Стоп! | Стоп, стоп. | Подожди! | Нет. | Хватит! | Стій! | Stopp. | Warte mal. | Nein!
Arrête ! | ATTENDS | Pardon… | ¡Para! | Espera un momento. | Perché? | Aspetta! | Wacht even. | Vänta! | Odota. | Czekaj. | Dur! | Όχι!
停 | 停！ | 停一下。 | 等等 | 别说了 | 不对 | 什么？ | 好了好了 | 是不是 | ストップ | 待って。 | ちょっと待って | やめて！ | いいえ | ううん | うるさい
그만! | 잠깐만요, 잠깐만. | 아니요 | 멈춰 | रुको | बस! | नहीं | قف! | توقف. | انتظر | لا | עצור! | די | หยุด | เดี๋ยว | 我想问一下为什么天空是蓝色的
Shush! | Skip it. | That's wrong. | Falsch. | C'est faux. | Zatrzymaj się. | Stačí. | كفاية | خلاص | מספיק | תפסיק | 你错了 | 够 | やめろ！ | 黙って
멈춰라 | 그만해 | Opriți! | Stai! | Спри! | Stani! | থামো | நிறுத்து | ఆపు | رکو | Hinto! | Simama! | Pietiek. | Aitab. | Enough. | Acuerdo no.
"""


def phrases(table: str) -> list[str]:
    return [phrase.strip().strip('"') for line in table.strip().splitlines() for phrase in line.split("|")]


@pytest.mark.parametrize("words", phrases(GO_ON))
def test_go_on(words):
    assert meaning(words, 500) is Meaning.GO_ON


@pytest.mark.parametrize("words", phrases(STOP))
def test_stop(words):
    assert meaning(words, 500) is Meaning.STOP


@pytest.mark.parametrize(
    "words", ["Starboard.", "Старт", "苹果", "사과", "[inaudible]", "(speaking foreign language)", "5"]
)
def test_short_and_unknown_is_unclear_and_longer_is_meant(words):
    assert meaning(words, SHORT_MS) is Meaning.UNCLEAR
    assert meaning(words, SHORT_MS + 100) is Meaning.STOP


def test_no_is_never_a_hum():
    assert meaning("हाँ नहीं", 500) is Meaning.STOP


def test_what_is_long_was_meant():
    assert meaning("(" * 100_000, 500) is Meaning.STOP
