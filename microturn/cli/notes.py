"""`microturn notes list|forget|clear`: what the background was asked to remember, across sessions."""

import argparse

from microturn.background.memory.notes import Notes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|forget|clear")
    actions.add_parser("list", help="every note, with its number and day")
    forget = actions.add_parser("forget", help="forget notes by their numbers")
    forget.add_argument("numbers", nargs="+", type=int, metavar="NUMBER", help="as `notes list` shows it")
    actions.add_parser("clear", help="forget all notes")


def notes(args: argparse.Namespace) -> int:
    """Carry out the action; status 1 when there was nothing to list or forget."""
    return {"list": _list, "forget": _forget, "clear": _clear}[args.action](args, Notes())


def _list(args: argparse.Namespace, kept: Notes) -> int:
    del args
    found = kept.all()
    for note in found:
        print(f"{note.id:4}  {note.made}  {note.text}")
    return 0 if found else 1


def _forget(args: argparse.Namespace, kept: Notes) -> int:
    gone = [number for number in args.numbers if kept.forget(number)]
    print(f"{len(gone)} notes forgotten")
    return 0 if gone else 1


def _clear(args: argparse.Namespace, kept: Notes) -> int:
    del args
    gone = kept.clear()
    print(f"{gone} notes forgotten")
    return 0 if gone else 1
