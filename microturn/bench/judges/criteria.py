"""Does a reply meet a criterion such as "The reply mentions the name Anna" or "is at most two sentences long"?

The sentence is taken apart: is the demand negated, which of a few forms has it (length, form, words, an act of speech),
and what is its content. What fits no form is compared by meaning.
"""

import re
from collections.abc import Callable

from microturn.bench.judges.answers import reason
from microturn.bench.judges.attitude import apologises, asks_back, refuses
from microturn.bench.judges.meaning import compare, read
from microturn.bench.judges.quantities import quantities
from microturn.bench.judges.similarity import Similarity
from microturn.bench.judges.tokens import plain, sentences, tokens

SUBJECT = re.compile(
    r"^(?:the |its |this )?(?:reply|response|answer|assistant|model|system|final response)\s+(?:should |must |has to |needs to )?"
)
NEGATED = re.compile(
    r"^(?:does not|do not|must not|should not|never|not|avoids?|refrains? from|is free of|leaves? out|omits?)\b\s*"
)
REASON = re.compile(r",? (?:because|since|as the user|given that)\b.*|, (?:as|which|who)\b.*")
SAYS = re.compile(
    r"^(?:correctly |clearly |explicitly )?(?:says?|states?|mentions?|notes?|tells? (?:the user|them)|explains?|remembers?|recalls?|acknowledges?|confirms?|recommends?|suggests?|advises?(?: the user)?|gives?|provides?|includes?|contains?|names?|identifies|keeps to|uses|schedules|proposes?|asks?(?: the user)?)\b\s*(?:that |to |for )?"
)
UNITS = r"(sentences?|words?|items?|\w+)"
COUNT = re.compile(
    rf"\b(at most|no more than|fewer than|less than|under|at least|no fewer than|more than|over|exactly|in|of|only|a)\s+(?:an? )?([\w,]+|single|one)\s+{UNITS}\b"
)
BOUNDS: dict[str, Callable[[float, float], bool]] = {
    "at most": lambda got, wanted: got <= wanted,
    "no more than": lambda got, wanted: got <= wanted,
    "fewer than": lambda got, wanted: got < wanted,
    "less than": lambda got, wanted: got < wanted,
    "under": lambda got, wanted: got < wanted,
    "at least": lambda got, wanted: got >= wanted,
    "no fewer than": lambda got, wanted: got >= wanted,
    "more than": lambda got, wanted: got > wanted,
    "over": lambda got, wanted: got > wanted,
}
MET = 1.0  # coverage and likeness together


def meets(criterion: str, reply: str, similarity: Similarity) -> tuple[bool, str]:
    """Whether `reply` meets `criterion`, and why."""
    demand = REASON.sub("", SUBJECT.sub("", criterion.strip(), count=1).rstrip(" .")) if criterion else ""
    demand = SUBJECT.sub("", demand[:1].lower() + demand[1:], count=1) if demand else ""
    demand = re.sub(SUBJECT.pattern, "", demand, count=1, flags=re.IGNORECASE)
    negated = NEGATED.match(plain(demand))
    if negated:
        demand = re.sub(r"^\w+(?:n't| not| from| of| out)?\s*", "", demand, count=1)
    for form in (_length, _place, _quoted, _speech_act):
        verdict = form(demand, reply)
        if verdict is not None:
            return verdict[0] != bool(negated), verdict[1]
    return _content(demand, reply, similarity, negated=bool(negated))


def _length(demand: str, reply: str) -> tuple[bool, str] | None:
    found = COUNT.search(plain(demand))
    if not found:
        return None
    number = 1.0 if found[2] in ("single", "one") else next((one.value for one in quantities((found[2],))), None)
    if number is None:
        return None
    unit = found[3].rstrip("s")
    if unit == "sentence":
        got = len(sentences(reply))
    elif unit == "word":
        got = len(tokens(reply))
    elif found[1] in (*BOUNDS, "exactly", "only") and re.match(
        r"(?:lists?|gives?|names?|suggests?|offers?)\b", plain(demand)
    ):
        got = len([part for part in re.split(r",|;|\n|\band\b|\bor\b", plain(reply)) if tokens(part)])
    else:
        return None
    met = BOUNDS.get(found[1], lambda one, other: one == other)(got, number)
    return met, f"{got} {unit}s where the criterion wants {found[1]} {number:g}"


def _place(demand: str, reply: str) -> tuple[bool, str] | None:
    """Begins or ends with something: a quoted word, or a question."""
    said = plain(demand)
    first = re.match(r"(?:starts?|begins?|opens?) with\b", said)
    last = re.match(r"(?:ends?|finishes|closes|concludes) with\b", said)
    if not first and not last:
        return None
    if "question" in said:
        parts = sentences(reply) or [""]
        part = parts[0] if first else parts[-1]
        return part.endswith("?"), f"its {'first' if first else 'last'} sentence is {part!r}"
    wanted, got = _in_quotes(demand), tokens(reply)
    if not wanted:
        return None
    words = tokens(wanted[0])
    found = got[: len(words)] if first else got[-len(words) :]
    return found == words, f"it {'begins' if first else 'ends'} with {' '.join(found)!r}"


def _in_quotes(text: str) -> list[str]:
    return [found for found in re.findall(r"[\"“']([^\"”']+)[\"”']", text) if tokens(found)]


def _quoted(demand: str, reply: str) -> tuple[bool, str] | None:
    """Words in quotes, or a name, that have to be there: as words of their own."""
    wanted = _in_quotes(demand)
    if not wanted and (name := re.search(r"\bnames?\s+([A-Z]\w+)\b", demand)):
        wanted = [name[1]]
    if not wanted:
        return None
    said = f" {' '.join(tokens(reply))} "
    lacking = [one for one in wanted if f" {' '.join(tokens(one))} " not in said]
    enough = len(lacking) < len(wanted) if re.search(r"\bor\b", demand) else not lacking
    return enough, f"lacks {', '.join(lacking)}" if lacking else f"has {', '.join(wanted)}"


def _speech_act(demand: str, reply: str) -> tuple[bool, str] | None:
    said = plain(demand)
    if re.match(r"apologi[sz]es?\b", said):
        return apologises(reply), "apologises" if apologises(reply) else "does not apologise"
    if re.match(r"(?:declines?|refuses?)\b", said):
        return refuses(reply)
    if re.match(r"asks? (?:for clarification|(?:the user )?to repeat|what was said)", said):
        return asks_back(reply), "asks back" if asks_back(reply) else "does not ask back"
    if re.match(r"asks? a\b.*\bquestion", said):
        return "?" in reply, "asks a question" if "?" in reply else "asks nothing"
    return None


def _content(demand: str, reply: str, similarity: Similarity, *, negated: bool) -> tuple[bool, str]:
    content = re.sub(
        r"\bthe user(?:s)? (?:is|has|dislikes|likes)\b", lambda found: f"you {found[0].split()[-1]}", demand
    )
    content = SAYS.sub("", content[:1].lower() + content[1:], count=1)
    if negated:
        stems = set(read(reply).stems)
        topics = [one for one in read(content).stems if one not in ("anyth", "dish", "mention", "recommend", "us")]
        there = [one for one in topics if one in stems]
        return not there, f"has {', '.join(there)}" if there else f"has none of {', '.join(topics)}"
    if re.match(r"asks?\b", demand) and "?" not in reply:
        return False, "asks nothing"
    compared = compare(content, reply, similarity)
    met = not compared.contradictions and not compared.unmet and compared.covered + compared.likeness >= MET
    return met, reason(compared)
