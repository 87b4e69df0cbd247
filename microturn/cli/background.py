"""`microturn background ask|tools`: try in the terminal what works behind the talk, without a voice.

The result goes to stdout; how far it is, what is shown and what is asked to stderr. Questions are answered on stdin.
"""

import argparse
import asyncio
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from microturn.background.brief import Brief, Report, Worker
from microturn.background.cards import QUESTIONS
from microturn.background.choice import OFFLINE
from microturn.background.desk import FAILED, NOTHING, SLOW, Desk
from microturn.background.start import prepared, toolbox
from microturn.cli.worker import add_worker_arguments, chosen
from microturn.protocol.events import Answer, Card, Channel, Delegation, Progress, Result
from microturn.protocol.timeline import Timeline

YES = ("y", "yes", "allow", "true", "1")
ID = "delegation_1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ask|tools")
    about = "give it one task; see how far it is, what it shows and asks, what it would say, and how long it took"
    ask = actions.add_parser("ask", help=about, description=about)
    ask.add_argument("task", nargs="+", metavar="TASK", help="in words: the temperature in kelvin at twenty celsius")
    tools = actions.add_parser("tools", help="what it can use, and what is allowed", description="list the tools")
    for action in (ask, tools):
        add_worker_arguments(action)


def background(args: argparse.Namespace) -> int:
    """Carry out the action; status 1 when nothing came of the task."""
    return _tools(args) if args.action == "tools" else _ask(args)


def _tools(args: argparse.Namespace) -> int:
    async def show() -> int:
        async with toolbox(chosen(args)) as box:
            width = max(map(len, box.tools), default=0)
            for name, tool in sorted(box.tools.items()):
                print(f"{box.permission(name):5}  {name:<{width}}  {' '.join(tool.summary.split())}")
            return 0 if box.tools else 1

    return asyncio.run(show())


def _ask(args: argparse.Namespace) -> int:
    worker = prepared(chosen(args))
    if worker is None:
        raise ValueError(
            f"the client does the work then, and there is none here; choose --background {OFFLINE} or a model"
        )
    return asyncio.run(_work(worker, " ".join(args.task)))


async def _work(entering: AbstractAsyncContextManager[Worker], task: str) -> int:
    loop, result = asyncio.get_running_loop(), asyncio.Event()
    began_s, said = loop.time(), ""

    def tell(report: Report | Answer) -> None:
        nonlocal said
        if isinstance(report, Answer):
            return note("[no answer came in time]", loop.time() - began_s)
        note(shown(report), loop.time() - began_s)
        if isinstance(report, Card) and report.kind in QUESTIONS:
            _question(report, desk.answer)
        elif isinstance(report, Result) and report.channel is not Channel.THINKING:
            said = report.text
            result.set()

    async with entering as worker:
        desk = Desk(worker, tell)
        delegation = Delegation(at_ms=0.0, id=ID, task=task, why=task, deadline_ms=9e9)
        desk.take(Brief(delegation=delegation, conversation=Timeline(duration_ms=0.0)))
        await result.wait()
    note(f"[done by {worker.name}]", loop.time() - began_s)
    print(said)
    return int(said in (FAILED, NOTHING, SLOW))


def note(text: str, at_s: float) -> None:
    """A line of what goes on, with its time; nothing for no text."""
    for line in text.splitlines():
        print(f"{at_s:6.1f} s  {line}", file=sys.stderr, flush=True)


def shown(report: Report) -> str:
    """A report as lines for a terminal; nothing for the result that is to be said."""
    match report:
        case Progress():
            return f"{report.text} ({report.done:.0%})"
        case Result():
            return f"[not said] {report.text}" if report.channel is Channel.THINKING else ""
        case Card(kind="markdown"):
            return f"[{report.title}]\n{report.content['text']}"
        case Card(kind="table"):
            rows = [report.content["columns"], *report.content["rows"]]
            return "\n".join([f"[{report.title}]", *(" | ".join(map(str, row)) for row in rows)])
        case Card(kind="permission"):
            return f"[question] {report.title}: {report.content['tool']} {report.content['detail']}"
        case Card():
            return f"[{report.kind}] {report.title}"


def _question(card: Card, answer: Callable[[Answer], None]) -> None:
    """Ask on stdin; in a thread that ends with the program, since reading a line cannot be cancelled."""
    loop = asyncio.get_running_loop()

    def ask() -> None:
        values = {"allow": _read("allow it? [y/N] ").lower() in YES} if card.kind == "permission" else _filled(card)
        loop.call_soon_threadsafe(answer, Answer(at_ms=0.0, card=card.id, values=values))

    threading.Thread(target=ask, daemon=True).start()


def _filled(form: Card) -> dict[str, str]:
    fields = [field for field in form.content["fields"] if isinstance(field, dict)]
    return {str(field.get("name")): _read(f"{field.get('label') or field.get('name')}: ") for field in fields}


def _read(question: str) -> str:
    """A line of stdin; empty where there is none."""
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
