"""Letters with Alt and shortcuts: none stands for two things at a time."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from vlm_desktop.base import language
from vlm_desktop.base.paths import bundled
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.strings import areas


@pytest.fixture(params=["en", "de"])
def spoken(request: pytest.FixtureRequest) -> Iterator[None]:
    """The window's words in one of its languages, and in English again after the test."""
    modules = areas()
    before = {area: dict(vars(module)) for area, module in modules.items()}
    language.use(request.param, modules, bundled("resources") / "translations")
    yield
    language.use(language.ENGLISH, {}, bundled("resources") / "translations")
    for area, module in modules.items():
        vars(module).update(before[area])


def clashing(texts: Iterable[str]) -> list[tuple[str, str]]:
    known: dict[str, str] = {}
    found = []
    for text in texts:
        at = text.replace("&&", "").find("&")
        if at >= 0:
            key = text.replace("&&", "")[at + 1].casefold()
            if key in known:
                found.append((known[key], text))
            known[key] = text
    return found


def keyed(pane: QWidget) -> list[str]:
    """What has a letter in a pane: its buttons, and labels that stand for a field."""
    buttons = [one.text() for one in pane.findChildren(QAbstractButton) if one.isVisible()]
    labels = pane.findChildren(QLabel)
    return buttons + [one.text() for one in labels if one.isVisible() and one.buddy()]


@pytest.mark.usefixtures("spoken")
def test_no_letter_is_taken_twice(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    assert window.shell is not None
    bar = [one.text() for one in window.menuBar().actions()]
    for key in window.specs:
        window.show_pane(key)
        qtbot.waitUntil(lambda key=key: window.pane(key).isVisible())
        assert clashing(bar + keyed(window.pane(key))) == [], key
    for one in window.menuBar().actions():
        assert clashing(action.text() for action in one.menu().actions()) == [], one.text()


def test_no_shortcut_is_taken_twice(window: MainWindow) -> None:
    for key in window.specs:
        window.pane(key)
    everywhere, places = Counter[str](), list[tuple[str, QWidget]]()
    for command in window.desk.actions:
        for shortcut in command.action.shortcuts():
            place = command.action.parent()
            if place is not window:
                # Acts only in this place, or while it is in sight.
                assert isinstance(place, QWidget)
                places.append((shortcut.toString(), place))
            else:
                everywhere[shortcut.toString()] += 1
    assert everywhere["Ctrl+K"] == 1
    assert [key for key, count in everywhere.items() if count > 1] == []
    assert [key for key, _ in places if key in everywhere] == []
    for (key, place), (other, elsewhere) in itertools.combinations(places, 2):
        meet = place is elsewhere or place.isAncestorOf(elsewhere) or elsewhere.isAncestorOf(place)
        assert not (key == other and meet), key
