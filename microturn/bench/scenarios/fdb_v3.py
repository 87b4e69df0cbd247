"""Full-Duplex-Bench v3, mini: requests for one, two or three tool calls, said as people speak.

Five disfluencies (filler, pause, hesitation, false start, self-correction) fall on a value in the first clause; with
self-correction on requests of more than one call the value that was said first must leave no trace (`state_rollback_test`).
The oracle writes the calls as notes and says what was done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from microturn.bench.scenarios.factory import at_listener, first_seed, nothing_scored
from microturn.bench.scenarios.onstage import LEAD_MS, recording, stage_of
from microturn.bench.task import Scenario
from microturn.bench.tools import Call, note_of
from microturn.bench.tools.registry import FINANCE, HOUSING, SHOP, TRAVEL
from microturn.data.acts.sentences import DAYS
from microturn.data.lexicon import COLOURS
from microturn.data.script import Stage, Told, reply_tick
from microturn.features.numbers import number_words
from microturn.protocol.clock import TICK_MS

SUITE = 16
DIFFICULTIES = ("easy", "medium", "hard")  # one, two, three calls
DISFLUENCIES = ("FILLER", "PAUSE", "HESITATION", "FALSE_START", "SELF_CORRECTION")
CITIES = ("london", "paris", "tokyo", "berlin", "madrid", "chicago", "boston", "denver", "vienna", "oslo")
NAMES = ("anna", "peter", "maria", "john", "susan", "david", "laura", "thomas")
CURRENCIES = ("dollars", "euros", "pounds", "francs", "yen")
CARDS = ("gold", "silver", "blue", "platinum")
BILLS = ("water", "telephone", "rent", "internet")
GOODS = ("lamp", "chair", "jacket", "pillow", "guitar", "camera", "bicycle", "mirror")
MODES = ("bus", "train", "bicycle", "car")
MARK = "^"  # before the value that the disfluency falls on


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One thing to do: what is said, the call, and what is said when it is done; `instead` is another value at `MARK`."""

    says: str
    function: str
    args: Mapping[str, Any]
    done: str
    instead: str = ""


def _spelled(stage: Stage, size: int) -> tuple[str, str]:
    digits = [stage.whole(1, 9) for _ in range(size)]
    return " ".join(number_words(digit)[0] for digit in digits), "".join(map(str, digits))


def _two(stage: Stage, pool: Sequence[str], count: int = 2) -> list[str]:
    return [pool[int(place)] for place in stage.rng.choice(len(pool), size=count, replace=False)]


def travel(stage: Stage) -> list[Clause]:
    """Flights and documents."""
    (origin, city, other), day, name = _two(stage, CITIES, 3), stage.pick(DAYS), stage.pick(NAMES)
    said, number = _spelled(stage, 4)
    return [
        Clause(
            says=f"find a flight from {origin} to {MARK}{city} on {day}",
            function="search_flights",
            args={"origin": origin, "destination": city, "date": day},
            done=f"i found a flight to {city}",
            instead=other,
        ),
        Clause(
            says=f"and book the first one for {name}",
            function="book_flight",
            args={"flight_id": "$search_flights.flights[0].flight_id", "passenger": name},
            done=f"the flight is booked for {name}",
        ),
        Clause(
            says=f"and change my passport number to {said}",
            function="update_identity_doc",
            args={"document": "passport", "number": number},
            done="your passport number is changed",
        ),
    ]


def finance(stage: Stage) -> list[Clause]:
    """Cards, currencies and bills."""
    (base, target, other), card, bill = _two(stage, CURRENCIES, 3), stage.pick(CARDS), stage.pick(BILLS)
    day = stage.whole(2, 12)
    return [
        Clause(
            says=f"what is the exchange rate from {base} to {MARK}{target}",
            function="get_exchange_rate",
            args={"base": base, "target": target},
            done=f"i have the rate from {base} to {target}",
            instead=other,
        ),
        Clause(
            says=f"and tell me the benefits of the {card} card",
            function="get_card_benefits",
            args={"card": card},
            done=f"i have the benefits of the {card} card",
        ),
        Clause(
            says=f"and pay my {bill} bill on day {number_words(day)[0]} of every month",
            function="modify_autopay",
            args={"bill": bill, "day": day},
            done=f"your {bill} bill will be paid on day {number_words(day)[0]}",
        ),
    ]


