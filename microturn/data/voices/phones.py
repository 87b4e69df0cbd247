"""One inventory of phone classes for every synthesiser.

42 classes: ARPAbet in lower case plus `ax` (schwa), `dx` (flap) and `sil`. `espeak(ipa)` reads espeak-ng's IPA,
`misaki(text)` the one-character-per-phone alphabet of hibari and Kokoro, `arpabet(name)` flite's names. Stress and
length are dropped. A symbol outside the tables becomes `sil`; the tests hold the tables to the phones that occur.
"""

from functools import cache
from typing import Final

SIL: Final = "sil"
VOWELS: Final = ("aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw")
CONSONANTS: Final = (
    *("b", "ch", "d", "dh", "dx", "f", "g", "hh", "jh", "k", "l", "m"),
    *("n", "ng", "p", "r", "s", "sh", "t", "th", "v", "w", "y", "z", "zh"),
)
PHONES: Final[tuple[str, ...]] = (SIL, *VOWELS, *CONSONANTS)
PHONE_ID: Final[dict[str, int]] = {phone: index for index, phone in enumerate(PHONES)}

# Symbols that colour a phone and are no phone of their own: stress, length, ties, syllabicity, nasality.
MARKS: Final = frozenset("ˈˌː̩̯̃͡ʲʰʷˑ-|'‍ ̪")

# IPA symbol = phone class or classes, by the longest match; pairs such as "eɪ" come before their parts.
_IPA_TEXT: Final = """
b=b d=d f=f k=k l=l m=m n=n p=p s=s t=t v=v w=w z=z ɹ=r r=r ɻ=r ʁ=r h=hh ç=hh x=k j=y ɡ=g g=g ŋ=ng ɲ=n ɫ=l ʍ=w
ɾ=dx ʔ=t θ=th ð=dh ʃ=sh ʒ=zh tʃ=ch dʒ=jh ʧ=ch ʤ=jh
ɑ=aa ɒ=aa æ=ae a=ae ʌ=ah ɔ=ao o=ao ə=ax ɐ=ax ᵊ=ax ɛ=eh e=eh eː=ey ɜ=er ɚ=er ɝ=er ɪ=ih ᵻ=ih ɨ=ih i=iy ʊ=uh ɵ=uh u=uw
ʉ=uw y=uw ø=er œ=er eɪ=ey aɪ=ay ɑɪ=ay oʊ=ow əʊ=ow ɔʊ=ow aʊ=aw ɔɪ=oy
eə=eh+r ɛə=eh+r ɪə=ih+r ʊə=uh+r iə=iy+ax iɹ=ih+r ɜɹ=er ɜːɹ=er əɹ=er
"""
_IPA: Final[dict[str, tuple[str, ...]]] = {
    symbol: tuple(classes.split("+")) for symbol, classes in (entry.split("=") for entry in _IPA_TEXT.split())
}
_MISAKI_ONLY: Final = {"A": "ey", "I": "ay", "O": "ow", "Q": "ow", "W": "aw", "Y": "oy", "T": "dx"}
_ARPABET_ONLY: Final = {"pau": SIL, "axr": "er", "el": "l", "em": "m", "en": "n", "hv": "hh", "ix": "ih", "nx": "n"}
_IPA_SORTED: Final = sorted(_IPA, key=len, reverse=True)


@cache
def espeak(ipa: str) -> tuple[str, ...]:
    """Phone classes of one IPA string of espeak-ng, such as "ˈoʊ" -> ("ow",) or "ˈɛɹ" -> ("eh", "r"); "" -> ("sil",)."""
    bare = "".join(symbol for symbol in ipa if symbol not in MARKS or symbol == "ː")
    phones: list[str] = []
    while bare:
        if bare[0] == "ː":
            bare = bare[1:]
            continue
        match = next((symbol for symbol in _IPA_SORTED if bare.startswith(symbol)), None)
        phones.extend(_IPA[match] if match else ())
        bare = bare[len(match) if match else 1 :]
    return tuple(phones) or (SIL,)


def misaki(symbol: str) -> str | None:
    """Phone class of one character of hibari's alphabet; None for a stress or length mark, "sil" for a pause."""
    if symbol in MARKS and symbol != " ":
        return None
    if symbol in _MISAKI_ONLY:
        return _MISAKI_ONLY[symbol]
    return _IPA[symbol][0] if symbol in _IPA else SIL


def arpabet(name: str) -> str:
    """Phone class of one of flite's phone names, such as "hh" or "pau"."""
    bare = name.lower().rstrip("012")
    return bare if bare in PHONE_ID else _ARPABET_ONLY.get(bare, SIL)
