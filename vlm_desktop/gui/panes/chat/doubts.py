"""Doubting an answer on demand. Each test is called what it is; none is called confidence."""

from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, Signal

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chatwork import BlankTest, NounsFound, SampleAgreement
from vlm_desktop.base.conversations import Turn
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.chat.facts import DoubtFacts
from vlm_desktop.gui.panes.chat.session import ChatSession
from vlm_desktop.gui.strings import chat as strings

BLANK, SAMPLES, NOUNS = "blank", "samples", "nouns"
TESTS = (BLANK, SAMPLES, NOUNS)


class Doubts(QObject):
    """What was found out about answers, by turn; kept while the window is open."""

    changed = Signal(int)
    """A turn's id."""

    def __init__(self, session: ChatSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._found: dict[int, dict[str, DoubtFacts]] = {}

    @property
    def by_turn(self) -> dict[int, tuple[DoubtFacts, ...]]:
        return {
            turn: tuple(found[one] for one in TESTS if one in found)
            for turn, found in self._found.items()
        }

    def test(self, turn: Turn, name: str) -> None:
        """Run one test on the lane of the model."""
        title = strings.DOUBT_NAMES[name]
        self._put(turn, name, DoubtFacts(title, strings.DOUBT_RUNNING, "", is_running=True))

        def done(result: Any) -> None:
            self._put(turn, name, _facts(title, result))

        def failed(sentence: str) -> None:
            self._put(turn, name, DoubtFacts(title, sentence, ""))

        def cancelled() -> None:
            self._found.get(turn.id, {}).pop(name, None)
            self.changed.emit(turn.id)

        self._session.beside(self._verb(turn, name), done, failed, cancelled=cancelled)

    def _verb(self, turn: Turn, name: str) -> Callable[[CancelToken], Generator[Event, None, Any]]:
        session = self._session

        def verb(cancel: CancelToken) -> Generator[Event, None, Any]:
            tests = {
                BLANK: session.chat.blank_test,
                SAMPLES: session.chat.sample_agreement,
                NOUNS: session.chat.nouns_found,
            }
            return tests[name](turn.id, cancel)

        return verb

    def _put(self, turn: Turn, name: str, facts: DoubtFacts) -> None:
        self._found.setdefault(turn.id, {})[name] = facts
        self.changed.emit(turn.id)


def _facts(title: str, result: BlankTest | SampleAgreement | NounsFound) -> DoubtFacts:
    match result:
        case BlankTest():
            found = strings.BLANK_CHANGED if result.changed else strings.BLANK_SAME
            meaning = strings.BLANK_CHANGED_MEANS if result.changed else strings.BLANK_SAME_MEANS
            said = fill(strings.BLANK_ANSWER, answer=result.blank_answer)
            return DoubtFacts(title, found, meaning, details=(said,))
        case SampleAgreement():
            found = fill(strings.SAMPLES_AGREE, agree=result.agree, count=len(result.samples))
            others = tuple(dict.fromkeys(one for one in result.samples if one != result.answer))
            shown = tuple(fill(strings.SAMPLE, answer=one) for one in others)
            return DoubtFacts(title, found, strings.SAMPLES_MEAN, details=shown)
        case _:
            return _nouns(title, result)


def _nouns(title: str, result: NounsFound) -> DoubtFacts:
    if not result.nouns:
        return DoubtFacts(title, strings.NOUNS_NONE.get(result.reason, strings.NOUNS_NOTHING), "")
    lines = tuple(
        fill(strings.NOUN_YES if one.probability >= 0.5 else strings.NOUN_NO, noun=one.noun)
        for one in result.nouns
    )
    there = sum(one.probability >= 0.5 for one in result.nouns)
    found = fill(strings.NOUNS_FOUND, found=there, count=len(result.nouns))
    return DoubtFacts(title, found, strings.NOUNS_MEAN, details=lines)