def housing(stage: Stage) -> list[Clause]:
    """Apartments and the way to work."""
    (city, other), rooms, mode = _two(stage, CITIES), stage.whole(1, 4), stage.pick(MODES)
    colour = stage.pick(("garden", "balcony", "kitchen"))
    return [
        Clause(
            says=f"find an apartment with {number_words(rooms)[0]} bedrooms in {MARK}{city}",
            function="search_apartments",
            args={"city": city, "bedrooms": rooms},
            done=f"i found an apartment in {city}",
            instead=other,
        ),
        Clause(
            says=f"and how long is the way from the first one to the station by {mode}",
            function="calculate_commute",
            args={"origin": "$search_apartments.apartments[0].apartment_id", "destination": "station", "mode": mode},
            done=f"i know the way to the station by {mode}",
        ),
        Clause(
            says=f"and only show me homes with a {colour}",
            function="update_search_filter",
            args={"filter": "feature", "value": colour},
            done=f"you will see homes with a {colour}",
        ),
    ]


def shop(stage: Stage) -> list[Clause]:
    """Orders and products."""
    (thing, other), colour, number = _two(stage, GOODS), stage.pick(COLOURS), stage.whole(2, 6)
    said, order = _spelled(stage, 3)
    return [
        Clause(
            says=f"look for a {colour} {MARK}{thing}",
            function="search_products",
            args={"query": f"{colour} {thing}"},
            done=f"i found a {colour} {thing}",
            instead=other,
        ),
        Clause(
            says=f"and put {number_words(number)[0]} of the first one into my cart",
            function="add_to_cart",
            args={"product_id": "$search_products.products[0].product_id", "quantity": number},
            done=f"{number_words(number)[0]} are in your cart",
        ),
        Clause(
            says=f"and where is my order {said}",
            function="track_order",
            args={"order_id": order},
            done="your order is on its way",
        ),
    ]


DOMAINS: Mapping[str, Callable[[Stage], list[Clause]]] = {
    TRAVEL: travel,
    FINANCE: finance,
    HOUSING: housing,
    SHOP: shop,
}


def mini(n: int, seed_base: int) -> list[Scenario]:
    """`n` requests: domains, numbers of calls and disfluencies each in turn, so that every pair of them comes."""
    return [_item(index, seed_base) for index in range(n)]


def _item(index: int, seed_base: int) -> Scenario:
    domain = list(DOMAINS)[index % len(DOMAINS)]
    size = index % len(DIFFICULTIES)
    disfluency = DISFLUENCIES[index % len(DISFLUENCIES)]
    seed = first_seed(SUITE, index, seed_base)
    stage = stage_of(seed, lead_ms=LEAD_MS)
    clauses = DOMAINS[domain](stage)[: size + 1]
    told = _say(stage, clauses, disfluency)
    made = _fulfil(stage, clauses, told)
    timeline = at_listener(recording(stage, seed), nothing_scored)
    meta = {
        "domain": domain,
        "difficulty": DIFFICULTIES[size],
        "disfluency_features": [disfluency],
        "state_rollback_test": disfluency == "SELF_CORRECTION" and size > 0,
        "expected_tool_calls": [call.plain() for call in made],
        "reply": clauses[-1].done,
        "request": " ".join(clause.says.replace(MARK, "") for clause in clauses),
        "turn_end_ms": told.until_ms,
        "seed": seed,
        "split": stage.split,
    }
    return Scenario(id=f"{index:04d}-{domain}-{disfluency.lower()}-{seed}", kind=domain, timeline=timeline, meta=meta)


def _say(stage: Stage, clauses: Sequence[Clause], disfluency: str) -> Told:
    """The user asks, with the disfluency before the marked value."""
    before, _, after = clauses[0].says.partition(MARK)
    again = before.split()[-1]
    tail = " ".join([after, *(clause.says for clause in clauses[1:])])
    pieces: Mapping[str, list[str]] = {
        "FILLER": [f"{before}{stage.pick(('um', 'uh'))} {tail}"],
        "PAUSE": [before, tail],
        "HESITATION": [f"{before}uh", f"{again} {tail}"],
        "FALSE_START": ["can you tell me how", f"{before}{tail}"],
        "SELF_CORRECTION": [f"{before}{clauses[0].instead} no wait {again} {tail}"],
    }
    words = list(stage.tell(pieces[disfluency][0]).words)
    for piece in pieces[disfluency][1:]:
        began_ms = stage.now_ms
        stage.pause(700, 1500)
        stage.mark("pause", began_ms, stage.now_ms)
        words += stage.tell(piece).words
    return Told(words=tuple(words))


def _fulfil(stage: Stage, clauses: Sequence[Clause], told: Told) -> list[Call]:
    """The oracle makes the calls in the first tick in which it may, and says what the last of them has done."""
    tick = reply_tick(told.until_ms)
    made = [Call(at_ms=float(tick * TICK_MS), function=clause.function, args=clause.args) for clause in clauses]
    for call in made:
        stage.note(note_of(call).text, tick)
    stage.hear_out(stage.say(clauses[-1].done, tick))
    return [replace(call, at_ms=0.0) for call in made]
