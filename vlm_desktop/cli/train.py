"""`vlm-desktop train RECIPE.toml | check RECIPE.toml | list | follow | pause | stop | remove`."""

import argparse
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vlm_desktop import strings, trainstrings
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.base.training import RunInfo, RunState, Split, TrainEvent
from vlm_desktop.cli import traincheck
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

DESCRIPTION = """
Teach a model after a recipe, in a process of its own. Ctrl+C pauses the run at a checkpoint and
frees its memory; "--resume RUN" lets it go on, after a kill too. One run learns at a time, others
wait. "check" says what is wrong with the data, what would be trained and how much memory that
takes, and trains nothing. "freeze" prepares a run for many processes and says how to launch them.
"""
_ACTIONS = ("check", "freeze", "list", "follow", "pause", "stop", "remove")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument(
        "what", nargs="*", metavar="WHAT",
        help="RECIPE.toml; check or freeze RECIPE.toml; list; follow, pause, stop or remove RUN",
    )  # fmt: skip
    parser.add_argument("--resume", metavar="RUN", help="let a paused or interrupted run go on")
    parser.add_argument(
        "--detach", action="store_true", help="start, and do not wait until it is done"
    )


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    what: list[str] = arguments.what
    if arguments.resume and not what:
        info = services.training.runs.resume(arguments.resume)
        return _after(info, services, output, detach=arguments.detach)
    if what == ["list"]:
        return _list(services, output)
    if len(what) == 2 and what[0] in _ACTIONS and what[0] != "list":
        return _act(what[0], what[1], services, output)
    if len(what) != 1 or arguments.resume:
        output.say("Name a recipe, or say check, list, follow, pause, stop or remove.")
        return WRONG_USAGE
    return _start(Path(what[0]), services, output, detach=arguments.detach)


def _start(
    path: Path, services: AppServices, output: Output, *, detach: bool = False, launch: bool = True
) -> int:
    cancel = CancelToken()
    teaching = services.training.teaching
    taught = output.drive(teaching.start(teaching.read(path), cancel, launch=launch), cancel)
    for row in taught.data.skipped:
        output.say(trainstrings.skipped(row))
    for found in taught.report.findings:
        output.say(strings.train_finding(found))
    sides = [one.split for one in taught.data.examples]
    output.say(
        fill(
            trainstrings.RUN_STARTED,
            run=taught.run.id,
            train=sides.count(Split.TRAIN),
            held=sides.count(Split.VALIDATION),
        )
    )
    if launch:
        return _after(taught.run, services, output, detach=detach)
    output.say(fill(trainstrings.RUN_FROZEN, run=taught.run.id, folder=taught.run.folder))
    if output.as_json:
        output.json({"run": taught.run.id, "folder": str(taught.run.folder)})
    return 0


def _after(info: RunInfo, services: AppServices, output: Output, *, detach: bool) -> int:
    if detach:
        output.say(fill(trainstrings.RUN_LEFT, run=info.id))
        if output.as_json:
            output.json({"run": info.id, "folder": str(info.folder)})
        return 0
    _, offset = services.training.runs.events(info.id)
    offset = 0 if info.step == 0 else offset
    return _follow(info.id, services, output, offset=offset, pausing=True)


def _follow(
    run_id: str, services: AppServices, output: Output, *, offset: int = 0, pausing: bool
) -> int:
    """Show what a run says until it ends. Ctrl+C pauses it, or only ends the showing."""
    runs = services.training.runs
    cancel = CancelToken()
    try:
        info = _shown(runs.follow(run_id, cancel, offset), output)
    except KeyboardInterrupt:
        if pausing:
            _shown(runs.end(run_id, CancelToken()), output)
            output.say(fill(trainstrings.RUN_RESUMES, run=run_id))
        else:
            output.say(fill(trainstrings.RUN_LEFT, run=run_id))
        return INTERRUPTED
    if info.state in (RunState.DONE, RunState.STOPPED) and runs.card_text(run_id):
        if output.as_json:
            output.json({"event": "Card", **runs.card(run_id)})
        else:
            output.text(runs.card_text(run_id))
        return 0
    if info.can_go_on:
        output.say(fill(trainstrings.RUN_RESUMES, run=run_id))
    return FAILED if info.state in (RunState.FAILED, RunState.INTERRUPTED) else 0


def _shown(verb: Generator[TrainEvent, None, RunInfo], output: Output) -> RunInfo:
    try:
        while True:
            _show(next(verb), output)
    except StopIteration as end:
        info: RunInfo = end.value
        return info


def _show(event: Event, output: Output) -> None:
    if not isinstance(event, TrainEvent):
        output.event(event)
    elif output.as_json:
        output.json({"event": type(event).__name__, **asdict(event)})
    elif said := trainstrings.run_event(event):
        output.say(said)


def _act(action: str, name: str, services: AppServices, output: Output) -> int:
    runs = services.training.runs
    if action == "check":
        return traincheck.run(Path(name), services, output)
    if action == "freeze":
        return _start(Path(name), services, output, launch=False)
    if action == "follow":
        return _follow(name, services, output, pausing=False)
    act = {"pause": runs.pause, "stop": runs.stop, "remove": runs.remove}[action]
    act(name)
    if action == "remove":
        return 0
    return _follow(name, services, output, offset=runs.events(name)[1], pausing=False)


def _list(services: AppServices, output: Output) -> int:
    services.training.runs.recover()
    rows = []
    for one in services.training.runs.all():
        if output.as_json:
            output.json(_plain(one))
        score = f"{one.metric} {one.best.value:.3f}" if one.best else ""
        steps = f"{one.step:,} of {one.total_steps:,}" if one.total_steps else f"{one.step:,}"
        state = one.detail or trainstrings.RUN_STATES[one.state.value]
        rows.append((one.id, one.model, one.kind, steps, score, state))
    if not output.as_json and rows:
        output.table(("Run", "Model", "Kind", "Steps", "Best", "State"), rows)
    return 0


def _plain(info: RunInfo) -> dict[str, Any]:
    plain = asdict(info)
    return {**plain, "folder": str(info.folder), "state": info.state.value}
