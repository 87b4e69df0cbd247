"""`microturn bench timespeak ... --system local`: gives the bench the systems that it may not import itself."""

import argparse

from microturn.bench import report
from microturn.cli.bench import systems
from microturn.cli.folder import writable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `microturn bench`."""
    report.add_arguments(parser)
    systems.add_arguments(parser)


def bench(args: argparse.Namespace) -> int:
    """Run the bench on one of `systems.SYSTEMS`, or a control."""
    if args.save:
        writable(args.save, "--save")
    return report.run(args, systems.SYSTEMS)
