"""The command line: `microturn COMMAND ...`. A table of commands; a command's module is imported only when it is chosen.

A command's name is one word or two (`data make`). Its module has `add_arguments(parser)` and the named function, which takes the parsed arguments and returns an
exit status or None. An error of the user's (`ValueError`, or a file or device that is not there) ends with status 2 and
one sentence on stderr.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

USER_ERRORS = (
    ValueError,
    FileExistsError,
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
)
CLOSING = "microturn COMMAND --help explains one command."


@dataclass(frozen=True, kw_only=True)
class Command:
    """One line of the table; `target` is "module:function"."""

    name: str
    help: str
    target: str


COMMANDS = (
    Command(name="serve", help="open the page and the Live endpoint on one port", target="microturn.cli.serve:serve"),
    Command(
        name="talk",
        help="a recording in; out come both voices, the timeline and its picture",
        target="microturn.cli.talk:talk",
    ),
    Command(
        name="hear",
        help="what the model hears in files: one JSON line each, words with times",
        target="microturn.cli.hear:hear",
    ),
    Command(name="train", help="train a model; resumes by itself", target="microturn.cli.train:train"),
    Command(
        name="data make",
        help="make training sessions: scenes with their truth, as shards",
        target="microturn.cli.data.make:make",
    ),
    Command(
        name="data acts",
        help="list the acts: what the user does, what is right, and when",
        target="microturn.cli.data.acts:acts",
    ),
    Command(
        name="data dialogues",
        help="make spoken dialogues from written ones, as shards",
        target="microturn.cli.data.dialogues:dialogues",
    ),
    Command(
        name="data import",
        help="somebody else's corpus in: recordings with words and times, as timelines or shards",
        target="microturn.cli.data.imports:take",
    ),
    Command(
        name="data export",
        help="timelines out, as a moshi-finetune folder or Lhotse manifests",
        target="microturn.cli.data.exports:give",
    ),
    Command(
        name="data align",
        help="time the words of recordings with transcripts, so that they can be trained on",
        target="microturn.cli.data.align:align",
    ),
    Command(
        name="data audit",
        help="check shards: sound, times, windows, leaks between splits",
        target="microturn.cli.data.audit:audit",
    ),
    Command(
        name="data card",
        help="source and licence of every second of shards",
        target="microturn.cli.data.card:card",
    ),
    Command(
        name="data look",
        help="hear, see and scroll a shard's sessions in the browser",
        target="microturn.cli.data.look:look",
    ),
    Command(
        name="data speed",
        help="how fast sessions are made here: times real time per core, memory",
        target="microturn.cli.data.speed:speed",
    ),
    Command(
        name="docs",
        help="your documents, for the background to look things up in: add, list, remove, search",
        target="microturn.cli.docs:docs",
    ),
    Command(
        name="notes",
        help="what the background was asked to remember: list, forget, clear",
        target="microturn.cli.notes:notes",
    ),
    Command(name="bench", help="measure how interactive a system is", target="microturn.cli.bench.run:bench"),
    Command(
        name="bench list",
        help="the suites, what they measure, where official data lives",
        target="microturn.cli.bench.listing:listing",
    ),
    Command(
        name="bench rescore",
        help="every number of a saved run again, from its timelines",
        target="microturn.cli.bench.rescore:rescore",
    ),
    Command(
        name="bench report",
        help="one HTML page of runs: tables, plots, every item to see and hear",
        target="microturn.cli.bench.report:report",
    ),
    Command(
        name="bench cases",
        help="hold our scorers to worked cases of the official ones",
        target="microturn.cli.bench.cases:cases",
    ),
    Command(
        name="bench judge",
        help="how far a judge of replies agrees with labelled pairs",
        target="microturn.cli.bench.judge:judge",
    ),
    Command(
        name="bench recogniser",
        help="the word error of the ear that listens to systems without text",
        target="microturn.cli.bench.recogniser:recogniser",
    ),
    Command(name="speed", help="compute time per tick, memory, cold start", target="microturn.cli.speed:speed"),
    Command(
        name="replay",
        help="play a recording to the model again and compare, to the bit",
        target="microturn.cli.replay:replay",
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 the command says no, 2 wrong use, 130 interrupted."""
    words = list(sys.argv[1:] if argv is None else argv)
    named = [c for c in COMMANDS if words[: len(c.name.split())] == c.name.split()]
    command = max(named, key=lambda c: len(c.name), default=None)
    if command is None:
        group = words[0] if words and any(c.name.startswith(f"{words[0]} ") for c in COMMANDS) else ""
        _parser(group).parse_args(words[bool(group) :] or ["--help"])
        return 2
    try:
        return _run(command, words[len(command.name.split()) :])
    except KeyboardInterrupt:
        return 130
    except USER_ERRORS as error:
        print(f"microturn {command.name}: {_sentence(error)}", file=sys.stderr)
        return 2


def _run(command: Command, words: list[str]) -> int:
    module_name, function = command.target.split(":")
    module = importlib.import_module(module_name)
    parser = argparse.ArgumentParser(prog=f"microturn {command.name}", description=command.help)
    module.add_arguments(parser)
    return getattr(module, function)(parser.parse_args(words)) or 0


def _parser(group: str = "") -> argparse.ArgumentParser:
    """What lists the commands, or those whose first word is `group`, and refuses what is none."""
    names = {c.name.removeprefix(f"{group} "): c.help for c in COMMANDS if not group or c.name.startswith(f"{group} ")}
    width = max(map(len, names))
    listing = "\n".join(f"  {name:<{width}}  {about}" for name, about in names.items())
    parser = argparse.ArgumentParser(
        prog=f"microturn {group}".rstrip(),
        description="Interaction models: listen, watch, speak and keep time in micro-turns of 200 ms.",
        epilog=f"commands:\n{listing}\n\n{CLOSING.replace('COMMAND', f'{group} COMMAND'.lstrip())}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=list(names), metavar="COMMAND")
    return parser


def _sentence(error: BaseException) -> str:
    """The error in one line; an `OSError` of the system's with its file."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}; check the path"
    return " ".join(str(error).split())
