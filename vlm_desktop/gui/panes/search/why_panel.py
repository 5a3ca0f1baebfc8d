"""Why a photo was found: each part of the query in words, the texts that match, the votes."""

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.base.events import Event
    from vlm_desktop.base.queries import Explanation, TermReason, TextReason
    from vlm_desktop.base.types import Query
    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.search.searching import SearchController

_STRONG, _CLEAR, _WEAK = 4.0, 2.5, 1.0


class WhyPanel(QWidget):
    """For a details panel: `show_photo` says which photo it is about. It follows the search."""

    vote_wanted = Signal(int, int)
    """Content id, and +1 or -1."""

    def __init__(
        self, desk: "Desk", searching: "SearchController", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._searching = searching
        self._content_id: int | None = None
        self._lines: list[QLabel] = []
        self.setAccessibleName(strings.WHY_TITLE)
        self._column = QVBoxLayout()
        self._column.setSpacing(measures().space[0])
        self.right = QPushButton(icon("right"), strings.RIGHT, self)
        self.right.setToolTip(strings.VOTE_UP_TIP)
        self.wrong = QPushButton(icon("wrong"), strings.WRONG, self)
        self.wrong.setToolTip(strings.VOTE_DOWN_TIP)
        self._votes = QWidget(self)
        row = QHBoxLayout(self._votes)
        row.setContentsMargins(0, measures().space[0], 0, 0)
        row.addWidget(self.right)
        row.addWidget(self.wrong)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._column)
        layout.addWidget(self._votes)
        layout.addStretch()
        self.right.clicked.connect(lambda: self._vote(1))
        self.wrong.clicked.connect(lambda: self._vote(-1))
        searching.state_changed.connect(lambda _: self.refresh())
        self._say([strings.WHY_NONE])

    @property
    def content_id(self) -> int | None:
        """The photo it is about."""
        return self._content_id

    @property
    def text(self) -> str:
        """All that is said, a reason a line, without its marks."""
        return "\n".join(label.accessibleName() for label in self._lines)

    def show_photo(self, content_id: int | None) -> None:
        """Say why this photo was found; None when none is shown."""
        if content_id != self._content_id:
            self._content_id = content_id
            self.refresh()

    def refresh(self) -> None:
        """Ask again: the search or the photo is another one."""
        query, content_id = self._searching.state.query, self._content_id
        if query is None or content_id is None:
            self._say([strings.WHY_NONE])
            return

        def verb(cancel: CancelToken) -> "Generator[Event, None, Explanation]":
            return self._desk.services.explain(query, content_id, cancel)

        def explained(reasons: "Explanation") -> None:
            if reasons.content_id == self._content_id:
                self._show(query, reasons)

        self._desk.ask(verb, explained, lane="search", latest="why")

    def _vote(self, vote: int) -> None:
        if self._content_id is not None:
            self.vote_wanted.emit(self._content_id, vote)

    def _show(self, query: "Query", reasons: "Explanation") -> None:
        said = [(term_words(one), html.escape(term_words(one))) for one in reasons.terms]
        said += [(text_words(one), _marked(one)) for one in reasons.texts]
        ranks = bool(query.text.strip() or query.images)
        if not ranks and not reasons.texts:
            said.append((strings.WHY_LISTED, html.escape(strings.WHY_LISTED)))
        for words in _vote_words(reasons):
            said.append((words, html.escape(words)))
        self._say([plain for plain, _ in said], [rich for _, rich in said])
        for label, term in zip(self._lines, reasons.terms, strict=False):
            label.setToolTip(fill(strings.WHY_NUMBER, number=term.standardised))
        self._votes.setVisible(ranks)

    def _say(self, plain: list[str], rich: list[str] | None = None) -> None:
        for label in self._lines:
            self._column.removeWidget(label)
            label.hide()
            label.deleteLater()
        self._lines = []
        for row, words in enumerate(plain):
            label = QLabel(self)
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setText(rich[row] if rich else html.escape(words))
            label.setAccessibleName(words)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._column.addWidget(label)
            self._lines.append(label)
        self._votes.hide()


def term_words(term: "TermReason") -> str:
    """One part of the query and how it matches, in words."""
    if term.standardised >= _STRONG:
        strength = strings.STRENGTHS["strong"]
    elif term.standardised >= _CLEAR:
        strength = strings.STRENGTHS["clear"]
    else:
        strength = strings.STRENGTHS["weak" if term.standardised >= _WEAK else "none"]
    words = {
        "text": strings.WHY_WORDS,
        "concept": strings.WHY_CONCEPT,
        "picture": strings.WHY_PICTURE,
    }[term.kind]
    name = term.name.replace("\\", "/").rpartition("/")[2] if term.kind == "picture" else term.name
    return fill(words, name=name, strength=strength)


def text_words(text: "TextReason") -> str:
    """A matching text, without its marks."""
    kind = strings.TEXT_KINDS.get(text.kind, text.kind)
    return fill(strings.WHY_TEXT, kind=kind, excerpt=text.excerpt)


def _marked(text: "TextReason") -> str:
    """As HTML, the words that match in bold."""
    written, at = "", 0
    for start, end in text.marks:
        written += html.escape(text.excerpt[at:start])
        written += f"<b>{html.escape(text.excerpt[start:end])}</b>"
        at = end
    written += html.escape(text.excerpt[at:])
    kind = html.escape(strings.TEXT_KINDS.get(text.kind, text.kind))
    return fill(strings.WHY_TEXT, kind=kind, excerpt=written)


def _vote_words(reasons: "Explanation") -> list[str]:
    said = []
    if reasons.vote:
        said.append(strings.WHY_VOTED_UP if reasons.vote > 0 else strings.WHY_VOTED_DOWN)
    if reasons.votes == 1:
        said.append(strings.WHY_VOTES_ONE)
    elif reasons.votes:
        said.append(fill(strings.WHY_VOTES, count=reasons.votes))
    return said
