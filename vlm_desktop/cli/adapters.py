"""`vlm-desktop adapters list | add | use | rename | merge | remove | import | export | compare`."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm_desktop import strings, trainstrings
from vlm_desktop.base.adapters import (
    AdapterInfo,
    Closeness,
    ModelsCompared,
    WornNow,
)
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.language import fill
from vlm_desktop.cli.output import Output
from vlm_desktop.engine.services import AppServices
from vlm_desktop.engine.train.comparedfiles import item_row

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = 5
_LETTERS = 70
DESCRIPTION = """
What training learned, to be worn by a model: in Chat and Alt text, or in Search. A model wears up
to two at once, each with a strength from 0 (the base) over 1 (what was learned) to 1.5. "add" takes
the best checkpoint of a run; "import" takes one from another machine once its checksum and its base
are right; "compare" asks base, adapter and other checkpoints about all held-out examples.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = DESCRIPTION
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all adapters, a line each")

    def action(name: str, words: str, *more: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=words)
        for one in more:
            made.add_argument(one.lower(), metavar=one)
        return made

    adding = action("add", "make an adapter of the best checkpoint of a run", "RUN")
    adding.add_argument("--name", default="", help="what it shall be called")
    use = action("use", "wear an adapter", "NAME")
    use.add_argument("--strength", type=float, default=1.0, metavar="S")
    use.add_argument("--off", action="store_true", help="take it off")
    action("rename", "call an adapter otherwise", "NAME", "NEW")
    merging = action("merge", "write a model that has the adapter in its weights", "NAME")
    merging.add_argument("--id", default="", metavar="ID", help="the id that model shall have")
    merging.add_argument("--strength", type=float, default=1.0, metavar="S")
    action("remove", "put an adapter into the bin", "NAME")
    action("restore", "take an adapter out of the bin", "ID")
    taking = action("import", "take in an adapter from another machine")
    taking.add_argument("folder", type=Path, metavar="DIR")
    taking.add_argument("--name", default="", help="what it shall be called")
    export = action("export", "copy an adapter; of an encoder's graphs, too", "NAME")
    export.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    export.add_argument("--strength", type=float, default=1.0, metavar="S")
    comparing = action("compare", "base and adapter on all held-out examples", "NAME")
    comparing.add_argument(
        "data", type=Path, nargs="?", metavar="DATA.jsonl", help="without it, those of its run"
    )
    comparing.add_argument(
        "--with", action="append", dest="beside", metavar="NAME",
        help="another adapter instead of other checkpoints of its run",
    )  # fmt: skip


def run(arguments: argparse.Namespace, services: AppServices, output: Output) -> int:
    shelf = services.training.adapters
    acts: dict[str, Callable[[], None]] = {
        "list": lambda: _list(shelf.all(verify=True), output),
        "add": lambda: _made(shelf.from_run(arguments.run, arguments.name), output),
        "use": lambda: _use(arguments, services, output),
        "rename": lambda: _made(shelf.rename(arguments.name, arguments.new), output),
        "merge": lambda: _merge(arguments, services, output),
        "remove": lambda: _removed(shelf.remove(arguments.name), output),
        "restore": lambda: _made(shelf.restore(arguments.id), output),
        "import": lambda: _made(shelf.take_in(arguments.folder.absolute(), arguments.name), output),
        "export": lambda: _export(arguments, services, output),
        "compare": lambda: _compare(arguments, services, output),
    }
    acts[arguments.action]()
    return 0


# --- the shelf -------------------------------------------------------------------------


def _list(adapters: tuple[AdapterInfo, ...], output: Output) -> None:
    if output.as_json:
        for one in adapters:
            output.json(_plain(one))
        return
    rows = [
        (
            one.name,
            one.kind,
            one.base,
            "" if "best" not in one.metrics else f"{one.metric} {one.metrics['best']:.3f}",
            strings.bytes_text(one.bytes),
            "" if one.worn is None else f"{one.worn:g}",
            one.problem or trainstrings.ADAPTER_STATES[one.state.value],
        )
        for one in adapters
    ]
    if rows:
        output.table(("Name", "Kind", "Model", "Best", "Size", "Worn", "State"), rows)


