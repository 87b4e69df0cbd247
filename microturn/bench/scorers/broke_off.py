"""When a system that was speaking broke off, after something was heard: what SID-Bench and HumDial measure on a talker.

Sound alone decides. Speech is what is under way when the disturbance begins, breaths included; where the user wants a
new answer, what begins once the user has ended is that answer.
"""

from microturn.bench.audible import soundings
from microturn.bench.scorers.interruption import speech_at
from microturn.bench.task import Scenario
from microturn.protocol.timeline import Timeline


def silent_from_ms(scenario: Scenario, output: Timeline) -> float | None:
    """When the speech that was under way at the disturbance ended; None where the system was not speaking then."""
    start_ms = scenario.meta["event_ms"][0]
    reply_from_ms = scenario.meta.get("reply_from_ms", float("inf"))
    speech = speech_at([sound for sound in soundings(output) if sound.at_ms < reply_from_ms], start_ms)
    return speech.until_ms if speech else None


def broke_off_ms(scenario: Scenario, output: Timeline) -> float | None:
    """When it broke off within the time that is watched; None where it spoke on, or was not speaking."""
    until_ms = silent_from_ms(scenario, output)
    return until_ms if until_ms is not None and until_ms < scenario.meta["watch_ms"] else None
