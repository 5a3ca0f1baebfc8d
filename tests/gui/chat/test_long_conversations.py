"""A conversation of hundreds of turns: its end at once, the rest as a person comes near it."""

import pytest
from PySide6.QtCore import QSize, Qt
from pytestqt.qtbot import QtBot

from tests.gui.watchdog import MOST_SECONDS, longest_stall
from vlm_desktop.base.chat import Role
from vlm_desktop.gui.panes.chat.facts import Row, TurnFacts
from vlm_desktop.gui.panes.chat.transcript import Transcript

TURNS = 600
FEW = 60


def rows(count: int = TURNS) -> list[Row]:
    made: list[Row] = []
    for key in range(1, count + 1):
        role = Role.USER if key % 2 else Role.ASSISTANT
        made.append((TurnFacts(key, role, f"Turn **{key}**. " + "Some more words. " * 20),))
    return made


@pytest.fixture
def transcript(qtbot: QtBot) -> Transcript:
    made = Transcript()
    qtbot.addWidget(made)
    made.resize(QSize(800, 600))
    with qtbot.waitExposed(made):
        made.show()
    return made


def keys(transcript: Transcript) -> list[int]:
    return [view.facts.key for view in transcript.views]


def is_at_end(transcript: Transcript) -> bool:
    bar = transcript.verticalScrollBar()
    return bar.maximum() > 0 and bar.value() == bar.maximum()


def test_only_its_end_is_built_and_nothing_stalls(qtbot: QtBot, transcript: Transcript) -> None:
    def show() -> None:
        transcript.show_rows(rows(), fresh=True)
        qtbot.waitUntil(lambda: is_at_end(transcript))
        qtbot.wait(200)

    assert longest_stall(show) < MOST_SECONDS
    assert keys(transcript)[-1] == TURNS
    assert len(keys(transcript)) < FEW
    assert is_at_end(transcript)


def test_what_is_older_is_built_when_a_person_comes_near_it(
    qtbot: QtBot, transcript: Transcript
) -> None:
    transcript.show_rows(rows(), fresh=True)
    qtbot.waitUntil(lambda: is_at_end(transcript))
    qtbot.wait(200)
    first = keys(transcript)[0]
    transcript.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: keys(transcript)[0] < first)
    assert keys(transcript) == list(range(keys(transcript)[0], TURNS + 1))
    assert transcript.focus_turn(first - 40)
    assert transcript.view(first - 40) is not None
    for _ in range(3):
        transcript.focus_turn(keys(transcript)[0])
        oldest = keys(transcript)[0]
        qtbot.keyClick(transcript.views[0], Qt.Key.Key_Home)
        transcript.verticalScrollBar().setValue(0)
        qtbot.keyClick(transcript.views[0], Qt.Key.Key_Up)
        qtbot.waitUntil(lambda oldest=oldest: keys(transcript)[0] < oldest)  # type: ignore[misc]


def test_a_new_turn_leaves_the_rest_as_it_is(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.show_rows(rows(), fresh=True)
    qtbot.waitUntil(lambda: is_at_end(transcript))
    qtbot.wait(200)
    last = transcript.view(TURNS)
    transcript.show_rows(rows(TURNS + 1))
    assert transcript.view(TURNS) is last
    assert len(keys(transcript)) < FEW
    transcript.show_rows(rows(3))
    assert keys(transcript) == [1, 2, 3]
