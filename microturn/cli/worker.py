"""Who works in the background: the same options for every command that has one."""

import argparse
from dataclasses import replace
from pathlib import Path

from microturn.background.choice import CLIENT, OFFLINE, Choice, read
from microturn.background.tools.tool import Permission


def add_worker_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--background",
        metavar="WHO",
        help=f"who does the work that the model hands over: {OFFLINE} (no network, no key; default), {CLIENT}, or a language "
        "model: openai:NAME, anthropic:NAME, google:NAME, ollama:NAME, http://HOST:PORT/v1#NAME",
    )
    parser.add_argument(
        "--background-config", type=Path, metavar="FILE", help="its model, limits and permissions, as JSON"
    )
    for word, about in (
        (Permission.ALLOW, "may be used at once"),
        (Permission.ASK, "may be used when you say so, aloud or on the page"),
        (Permission.DENY, "may not be used"),
    ):
        parser.add_argument(f"--{word}", action="append", default=[], metavar="TOOL", help=f"TOOL {about}; repeatable")


def chosen(args: argparse.Namespace) -> Choice:
    """The choice in the file with that of the options on top. ValueError or FileNotFoundError, with what to do."""
    choice = read(args.background_config) if args.background_config else Choice()
    given: dict[str, Permission] = {}
    for word in Permission:
        for tool in getattr(args, word):
            if given.setdefault(tool, word) is not word:
                raise ValueError(f"--{given[tool]} {tool} and --{word} {tool}: give one of them")
    model = choice.model if args.background is None else args.background
    return replace(choice, model=model, permissions={**choice.permissions, **given})
