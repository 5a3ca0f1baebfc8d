"""What each pane is photographed in. A new pane is shown as it opens; more is said here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from tests.tools import (
    alttext_looks,
    documents_looks,
    ground_looks,
    train_adapters_looks,
    train_check_looks,
    train_data_looks,
    train_recipe_looks,
    train_run_looks,
)
from tests.tools.chat_looks import LOOKS, look
from tests.tools.stage import Stage
from vlm_desktop.base.errors import HubGated, LicenceDiffers
from vlm_desktop.gui.panes.library import SECTIONS

Bring: TypeAlias = Callable[[Stage], None]


def _search(text: str) -> Bring:
    def bring(stage: Stage) -> None:
        stage.window.desk.navigator.search_wanted.emit(text)

    return bring


def _photo(stage: Stage) -> None:
    """The photo view over the best hit."""
    _search("a photo of a cat")(stage)
    stage.until(lambda: stage.window.search.grid.model().rowCount())
    stage.settle()
    hit = stage.window.search.hits.hits[0]
    stage.window.desk.navigator.photo_wanted.emit(hit.content_id)


def _do(action: str) -> Bring:
    def bring(stage: Stage) -> None:
        stage.window.desk.actions.get(action).trigger()

    return bring


def _refused_downloads(stage: Stage) -> None:
    """Cards in trouble: one model is gated, another has a licence of its own."""
    pane: Any = stage.window.pane("models")
    stage.until(lambda: pane.cards)
    gated, licensed = [one.card.id for one in pane.shelf.entries if not one.is_here][:2]
    page = "https://hub.example/someone/model"
    for model, error in (
        (gated, HubGated(model=gated, page=page, has_token=True)),
        (licensed, LicenceDiffers(model=licensed, shown="MIT", stated="cc-by-nc-4.0", page=page)),
    ):
        pane.shelf.show_trouble(model, error)
    pane.cards[gated].setFocus()


def _asked_to_download(stage: Stage) -> None:
    pane: Any = stage.window.pane("models")
    stage.until(lambda: pane.cards)
    pane.ask_download(next(one.card.id for one in pane.shelf.entries if one.card.notice))


def _section(key: str) -> Bring:
    """A section of the Library pane."""

    def bring(stage: Stage) -> None:
        pane: Any = stage.window.pane("library")
        pane.show_section(key)

    return bring


def _map(stage: Stage) -> None:
    """The map, once it is drawn, with a place selected."""
    _section("map")(stage)
    pane: Any = stage.window.pane("library")
    canvas = pane.section("map").canvas
    stage.until(lambda: canvas.map is not None)
    canvas.select_place(0)


def _tags(stage: Stage) -> None:
    """Proposals for a few words."""
    _section("tags")(stage)
    pane: Any = stage.window.pane("library")
    tags = pane.section("tags")
    tags.look_for(("cat", "coffee", "rocket"))
    stage.until(lambda: tags.rules.list.count())


def _policies(stage: Stage) -> None:
    """A policy and what it flags."""
    _section("policies")(stage)
    pane: Any = stage.window.pane("library")
    policies = pane.section("policies")
    policies.save("No coffee", ("a cup of coffee",), ("a cup of tea",))
    stage.until(lambda: policies.rules.list.count())


def _after(first: Bring, action: str) -> Bring:
    """A command, once the hits of `first` stand there and the best is chosen."""

    def bring(stage: Stage) -> None:
        first(stage)
        grid = stage.window.search.grid
        stage.until(lambda: grid.model().rowCount())
        stage.settle()
        grid.setFocus()
        grid.setCurrentIndex(grid.model().index(0, 0))
        stage.settle()
        _do(action)(stage)

    return bring


def _settings(section: str) -> Bring:
    def bring(stage: Stage) -> None:
        pane: Any = stage.window.pane("settings")
        stage.settle()
        pane.go_to(section)
        stage.settle()

    return bring


def _forget(stage: Stage) -> None:
    """The question before photos are forgotten."""
    pane: Any = stage.window.pane("settings")
    pane.privacy.ask_to_forget([Path("Pictures") / "Rome" / "forum.jpg"])


def _as_it_is(_: Stage) -> None:
    pass


SITUATIONS: dict[str, dict[str, Bring]] = {
    "search": {
        "hits": _search("a photo of a cat"),
        "words": _search('people -"page" coffee'),
        "nothing": _search("qwrtzplk vbnxc"),
        "trouble": _search("rating:many"),
        "commands": _do("view.commands"),
        "filters": _do("search.filters"),
        "history": _do("search.history"),
        "chips": _search('cat type:photo size:100.. folder:data date:..2030 "a"'),
        "teach": _after(_search("a photo of a cat"), "search.teach"),
        "names": _do("search.names"),
        "export": _after(_search("a photo of a cat"), "file.export"),
        "photo": _photo,
        "details": _after(_search("a photo of a cat"), "photo.details"),
    },
    "library": {
        **{spec.key: _section(spec.key) for spec in SECTIONS},
        "map-place": _map,
        "tags-words": _tags,
        "tags-add": _do("tags.add"),
        "policies-flagged": _policies,
        "policies-add": _do("policies.add"),
    },
    "settings": {
        "devices": _settings("models"),
        "speed": _settings("speed"),
        "library": _settings("library"),
        "about": _settings("about"),
        "forget": _forget,
    },
    "chat": {name: look(bring) for name, bring in LOOKS.items()},
    "alttext": {name: alttext_looks.look(bring) for name, bring in alttext_looks.LOOKS.items()},
    "documents": {
        name: documents_looks.look(bring) for name, bring in documents_looks.LOOKS.items()
    },
    "ground": {
        "shown": ground_looks.shown,
        **{name: ground_looks.look(bring) for name, bring in ground_looks.LOOKS.items()},
    },
    "train": {
        **train_data_looks.LOOKS,
        **train_check_looks.LOOKS,
        **train_recipe_looks.LOOKS,
        **train_adapters_looks.LOOKS,
        **train_run_looks.LOOKS,
    },
    "models": {
        "trouble": _refused_downloads,
        "question": _asked_to_download,
    },
}
"""By the pane's key: the name of a situation and how to bring it about."""


def situations_of(pane: str) -> dict[str, Bring]:
    """The pane as it opens, then what else is known of it."""
    return {"open": _as_it_is, **SITUATIONS.get(pane, {})}
