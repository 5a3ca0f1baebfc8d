"""The system's speech, as far as there is any. Qt's module is imported when it is first wanted."""

import importlib
from typing import Any

from PySide6.QtCore import QLocale, QObject, Signal

_TESTS = "mock"
"""Qt's engine for tests, which says nothing aloud."""


class Voice(QObject):
    """Says one text at a time. Main thread; the system speaks on its own."""

    finished = Signal()
    """A text was said to its end."""
    failed = Signal(str)
    """The system says why it cannot speak."""

    def __init__(self, speech: Any, states: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speech, self._states = speech, states
        self._is_saying = False
        speech.setParent(self)
        speech.stateChanged.connect(self._state_changed)
        speech.errorOccurred.connect(lambda _, words: self.failed.emit(words))

    @property
    def is_speaking(self) -> bool:
        return bool(self._speech.state() == self._states.Speaking)

    def say(self, text: str, language: str) -> bool:
        """Say a text instead of what is being said. False where no voice speaks its language, and
        another one reads it."""
        self.stop()
        wanted = QLocale(language)
        known = self._speech.availableLocales()
        alike = [one for one in known if one.language() == wanted.language()]
        exact = [one for one in alike if one.territory() == wanted.territory()]
        if alike:
            self._speech.setLocale((exact or alike)[0])
        self._is_saying = True
        self._speech.say(text)
        return bool(alike)

    def stop(self) -> None:
        self._is_saying = False
        self._speech.stop()

    def _state_changed(self, state: object) -> None:
        if state == self._states.Ready and self._is_saying:
            self._is_saying = False
            self.finished.emit()


def open_voice(parent: QObject, engine: str = "") -> Voice | None:
    """The system's speech, or Qt's engine of that name; None where there is none that works."""
    try:
        module = importlib.import_module("PySide6.QtTextToSpeech")
    except ImportError:  # libraries of the system's sound are missing
        return None
    speech_class = module.QTextToSpeech
    engines = speech_class.availableEngines()
    chosen = engine or next((one for one in engines if one != _TESTS), "")
    if chosen not in engines:
        return None
    speech = speech_class(chosen)
    if speech.state() == speech_class.State.Error:
        return None
    return Voice(speech, speech_class.State, parent)
