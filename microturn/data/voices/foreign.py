"""Spanish, German and French in hibari's alphabet, whose sounds are those of American English.

espeak-ng transcribes the text, and each sound becomes the nearest one that hibari was trained on: the trilled r an
English one, nasal vowels a vowel and "n", "ü" "oo". Whoever speaks this way has a strong American accent.
"""

from functools import lru_cache
from typing import Final

from microturn.data.voices.espeak import transcribed
from microturn.data.voices.voice import plain_words

# IPA symbol = hibari's, by the longest match; what is not in the table and no English sound is left out.
_NEAREST_TEXT: Final = """
a=ɑ ɑ=ɑ ɐ=ə e=ɛ ɛ=ɛ i=i o=O ɔ=ɔ u=u ə=ə ɪ=ɪ ʊ=ʊ y=u ʏ=ʊ ø=ɜ œ=ɜ ʌ=ʌ æ=æ ɜ=ɜ
eː=A øː=ɜ oː=O aː=ɑ ɛː=ɛ yː=u iː=i uː=u eɪ=A aɪ=I aʊ=W oɪ=Y ɔɪ=Y ɔø=Y ɔʏ=Y oʊ=O
ɑ̃=ɑn ɔ̃=On ɛ̃=æn œ̃=ʌn
b=b d=d f=f k=k l=l m=m n=n p=p s=s t=t v=v w=w z=z h=h j=j ɡ=ɡ g=ɡ ŋ=ŋ ɲ=nj ʎ=j ʝ=j β=b ɣ=ɡ ð=ð θ=θ ɥ=w
ʃ=ʃ ʒ=ʒ tʃ=ʧ dʒ=ʤ ç=ʃ χ=k x=k r=ɹ ʁ=ɹ ɹ=ɹ ɾ=ɹ
"""
_NEAREST: Final[dict[str, str]] = {
    symbol: near for symbol, near in (entry.split("=") for entry in _NEAREST_TEXT.split())
}
_OF_LANGUAGE: Final = {"es": {"x": "h", "ɾ": "T"}, "de": {"e": "A"}, "fr": {"e": "A"}}
_BY_LENGTH: Final = sorted(_NEAREST, key=len, reverse=True)


@lru_cache(maxsize=4096)
def spelled(text: str, language: str) -> tuple[str, tuple[str, ...]]:
    """Phonemes of a text, one space-separated group a word, and its words.

    Raises ValueError for another language than "es", "de" and "fr", and for a text without words.
    """
    if language not in _OF_LANGUAGE:
        raise ValueError(f"hibari's voices do not speak {language!r}; use one of en, {', '.join(_OF_LANGUAGE)}.")
    words = plain_words(text)
    if not words:
        raise ValueError(f"There is no word to say in {text!r}.")
    whole = [nearest(ipa, language) for ipa in transcribed(" ".join(words), language)]
    if not all(whole):  # words that espeak-ng joins: each alone
        whole = [nearest(transcribed(word, language)[0], language) for word in words]
    return " ".join(whole), tuple(words)


def nearest(ipa: str, language: str) -> str:
    """The IPA of one word in hibari's alphabet: "ˈoʊ" is "ˈO"."""
    table = _NEAREST | _OF_LANGUAGE[language]
    spoken = ""
    while ipa:
        symbol = next((symbol for symbol in _BY_LENGTH if ipa.startswith(symbol)), None)
        spoken += table[symbol] if symbol else ipa[0] if ipa[0] in "ˈˌ" else ""
        ipa = ipa[len(symbol) if symbol else 1 :]
    return spoken