def _made(info: AdapterInfo, output: Output) -> None:
    if output.as_json:
        output.json(_plain(info))
    else:
        output.text(fill(trainstrings.ADAPTER_MADE, name=info.name))


def _removed(info: AdapterInfo, output: Output) -> None:
    if output.as_json:
        output.json(_plain(info))
    output.say(fill(trainstrings.ADAPTER_REMOVED, name=info.name))


def _plain(info: AdapterInfo) -> dict[str, Any]:
    plain = asdict(info)
    return {**plain, "folder": str(info.folder), "state": info.state.value}


# --- using -----------------------------------------------------------------------------


def _use(arguments: argparse.Namespace, services: AppServices, output: Output) -> None:
    cancel, shelf = CancelToken(), services.training.adapters
    if arguments.off:
        verb = shelf.take_off(arguments.name, cancel)
    else:
        verb = shelf.use(arguments.name, cancel, strength=arguments.strength)
    worn: WornNow = output.drive(verb, cancel)
    if output.as_json:
        adapters = [{"id": name, "strength": strength} for name, strength in worn.adapters]
        output.json({"by": worn.wearer.value, "model": worn.model_id, "adapters": adapters})
    else:
        output.text(fill(trainstrings.WORN_BY[worn.wearer.value], model=worn.model_id))


def _merge(arguments: argparse.Namespace, services: AppServices, output: Output) -> None:
    cancel = CancelToken()
    verb = services.training.adapters.merge(
        arguments.name, cancel, model_id=arguments.id, strength=arguments.strength
    )
    merged = output.drive(verb, cancel)
    if output.as_json:
        output.json({**asdict(merged), "folder": str(merged.folder)})
        return
    size = strings.bytes_text(merged.bytes)
    output.text(fill(trainstrings.ADAPTER_MERGED, model=merged.model_id, size=size))
    if merged.replayed:
        same = sum(one.is_same for one in merged.replayed)
        output.text(fill(trainstrings.REPLAY_SAID, same=same, total=len(merged.replayed)))
    _close(merged.texts, merged.images, output)


def _export(arguments: argparse.Namespace, services: AppServices, output: Output) -> None:
    cancel = CancelToken()
    verb = services.training.adapters.export(
        arguments.name, arguments.folder.absolute(), cancel, strength=arguments.strength
    )
    done = output.drive(verb, cancel)
    if output.as_json:
        onnx = done.onnx and str(done.onnx)
        output.json({**asdict(done), "folder": str(done.folder), "onnx": onnx})
        return
    output.text(str(done.folder))
    _close(done.texts, done.images, output)


def _close(texts: Closeness | None, images: Closeness | None, output: Output) -> None:
    for words, one in ((trainstrings.CLOSE_TEXTS, texts), (trainstrings.CLOSE_IMAGES, images)):
        if one is not None:
            output.text(fill(words, lowest=one.lowest, mean=one.mean, rows=one.rows))


# --- comparing -------------------------------------------------------------------------


def _compare(arguments: argparse.Namespace, services: AppServices, output: Output) -> None:
    cancel = CancelToken()
    verb = services.training.adapters.compare(
        arguments.name, cancel, data=arguments.data, beside=arguments.beside
    )
    found: ModelsCompared = output.drive(verb, cancel)
    if output.as_json:
        for item in found.items:
            output.json(item_row(item, found))
        columns = [asdict(one) for one in found.columns]
        output.json({"metric": found.metric, "items": len(found.items), "columns": columns})
        return
    for number, one in enumerate(found.columns):
        words = trainstrings.COMPARED_SAID if number else trainstrings.COMPARED_BASE
        output.text(
            fill(
                words, name=one.name, metric=found.metric, mean=one.mean, improved=one.improved,
                harmed=one.harmed, equal=one.equal, p=one.p, value=one.difference.value,
                low=one.difference.low, high=one.difference.high,
            )
        )  # fmt: skip
    rows = [
        (f"{one.change:+.3f}", *(_short(said.answer) for said in one.said[:2]))
        for one in (*found.most_improved[:_SHOWN], *reversed(found.most_harmed[:_SHOWN]))
    ]
    if rows:
        output.table(("Change", *(one.name for one in found.columns[:2])), rows)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LETTERS else line[: _LETTERS - 1] + "…"
