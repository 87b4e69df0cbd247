"""Which language a text is in, told by its script and its commonest words, for the 30 languages that IFEval asks for.

Own rule, without a statistical model: scripts that one language has decide by themselves, those that several share by
letters of their own, the Latin ones by small words and letters. A Latin text that shows nothing is taken for English.
"""

import re
from collections import Counter

_SCRIPTS = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "THAI": "th",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "BENGALI": "bn",
    "HEBREW": "he",
    "GREEK": "el",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "DEVANAGARI": "hi",
    "LATIN": "en",
}
_RANGES = (
    ("LATIN", 0x41, 0x24F),
    ("LATIN", 0x1E00, 0x1EFF),
    ("GREEK", 0x370, 0x3FF),
    ("CYRILLIC", 0x400, 0x52F),
    ("HEBREW", 0x590, 0x5FF),
    ("ARABIC", 0x600, 0x77F),
    ("DEVANAGARI", 0x900, 0x97F),
    ("BENGALI", 0x980, 0x9FF),
    ("GURMUKHI", 0xA00, 0xA7F),
    ("GUJARATI", 0xA80, 0xAFF),
    ("TAMIL", 0xB80, 0xBFF),
    ("TELUGU", 0xC00, 0xC7F),
    ("KANNADA", 0xC80, 0xCFF),
    ("MALAYALAM", 0xD00, 0xD7F),
    ("THAI", 0xE00, 0xE7F),
    ("HIRAGANA", 0x3040, 0x309F),
    ("KATAKANA", 0x30A0, 0x30FF),
    ("CJK", 0x4E00, 0x9FFF),
    ("HANGUL", 0xAC00, 0xD7AF),
)
# Of scripts that several languages share: signs that tell one from the first.
_SHARED = {
    "CYRILLIC": (("uk", "іїєґ"), ("bg", " ще | са | се | във | със | това |ъ[бвгдзклмнпрстчшщ]")),
    "ARABIC": (("ur", "ٹڈڑںےھہ"), ("fa", "پچژگکی")),
    "DEVANAGARI": (("mr", "ळ| आहे | आणि | नाही "), ("ne", " छ | छन् | हुन्छ | गर्न | भएको |को लागि")),
}
_SMALL_WORDS = {
    "en": "the of and to in is that it for you was with are this be have not on as at by we they i my your will can do what "
    "no here there or if all one but from he she his her me so an has had hello please how who when just about out up",
    "es": "el la de que y en los se del las por un una con para es su al lo como más pero está no muy yo hola",
    "pt": "o a de que e do da em um uma para é com não os no se na por mais as dos como mas ao foi muito você são eu",
    "fr": "le la les de des et en un une du est que pour dans qui sur pas au plus par ce avec il je vous nous sont bonjour",
    "de": "der die das und ist nicht ein eine zu den von mit sich auf für im dem es auch als wir ich sie werden hat haben wie",
    "it": "il di che e la un una per è non in sono del con della si più come ma le da nel gli ho io ciao anche",
    "nl": "de het een en van is niet dat op te zijn voor met die ik aan er maar om ook wij bij naar heeft",
    "pl": "i w na z jest nie się do to że jak o od po dla ale co być są tym przez czy było może ja tak",
    "vi": "và là của có không được cho một các trong người với những này để đã khi tôi từ rất",
    "sw": "na ya wa kwa ni katika za la cha kuwa hii yake kama hiyo lakini sana mimi wewe kwamba watu yangu",
    "fi": "ja on ei se että hän oli joka mutta ovat kun myös tai niin mitä minä sinä olen tämä hyvä kuin",
    "sv": "och att det är en som på för av med den till inte jag har ett om vi men var från du kan",
    "tr": "ve bir bu için ile da de çok ne daha gibi olarak ama ben var değil en kadar mi",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada saya adalah ke bisa anda kami juga",
}
_LETTERS = {
    "es": "ñ¿¡",
    "pt": "ãõ",
    "fr": "œêèç",
    "de": "äöüß",
    "it": "ìò",
    "pl": "ąęłńśźż",
    "fi": "äö",
    "sv": "å",
    "vi": "ăđơưạảấầậắặẹẻếềệỉịọỏốồộớờợụủứừựỳỵ",
    "tr": "ğışç",
}
_WORDS_OF = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}


def language_of(text: str) -> str | None:
    """The language by its two letters ("zh" for Chinese); None for a text without letters of a known script."""
    low = text.lower()
    counts = Counter(script for letter in low if (script := _script(letter)))
    if not counts:
        return None
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana and kana + counts["CJK"] > counts["LATIN"]:
        return "ja"
    script = counts.most_common(1)[0][0]
    if script == "LATIN":
        return _latin(low)
    for language, signs in _SHARED.get(script, ()):
        pattern = signs if "|" in signs else f"[{signs}]"
        if re.search(pattern, f" {low} "):
            return language
    return _SCRIPTS[script]


def _script(letter: str) -> str | None:
    if not letter.isalpha():
        return None
    return next((name for name, low, high in _RANGES if low <= ord(letter) <= high), None)


def _latin(low: str) -> str:
    """The language whose small words and letters are most, English where none or no other has more."""
    words = re.findall(r"[^\W\d_]+", low)
    scores = {language: float(sum(word in known for word in words)) for language, known in _WORDS_OF.items()}
    for language, letters in _LETTERS.items():
        scores[language] += 0.5 * sum(low.count(letter) for letter in letters)
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > scores["en"] else "en"
