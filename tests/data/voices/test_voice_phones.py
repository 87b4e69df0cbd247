"""The phones of two synthesisers mean the same."""

import pytest

from microturn.data.voices.espeak import Espeak
from microturn.data.voices.hibari import Hibari
from microturn.data.voices.phones import PHONE_ID, PHONES, SIL, arpabet, espeak, misaki
from microturn.data.voices.voice import Voice

TEXT = """one two three four five six seven eight nine ten eleven twelve thirteen twenty thirty hundred red green blue
yellow orange purple black white brown pink grey circle square triangle apple banana window door kitchen light water
coffee tea milk sugar please thank you hello goodbye sorry what when where who why how many time second minute hour day
week month year today tomorrow yes no maybe okay stop start wait listen look open close left right up down top bottom
big small large little house tree bird dog cat fish horse boy girl man woman child friend measure thing think this that
voice church judge out bottle butter river world number word sentence music song radio screen camera picture phone
table chair book paper pen key bag shirt shoe hat road car bus train plane boat city garden flower rain snow wind sun
moon star fire ice food bread cheese egg salt juice cup plate spoon knife hand head eye ear nose mouth arm leg foot run
walk jump sit stand turn put take give make move find call send read write count remind tell ask answer know want need
like love help play work sleep wake eat drink buy pay north south east west first last next again always never"""
WORDS = TEXT.split()


def spoken(voice: Voice, word: str) -> list[str]:
    return [phone.text for phone in voice.say(word).phones if phone.text != SIL]


def distance(left: list[str], right: list[str]) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def test_hibari_and_espeak_agree_on_common_words() -> None:
    assert len(WORDS) >= 200
    left, right = Hibari(), Espeak(accent="en-us")
    pairs = [(spoken(left, word), spoken(right, word)) for word in WORDS]
    assert all(a and b for a, b in pairs)
    errors = sum(distance(a, b) for a, b in pairs)
    assert errors / sum(len(a) for a, _ in pairs) < 0.06


def test_inventory_is_one_to_one() -> None:
    assert len(PHONES) == len(set(PHONES)) == len(PHONE_ID) == 42
    assert PHONE_ID[SIL] == 0


@pytest.mark.parametrize(
    ("ipa", "classes"),
    [("ˈoʊ", ("ow",)), ("ˈɛɹ", ("eh", "r")), ("ɔː", ("ao",)), ("əl", ("ax", "l")), ("n̩", ("n",)), ("", (SIL,))],
)
def test_espeak_ipa(ipa: str, classes: tuple[str, ...]) -> None:
    assert espeak(ipa) == classes


def test_single_symbols() -> None:
    assert [misaki(symbol) for symbol in "AIOWYT ˈ"] == ["ey", "ay", "ow", "aw", "oy", "dx", SIL, None]
    assert [arpabet(name) for name in ("hh", "pau", "axr", "AH0")] == ["hh", SIL, "er", "ah"]
