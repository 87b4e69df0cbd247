"""`microturn docs add|list|remove|search`: the user's own documents, which the background may look things up in."""

import argparse
from pathlib import Path

from microturn.background.documents import KINDS, Documents


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
    for where in args.paths:
        for added in documents.add(where):
            if added.why_not and added.why_not != "unchanged":
                print(f"left out {added.path}: {added.why_not}")
            left += bool(added.why_not)
            files, passages = files + (not added.why_not), passages + added.passages
    print(f"{files} files indexed in {passages} passages, {left} left out or unchanged: {documents.path}")
    return 0 if files or left else 1


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
        print(f"{passage.score:5.1f}  {passage.path}\n       {passage.text}")
    return 0 if found else 1
