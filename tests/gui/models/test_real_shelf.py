"""The Models pane over the real engine and a hub on the loopback: fetch a model, search with it."""

import os
import shutil
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot

from tests.flow.hub.conftest import BALLAST, MANIFEST, MODEL
from tests.flow.hub.hubserver import HubServer, hub_server
from tests.gui.models.fake_shelf import PANES
from tests.model.encoders.tinypair import make_pair
from vlm_desktop.backends.hubaccess import HubAccess
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base import network
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.base.settings import Settings
from vlm_desktop.base.types import DecodeLimits, Query
from vlm_desktop.engine.samples import sample_photos
from vlm_desktop.engine.services import AppServices
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.jobs import JobRunner
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

Result = TypeVar("Result")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    folder = tmp_path / "repository"
    make_pair(folder, MODEL)
    (folder / "README.md").write_bytes(b"x" * BALLAST)
    with hub_server(folder) as server:
        yield server


@pytest.fixture
def real_services(tmp_path: Path, hub: HubServer) -> Iterator[AppServices]:
    """The engine as `compose` makes it, with a tiny starter and a tiny model on the shelf."""
    bundled = tmp_path / "bundled"
    make_pair(bundled / "starter", "starter")
    (bundled / "manifest.toml").write_text(MANIFEST, encoding="utf-8")
    paths = HomePaths(tmp_path / "home")
    access = replace(HubAccess(hub.endpoint, paths.models), stall_seconds=2, pause_seconds=0.01)
    registry = Registry(bundled, paths.models, bundled / "manifest.toml", hub=access)
    services = AppServices(
        paths,
        Settings(ocr=False),
        registry,
        lambda: Library.open(paths),
        lambda: DecodePool(1, DecodeLimits(seconds=20)),
    )
    yield services
    services.close()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    source = sample_photos()
    assert source is not None
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("chelsea.png", "coffee.png", "astronaut.png"):
        shutil.copy(source / name, folder / name)
    return folder


def finish(verb: Generator[Event, None, Result]) -> Result:
    while True:
        try:
            next(verb)
        except StopIteration as end:
            return end.value


def test_fetch_pause_go_on_use_and_back_to_the_starter(
    qtbot: QtBot, real_services: AppServices, runner: JobRunner, hub: HubServer, photos: Path
) -> None:
    list(real_services.index([photos], CancelToken()))
    hub.behaviour.bytes_per_second = 250_000
    signs: list[network.State] = []
    unsubscribe = network.subscribe(signs.append)
    window = MainWindow(real_services, runner, panes=PANES)
    qtbot.addWidget(window)
    window.show()
    window.show_pane("models")
    pane = window.pane("models")
    qtbot.waitUntil(lambda: MODEL in pane.cards, timeout=10_000)
    card, starter = pane.cards[MODEL], pane.cards["starter"]
    assert starter.entry.active
    assert hub.asked == [], "looking at the shelf asks nobody"

    card.download.click()
    question = next(one for one in pane.children() if hasattr(one, "no_room"))
    question.yes.click()
    qtbot.waitUntil(lambda: (card.bar.value() or 0) > 200, timeout=10_000)
    card.pause.click()
    qtbot.waitUntil(lambda: card.go_on.isVisible(), timeout=5_000)
    assert network.state() == network.Off()
    hub.behaviour.bytes_per_second = 0
    card.go_on.click()
    qtbot.waitUntil(lambda: card.use.isVisible(), timeout=10_000)
    assert hub.served("/store/README.md") < BALLAST * 1.1
    assert set(signs) == {network.Off(), network.Open(MODEL, "127.0.0.1")}
    unsubscribe()

    card.use.click()
    qtbot.waitUntil(lambda: card.entry.active, timeout=30_000)
    assert "Knows 3 of 3 photos" in card.facts.text()
    assert real_services.model_in_use() == MODEL
    result = finish(real_services.search(Query(text="a dog", show_all=True), CancelToken()))
    assert result.model_id == MODEL
    assert len(result.hits) == 3

    starter.use.click()
    qtbot.waitUntil(lambda: starter.entry.active, timeout=10_000)
    card.remove.click()
    box = next(one for one in pane.children() if hasattr(one, "informativeText"))
    box.buttons()[0].click()
    qtbot.waitUntil(lambda: card.download.isVisible(), timeout=5_000)
    assert not (real_services.paths.models / MODEL).exists()
    assert os.listdir(photos)
    window.close()
