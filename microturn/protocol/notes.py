"""The notes by which the model hands work over and calls it off: "delegate TASK", "cancel TASK"; "allow" and "deny" grant leave."""

from dataclasses import dataclass

DELEGATE, CANCEL, ALLOW, DENY = "delegate", "cancel", "allow", "deny"
REQUEST = "the request"  # the task that stands for whatever the user said last


@dataclass(frozen=True)
class Order:
    """What one note, or a part of it, wants: `kind` is its first word, `task` the rest."""

    kind: str
    task: str


def orders(note: str) -> list[Order]:
    """The orders in a note: what the model writes in one tick is one note, and may be "cancel THIS delegate THAT"."""
    pieces: list[list[str]] = []
    for index, word in enumerate(note.split()):
        if index == 0 or word == DELEGATE:
            pieces.append([])
        pieces[-1].append(word)
    return [Order(kind, " ".join(task)) for kind, *task in pieces]
