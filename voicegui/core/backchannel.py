"""Back-channels: is a sound over a reply "go on", "stop", or unclear (Yngve 1970)? Words of any script and language.

The lists are in lower case. A word that would say "stop" in one language and "go on" in another stands in neither list
or in that of the more common one.
"""

import re
import unicodedata
from enum import Enum, StrEnum

GO_ON = {
    "Swahili, Tagalog": "ndiyo sawa oo",
    "Bengali, Tamil, Telugu, Kannada": "হ্যাঁ আচ্ছা ஆமா ஆம் சரி అవును సరే ಹೌದು ಸರಿ",
    "Lithuanian, Latvian, Estonian": "taip jā jah",
    "Romanian, Bulgarian, Croatian, Serbian": "desigur da bine разбирам добре točno tačno",
    "English": "mmkay totally absolutely definitely gotcha indeed mmm mhm mmhm mmhmm hmmm hm uh huh uhhuh ah aha ahh oh ooh yeah yep yup ya yes ok okay right sure really i "
    "see got it alright great good nice cool wow true exactly of course interesting",
    "German": "alles absolut mhm hmm aha achso ach ja jaja jo genau gut klar stimmt okay verstehe ich richtig natürlich echt wirklich "
    "interessant super toll na",
    "French": "c'est vrai parfait oui ouais mouais ah bon d'accord dac voilà bien sûr je vois exactement vraiment génial super tiens",
    "Spanish": "vale perfecto sí si ya ajá aja claro vale bueno bien entiendo exacto verdad genial ah",
    "Italian": "certamente perfetto sì già certo va bene capisco esatto davvero ah ecco giusto bello",
    "Portuguese": "com certeza perfeito sim pois tá está certo claro entendo exato legal é verdade beleza",
    "Dutch": "ja jaja oké precies juist goed klopt echt leuk mooi tuurlijk",
    "Swedish": "absolut ja jaha jo precis okej visst bra",
    "Danish, Norwegian": "ja jo nemlig greit fint akkurat javel",
    "Finnish": "joo juu niin kyllä aivan hyvä selvä",
    "Polish": "tak aha jasne dobrze dobra rozumiem właśnie racja okej",
    "Czech": "jo ano jasně dobře chápu přesně aha",
    "Hungarian": "hát igen aha jó értem persze",
    "Turkish": "öyle mi evet tamam hı hıhı aynen tabii anladım peki güzel",
    "Greek": "έτσι ναι μάλιστα ωραία εντάξει σωστά αχά α",
    "Russian": "да ага угу мм хм ну так ясно понятно хорошо ладно точно верно здорово ого ок окей",
    "Ukrainian": "саме так угу ага зрозуміло добре гаразд точно",
    "Arabic": "صح بالتأكيد نعم ايوه ايوة اه آه طيب تمام حسنا صحيح اكيد اها مم ممم",
    "Persian": "بله آره اره باشه خب درسته اوهوم",
    "Hebrew": "מאוד כן אהה אוקיי בסדר נכון הבנתי יופי אה",
    "Hindi": "हाँ हां हम्म अच्छा ठीक है जी सही हूँ हूं ओके बिल्कुल",
    "Thai": "ครับ ค่ะ คะ อืม อือ เออ ใช่ โอเค อ๋อ ได้ จริงเหรอ",
    "Vietnamese": "vậy vâng dạ ừ ừm à đúng rồi được",
    "Indonesian": "begitu ya ya iya oke betul benar baik",
    "Chinese": "原来如此 原來如此 有道理 就是 嗯 唔 哼 哦 噢 喔 啊 欸 对 對 對啊 好 好的 是 是的 是啊 行 明白 知道了 不错 不錯 真的 真的吗 真的嗎 当然 當然 没错 "
    "沒錯 可以 好吧 这样啊 這樣啊 嗯哼",
    "Japanese": "確かに たしかに うん うーん んー はい ええ へえ へー ほう ふーん あー ああ おお そう そうか そうですね そうですか そうなんだ なるほど "
    "わかった いいね 本当 ほんと 了解 オッケー オーケー ハイ ウン ね よ",
    "Korean": "그렇네요 맞습니다 네네 응 네 예 음 흠 아 어 그래 그래요 그렇군요 그렇구나 맞아 맞아요 좋아 좋아요 알겠어요 정말 진짜 오케이 아하",
}

