"""`vlm-desktop alttext draft IMAGE...`: a draft an image, with its claims."""

import argparse
from pathlib import Path
from typing import Any

from vlm_desktop import altstrings, strings
from vlm_desktop.base.altchecks import Claim, Ledger
from vlm_desktop.base.alttext import (
    AltStyle,
    Brief,
    Candidate,
    Decision,
    Drafted,
    PageContext,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import Token
from vlm_desktop.base.conversations import AnswerRestarted
from vlm_desktop.base.errors import AppError, Cancelled, ModelError
from vlm_desktop.base.events import Event
from vlm_desktop.cli.alttext_options import add_purpose, decision, destination
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices

_AS_A_DRAFT = (Decision.UNDECIDED, Decision.DECORATIVE, Decision.GROUP)
"""Suggestions under which a draft is written as for an informative image: one was asked for."""


def add_draft_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument(
        "--style", type=AltStyle, choices=tuple(AltStyle), default=AltStyle.CONCISE,
        metavar="STYLE", help=", ".join(AltStyle),
    )  # fmt: skip
    parser.add_argument(
        "--context", default="", metavar="TEXT", help="what stands around the image on its page"
    )
    parser.add_argument("--model", default="", metavar="ID")
    add_purpose(parser)
    parser.add_argument(
        "--name", action="append", default=[], metavar="NAME",
        help="somebody or something that may be named; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--no-claims",
        action="store_true",
        help="do not check what it says, which takes time",
    )


def run_draft(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    """An image that cannot be drafted is told of; the exit code says so where none could."""
    cancel = CancelToken()
    failed = 0
    for path in arguments.images:
        try:
            _draft(path.absolute(), arguments, services, output, cancel)
        except Cancelled:
            raise
        except AppError as error:
            if len(arguments.images) == 1:
                raise
            output.say(strings.sentence(error))
            failed += 1
    return 1 if failed == len(arguments.images) else 0


def _draft(
    path: Path,
    arguments: argparse.Namespace,
    services: AppServices,
    output: Output,
    cancel: CancelToken,
) -> None:
    parts, say = services.alttext, _quiet(output)
    context = PageContext(
        before=arguments.context,
        caption=arguments.caption,
        title=arguments.title,
        link_target=arguments.link,
    )
    brief = Brief(
        style=arguments.style,
        destination=destination(arguments),
        language=arguments.language,
        names=tuple(arguments.name),
    )
    decided = decision(arguments)
    if arguments.style is AltStyle.FUNCTIONAL and not arguments.decision:
        decided = Decision.FUNCTIONAL
    if decided is Decision.UNDECIDED:
        suggesting = parts.drafting.suggest(path, context, cancel)
        decided = output.drive(suggesting, cancel, show=say).decision
        if decided is Decision.DECORATIVE:
            output.say(altstrings.LOOKS_DECORATIVE.format(path=path))
        decided = Decision.INFORMATIVE if decided in _AS_A_DRAFT else decided
    drafting = parts.drafting.draft(path, brief, context, decided, cancel, model_id=arguments.model)
    candidates = output.drive(drafting, cancel, show=say)
    best = candidates[0] if candidates else Candidate("")
    claims: tuple[Claim, ...] = ()
    if best.alt and not arguments.no_claims:
        checking = parts.checking.ledger(
            path, best.alt, cancel, context=context, names=brief.names,
            model_id=arguments.model, language=brief.language,
        )  # fmt: skip
        try:
            ledger: Ledger = output.drive(checking, cancel, show=say)
            claims = ledger.claims
        except ModelError as error:  # the draft is there all the same
            output.say(strings.sentence(error))
    _show(path, best, claims, decided, arguments, output)


def _quiet(output: Output) -> Any:
    def show(event: Event) -> None:
        """Tokens are not shown: what is answered is the text that was put right."""
        if not isinstance(event, Token | Drafted | AnswerRestarted):
            output.event(event)

    return show


def _show(
    path: Path,
    best: Candidate,
    claims: tuple[Claim, ...],
    decided: Decision,
    arguments: argparse.Namespace,
    output: Output,
) -> None:
    if output.as_json:
        output.json(
            {
                "image": str(path),
                "alt": best.alt,
                "extended": best.extended,
                "claims": [claim_document(one) for one in claims],
                "model": best.written_by.model_id,
                "decision": decided.value,
                "notes": list(best.notes),
            }
        )
        return
    if len(arguments.images) > 1:
        output.text(str(path))
    output.text(best.alt)
    if best.extended:
        output.text(altstrings.EXTENDED_LINE.format(text=best.extended))
    for claim in claims:
        output.text(
            altstrings.CLAIM_LINE.format(
                state=altstrings.CLAIM_STATES[claim.state], text=claim.text
            )
        )


def claim_document(claim: Claim) -> dict[str, Any]:
    """A claim with its evidence, as JSON has it."""
    return {
        "text": claim.text,
        "kind": claim.kind,
        "state": claim.state.value,
        "start": claim.start,
        "end": claim.end,
        "evidence": [
            {
                "kind": one.kind.value,
                "supports": one.supports,
                "detail": one.detail,
                "score": None if one.score is None else round(one.score, 4),
                "box": None
                if one.box is None
                else [one.box.x0, one.box.y0, one.box.x1, one.box.y1],
            }
            for one in claim.evidence
        ],
    }
