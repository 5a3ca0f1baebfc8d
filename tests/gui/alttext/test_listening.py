"""Listening: the picture is hidden, the texts are read; with Qt's silent engine, and with none."""

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from pytestqt.qtbot import QtBot

from tests.gui.alttext.fake_alttext import FakeAltTexts
from vlm_desktop.base.alttext import AltImage, AltText, Decision
from vlm_desktop.base.types import Size
from vlm_desktop.gui.panes.alttext.alttext_pane import AltTextPane
from vlm_desktop.gui.panes.alttext.listening import Listening, spoken
from vlm_desktop.gui.panes.alttext.voice import Voice, open_voice
from vlm_desktop.gui.strings import alttext_listen as strings

Image = Callable[[int], AltImage]
pytestmark = pytest.mark.qt_log_ignore("pipewire", extend=True)
"""A part of Qt's sound that machines without a desktop lack."""


class FakeVoice(QObject):
    """Keeps what it is to say; `knows` is whether it has a voice for every language."""

    finished = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.said: list[tuple[str, str]] = []
        self.stopped = 0
        self.knows = True

    def say(self, text: str, language: str) -> bool:
        self.said.append((text, language))
        return self.knows

    def stop(self) -> None:
        self.stopped += 1


@pytest.fixture
def voice(pane: AltTextPane) -> FakeVoice:
    made = FakeVoice(pane)
    pane.extras.listening.open_voice = lambda _: made  # type: ignore[assignment, return-value]
    return made


@pytest.fixture
def listening(pane: AltTextPane) -> Iterator[Listening]:
    yield pane.extras.listening
    pane.extras.listening.end()


def test_the_picture_is_hidden_and_the_text_is_read(
    pane: AltTextPane, alttext: FakeAltTexts, listening: Listening, voice: FakeVoice, image: Image,
    qtbot: QtBot,
) -> None:  # fmt: skip
    number = image(0).id
    alttext.sets.decide([number], Decision.INFORMATIVE)
    alttext.sets.save_text(number, "en", "A bridge.", "It is red.")
    pane.session.reread([number])
    qtbot.waitUntil(lambda: pane.session.text.alt == "A bridge.")
    listening.toggle()
    assert voice.said == [
        ("1 bridge.jpg. Informative. Draft. A bridge. Extended description: It is red.", "en")
    ]
    assert not pane.picture.canvas.isVisible()
    assert listening.bar.hidden.isVisible()
    assert listening.bar.words.text() == voice.said[0][0]
    assert not listening.bar.trouble.isVisible()


def test_going_on_reads_on_and_escape_ends(
    pane: AltTextPane, listening: Listening, voice: FakeVoice, qtbot: QtBot
) -> None:
    listening.toggle()
    qtbot.keyClick(listening.bar, Qt.Key.Key_Down)
    assert voice.said[-1][0].startswith("10 harbour.jpg.")
    qtbot.keyClick(listening.bar, Qt.Key.Key_Left)
    assert voice.said[-1][0].startswith("1 bridge.jpg.")
    qtbot.keyClick(listening.bar, Qt.Key.Key_Space)
    assert len(voice.said) == 4
    listening.bar.next.setFocus()
    qtbot.keyClick(listening.bar.next, Qt.Key.Key_Down)
    assert voice.said[-1][0].startswith("10 harbour.jpg."), "keys work on the buttons, too"
    assert pane.back()
    assert not listening.is_on
    assert voice.stopped
    assert not listening.bar.isVisible()
    qtbot.waitUntil(lambda: pane.picture.canvas.isVisible())
    pane.step(1)
    assert len(voice.said) == 5, "nothing is read any more"


def test_the_picture_stays_hidden_while_one_goes_on(
    pane: AltTextPane, listening: Listening, voice: FakeVoice, qtbot: QtBot
) -> None:
    listening.toggle()
    for _ in range(2):
        pane.step(1)
        qtbot.wait(60)
        assert not pane.picture.canvas.isVisible()


def test_no_voice_for_the_language_is_told(
    pane: AltTextPane, listening: Listening, voice: FakeVoice
) -> None:
    voice.knows = False
    listening.toggle()
    assert listening.bar.trouble.isVisible()
    assert "no voice for English" in listening.bar.trouble.text()


def test_without_an_engine_the_words_are_shown_and_announced(
    pane: AltTextPane, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(
        "vlm_desktop.gui.panes.alttext.listening.announce", lambda _, words: heard.append(words)
    )
    listening.open_voice = lambda _: None
    listening.toggle()
    assert listening.bar.trouble.text() == strings.NO_ENGINE
    assert heard[0].startswith("1 bridge.jpg.")
    pane.step(1)
    assert heard[-1].startswith("10 harbour.jpg.")


def test_speech_that_fails_is_told_and_the_words_stay(
    pane: AltTextPane, listening: Listening, voice: FakeVoice
) -> None:
    listening.toggle()
    voice.failed.emit("no daemon")
    assert "no daemon" in listening.bar.trouble.text()
    assert listening.bar.words.text().startswith("1 bridge.jpg.")


def test_a_process_without_the_module_has_no_voice(
    monkeypatch: pytest.MonkeyPatch, qapp: QObject
) -> None:
    def broken(_: str) -> None:
        raise ImportError("libpulse.so.0: cannot open shared object file")

    monkeypatch.setattr(importlib, "import_module", broken)
    assert open_voice(qapp) is None


@pytest.fixture
def silent(qtbot: QtBot) -> Iterator[Voice]:
    """Qt's engine for tests."""
    try:
        importlib.import_module("PySide6.QtTextToSpeech")
    except ImportError:
        pytest.skip("the system lacks a library that Qt's speech needs")
    owner = QObject()
    made = open_voice(owner, "mock")
    assert made is not None
    yield made
    made.stop()


def test_qt_speaks_and_says_when_it_is_done(silent: Voice, qtbot: QtBot) -> None:
    with qtbot.waitSignal(silent.finished):
        assert silent.say("A bridge.", "en")
    assert not silent.is_speaking


def test_qt_is_interrupted_by_the_next_text(silent: Voice, qtbot: QtBot) -> None:
    ended: list[Any] = []
    silent.finished.connect(lambda: ended.append(1))
    silent.say("A very long text that is not said to its end because another one comes.", "en")
    qtbot.waitUntil(lambda: silent.is_speaking)
    with qtbot.waitSignal(silent.finished):
        silent.say("Short.", "en")
    assert ended == [1]


def test_qt_says_where_it_has_no_voice_for_a_language(silent: Voice) -> None:
    assert not silent.say("Xin chào.", "vi")


def test_what_is_spoken_of_each_kind_of_image() -> None:
    def made(**values: Any) -> AltImage:
        return AltImage(1, None, None, "", "a.jpg", "", Size(1, 1), **values)

    nothing = AltText("en")
    assert spoken(made(), nothing, None) == "a.jpg. Empty. There is no text yet."
    assert spoken(made(decision=Decision.DECORATIVE), nothing, None).endswith(
        strings.READ_DECORATIVE
    )
    led = made(decision=Decision.GROUP, lead_id=2)
    assert "a.jpg carries the text" in spoken(led, nothing, made())