STOP = {
    "Swahili, Tagalog": "simama hinto tigil",
    "Bengali, Tamil, Telugu, Urdu": "থামো থামুন நிறுத்து நில் ఆపు రుకో رکو بس",
    "Lithuanian, Latvian, Estonian": "pietiek aitab užteks gana",
    "Romanian, Bulgarian, Croatian, Serbian": "opriți oprește oprește-te stai спри чакай stani",
    "English": "shush skip wrong stop wait no nope hold hang quiet shut enough pause cancel sorry actually but hey listen excuse moment "
    "second what why how who when where which can could do does is are tell never again repeat louder slower next thank "
    "thanks",
    "German": "falsch aufhören stopp stop halt warte warten moment nein nee ruhe genug schluss pause leiser still entschuldigung aber hör "
    "sekunde was warum wie wer wann wo nochmal danke",
    "French": "faux stop arrête arrêtez attends attendez non assez silence pardon mais moment minute tais pause quoi pourquoi "
    "comment qui quand merci",
    "Spanish": "para pare alto espera espere no basta silencio perdón pero momento cállate pausa detente qué cómo quién "
    "cuándo gracias",
    "Italian": "ferma fermati fermo aspetta aspetti no basta silenzio scusa scusi ma momento zitto pausa cosa perché come "
    "chi quando grazie",
    "Portuguese": "para pare espera espere não basta chega silêncio desculpa mas momento pausa cala quê como quem quando "
    "obrigado obrigada",
    "Dutch": "stop wacht nee genoeg stil sorry maar momentje pauze hou wat waarom hoe wie bedankt",
    "Swedish": "stopp stanna vänta nej sluta tyst ursäkta men paus vad varför hur tack",
    "Danish, Norwegian": "stopp vent nei nej hold stille unnskyld undskyld men pause hva hvad hvorfor takk",
    "Finnish": "seis lopeta odota ei hiljaa anteeksi mutta riittää mitä miksi kiitos",
    "Polish": "zatrzymaj stop stój czekaj poczekaj nie dość dosyć cicho przestań przepraszam ale chwila co dlaczego jak dziękuję",
    "Czech": "stačí stop stůj počkej ne dost ticho přestaň promiň ale moment co proč jak děkuji",
    "Hungarian": "állj várj nem elég csend bocsánat de pillanat mit miért",
    "Turkish": "dur bekle hayır yeter sus pardon ama dakika ne neden nasıl",
    "Greek": "σταμάτα στοπ περίμενε όχι φτάνει σιωπή συγγνώμη αλλά τι γιατί πώς",
    "Russian": "стоп стой подожди погоди нет хватит тихо замолчи извини но минуту секунду пауза что почему как кто когда "
    "спасибо довольно перестань",
    "Ukrainian": "стоп стій зачекай почекай ні досить тихо вибач але хвилинку що чому як",
    "Arabic": "كفاية خلاص قف توقف توقفي انتظر لا كفى يكفي اسكت عفوا لكن لحظة ماذا لماذا كيف ستوب",
    "Persian": "ایست صبر وایسا نه بسه کافی ساکت ببخشید اما لحظه چی چرا",
    "Hebrew": "מספיק תפסיק עצור עצרי די רגע חכה לא שקט סליחה אבל מה למה איך סטופ",
    "Hindi": "रुको रुकिए रुक बस नहीं ठहरो चुप माफ़ लेकिन क्या क्यों कैसे स्टॉप",
    "Thai": "หยุด เดี๋ยว รอ ไม่ พอ เงียบ ขอโทษ อะไร ทำไม",
    "Vietnamese": "dừng khoan đợi chờ không thôi im xin lỗi nhưng gì sao",
    "Indonesian": "berhenti stop tunggu tidak cukup diam maaf tapi sebentar apa kenapa",
    "Chinese": "够 夠 错了 錯了 停 停止 停下 停一下 等 等等 等一下 等一等 不 不要 不是 不对 不對 别 別 别说了 別說了 够了 夠了 安静 安靜 闭嘴 閉嘴 暂停 暫停 "
    "抱歉 但是 什么 什麼 为什么 為什麼 怎么 怎麼 谁 誰 算了 好了",
    "Japanese": "やめろ 黙って ううん ストップ 止めて 止まって とめて やめて 待って まって ちょっと いや いいえ 違う ちがう うるさい 静かに もういい すみません でも "
    "何 なに なぜ どうして 誰 いつ どこ",
    "Korean": "멈춰라 그만해 그만해요 아니라고 그만 멈춰 멈춰요 스톱 스탑 잠깐 잠깐만 잠시만 기다려 기다려요 아니 아니요 아니야 조용히 됐어 미안 하지만 뭐 왜 어떻게 누구",
}


AGREED = (
    "makes sense",
    "that makes sense",
    "for sure",
    "fair enough",
    "good enough",
    "tout à fait",
    "de acuerdo",
    "no niin",
    "no tak",
    "no jo",
    "вот как",
    "sta bene",
)
"""Agreement that is made of words which say "stop" elsewhere."""


# ---------------------------------------------------------------- judging a sound over a reply


def _plain(text: str) -> str:
    """Lower case, without accents and vowel signs, full-width letters as the usual ones: recognisers differ in them."""
    letters = unicodedata.normalize("NFKD", text.casefold()).replace("’", "'").replace("\u2010", "-")
    bare = "".join(char for char in letters if not unicodedata.category(char).startswith("M"))
    return unicodedata.normalize("NFC", bare)  # the syllables of Korean, which were taken apart


def _all(words: dict[str, str]) -> frozenset[str]:
    return frozenset(_plain(word) for of_language in words.values() for word in of_language.split())


_STOP = _all(STOP)
_GO_ON = _all(GO_ON)
_AGREED = frozenset(map(_plain, AGREED))

