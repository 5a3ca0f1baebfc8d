"""Options that `alttext draft` and `alttext lint` share: where a text goes, and what it is for."""

import argparse

from vlm_desktop.base.alttext import DESTINATIONS, Decision, Destination
from vlm_desktop.cli.search import positive

_BY_KEY = {one.key: one for one in DESTINATIONS}
DECISIONS = tuple(one.value for one in Decision if one is not Decision.UNDECIDED)


def add_purpose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--destination", choices=tuple(_BY_KEY), default=DESTINATIONS[0].key,
        help="where the text goes, which says how long it may be",
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="the most characters it may have instead"
    )
    parser.add_argument("--language", default="en", metavar="TAG", help="such as en or de-AT")
    parser.add_argument("--decision", choices=DECISIONS, help="what the image is for")
    parser.add_argument("--title", default="", metavar="TEXT", help="the image's title")
    parser.add_argument("--caption", default="", metavar="TEXT", help="its caption")
    parser.add_argument(
        "--link", default="", metavar="TARGET", help='the address it links to, or "button"'
    )


def destination(arguments: argparse.Namespace) -> Destination:
    if arguments.limit is not None:
        return Destination("custom", arguments.limit)
    return _BY_KEY[arguments.destination]


def decision(arguments: argparse.Namespace) -> Decision:
    return Decision(arguments.decision) if arguments.decision else Decision.UNDECIDED