_EXPECTED = """\
Stop. Wait. No. Hold_on. Hang_on. Hey. Listen. Quiet. Enough. Pause. Cancel. Sorry. What? Why? Excuse_me. One_moment.
Never_mind. Thank_you. Again. Repeat. Who? Where? When? How?
Mm-hmm. Mm. Hmm. Uh-huh. Yeah. Yes. Yep. Okay. Right. Sure. I_see. Got_it. Oh. Oh_really? Really? Good. Great. Nice.
Cool. Wow. True. Exactly. Of_course. Ah. All_right.
"""
EXPECTED = tuple(phrase.replace("_", " ") for phrase in _EXPECTED.split())
"""What a short sound over a reply most often is, for a recogniser that is unsure. Both kinds: alone, one would attract
the other."""

_HUM = re.compile(
    r"[mhuay]+|[мхуаэыг]+|[μχα]+|[םמאה]{2,}|[مه]{2,}|[اه]{2,}|[मह]{2,}|[อมเ]{2,}|[んうーふむ]+|[음흠응으]+|[嗯唔哼哦噢喔啊]+"
)
"""A recogniser writes a hum as a word of these letters: "mm", "hum", "mama", "my"; "угу", "嗯嗯", "うーん"."""

_SOUND = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪[^♪]*♪?")
_SPEECH = re.compile(r"speak|talk|speech|foreign|inaudible|unintelligible|unclear")
"""Some recognisers describe what is no speech, "[cough]", "(laughs)", and speech that they do not understand."""

_UNSPACED_LETTER = r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_UNSPACED = re.compile(rf"{_UNSPACED_LETTER}+")
"""Scripts that write no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_WORD = re.compile(rf"{_UNSPACED_LETTER}+|(?:(?!{_UNSPACED_LETTER})[\w'-])+")

_LONGEST_KNOWN = 8
_LONGEST_SOUND = 300
"""Characters; what is longer was meant."""

_GO_ON_WORDS_AT_MOST = 3
_UNCLEAR_WORDS_AT_MOST = 2

SHORT_MS = 650
"""Alone and this short, words are often misheard ("uh-huh" as "you're high")."""


class Meaning(Enum):
    GO_ON = "go on"
    STOP = "stop"
    UNCLEAR = "unclear"


class Passed(StrEnum):
    """Why a sound over a reply did not interrupt it."""

    AGREEMENT = "agreement"
    UNCLEAR = "unclear"
    """Too short to be sure; a second one soon after it is taken."""
    NO_WORDS = "no_words"
    NOT_UNDERSTOOD = "not_understood"
    """Its words came too late."""


def passed(words: str, meant: Meaning) -> Passed:
    """Why a sound that was transcribed as `words` is let pass."""
    if meant is Meaning.UNCLEAR:
        return Passed.UNCLEAR
    return Passed.AGREEMENT if _words(words) else Passed.NO_WORDS


def meaning(words: str, voiced_ms: float) -> Meaning:
    """Of a sound over a reply that was transcribed as `words` and lasted `voiced_ms`."""
    if len(words) > _LONGEST_SOUND:
        return Meaning.STOP
    spoken = _words(words)
    if " ".join(spoken) in _AGREED:
        return Meaning.GO_ON
    if len(spoken) <= _GO_ON_WORDS_AT_MOST and all(map(_says_go_on, spoken)):
        return Meaning.GO_ON
    short = voiced_ms <= SHORT_MS and len(spoken) <= _UNCLEAR_WORDS_AT_MOST
    return Meaning.UNCLEAR if short and not _STOP.intersection(spoken) else Meaning.STOP


def _says_go_on(word: str) -> bool:
    return word not in _STOP and (word in _GO_ON or _HUM.fullmatch(word) is not None)


def _words(text: str) -> list[str]:
    """Repeated ones once: "yeah, yeah, yeah, yeah" says no more than "yeah"."""
    spoken: list[str] = []
    for run in _WORD.findall(_plain(_SOUND.sub(_speech_in, text.casefold()))):
        joined = run.replace("-", "")  # "mm-hmm" is one word, "stop-stop" two
        if _HUM.fullmatch(joined) or joined in _GO_ON:
            spoken.append(joined)
        else:
            spoken += _known_words(run) if _UNSPACED.fullmatch(run) else filter(None, run.split("-"))
    return [word for word, before in zip(spoken, [None, *spoken], strict=False) if word != before]


def _speech_in(described: re.Match[str]) -> str:
    return "inaudible" if _SPEECH.search(described[0]) else " "


def _known_words(run: str) -> list[str]:
    """The longest known word first; letters between known words are one unknown word."""
    found: list[str] = []
    unknown = ""
    while run:
        lengths = range(min(len(run), _LONGEST_KNOWN), 0, -1)
        known = next((run[:length] for length in lengths if run[:length] in _GO_ON or run[:length] in _STOP), "")
        if known:
            found += [unknown, known] if unknown else [known]
            unknown, run = "", run[len(known) :]
        else:
            unknown, run = unknown + run[0], run[1:]
    return [*found, unknown] if unknown else found
