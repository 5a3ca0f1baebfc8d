"""Teach a name with the selected photos, and see how good it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import ConceptSummary
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.panes.search.concept_words import score_sentences
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.undo import Change
from vlm_desktop.gui.verbs import quick
from vlm_desktop.gui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Generator

    from vlm_desktop.base.events import Event
    from vlm_desktop.gui.desk import Desk

FEW, MANY = 5, 20
_SHOWN = 20
_WIDTH = 480


class TeachDialog(QDialog):
    """Stays open after teaching, so that the figures can be read and the name tried."""

    try_wanted = Signal(str)

    def __init__(self, desk: "Desk", content_ids: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._content_ids = tuple(content_ids)
        self._taught: ConceptSummary | None = None
        self._known: dict[str, ConceptSummary] = {}
        self._labels: dict[int, QLabel] = {}
        self._is_open = True
        self.setWindowTitle(strings.TEACH_TITLE)
        self.setMinimumWidth(_WIDTH)
        self.name = QLineEdit(self)
        self.name.setAccessibleName(strings.TEACH_NAME.replace("&", ""))
        self.name.setPlaceholderText(strings.TEACH_EXAMPLE)
        self.name.textChanged.connect(lambda _: self._update())
        self.outcome = QLabel(self)
        self.outcome.setWordWrap(True)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.outcome.hide()
        self.teach = QPushButton(strings.TEACH_BUTTON, self)
        self.teach.setObjectName("primary")
        self.teach.setDefault(True)
        self.against = QPushButton(self)
        self.against.setAutoDefault(False)
        self.against.hide()
        self.try_it = QPushButton(self)
        self.try_it.hide()
        self.close_button = QPushButton(strings.CLOSE, self)
        self.close_button.setAutoDefault(False)
        self._lay_out()
        self.teach.clicked.connect(lambda: self._teach())
        self.against.clicked.connect(lambda: self._teach(against=True))
        self.try_it.clicked.connect(self._try)
        self.close_button.clicked.connect(self.reject)
        desk.thumbnails.loaded.connect(self._thumbnail_loaded)
        desk.fetch(lambda: desk.services.keeping.concepts(), self._names_known)
        self._update()
        self.name.setFocus()

    def _lay_out(self) -> None:
        photos = strings.photos(len(self._content_ids))
        intro = QLabel(
            fill(strings.TEACH_INTRO, photos=photos, example=strings.TEACH_EXAMPLE), self
        )
        intro.setWordWrap(True)
        few = QLabel(strings.TEACH_FEW, self)
        few.setObjectName("careful")
        few.setWordWrap(True)
        few.setVisible(not FEW <= len(self._content_ids) <= MANY)
        label = QLabel(strings.TEACH_NAME, self)
        label.setBuddy(self.name)
        form = QFormLayout()
        form.addRow(label, self.name)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.teach, self.against, self.try_it, self.close_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setSpacing(measures().space[2])
        layout.addWidget(intro)
        layout.addWidget(self._pictures())
        layout.addWidget(few)
        layout.addLayout(form)
        layout.addWidget(self.outcome)
        layout.addStretch()
        layout.addLayout(buttons)

    def _pictures(self) -> QWidget:
        """The photos themselves, small, so that a wrong one among them is seen."""
        shown = QWidget(self)
        flow = FlowLayout(shown, measures().space[0])
        side = measures().space[5] + measures().space[3]
        for content_id in self._content_ids[:_SHOWN]:
            label = QLabel(shown)
            label.setFixedSize(QSize(side, side))
            self._labels[content_id] = label
            self._thumbnail_loaded(content_id)
            flow.addWidget(label)
        return shown

    def _thumbnail_loaded(self, content_id: int) -> None:
        label = self._labels.get(content_id)
        pixmap = self._desk.thumbnails.pixmap(content_id) if label is not None else None
        if label is not None and pixmap is not None:
            label.setPixmap(_square(pixmap, label.width(), label.devicePixelRatioF()))

    def done(self, result: int) -> None:
        """Closed: what still comes back from the engine has nobody to tell."""
        self._is_open = False
        super().done(result)
        self.deleteLater()

    # --- teaching ----------------------------------------------------------------------------

    def _names_known(self, concepts: Sequence[ConceptSummary]) -> None:
        if self._is_open:
            self._known = {one.name.casefold(): one for one in concepts}
            self._update()

    def _same(self) -> ConceptSummary | None:
        """What was taught before under the name that is typed."""
        return self._known.get(" ".join(self.name.text().split()).casefold())

    def _update(self) -> None:
        same = self._same()
        words = strings.TEACH_BUTTON
        if same is not None:
            words = fill(strings.TEACH_ADD, name=same.name.replace("&", "&&"))
            self.against.setText(fill(strings.TEACH_AGAINST, name=same.name.replace("&", "&&")))
        self.against.setVisible(same is not None)
        self.teach.setText(words)
        self.teach.setEnabled(bool(self.name.text().strip()) and bool(self._content_ids))

    def _teach(self, *, against: bool = False) -> None:
        """Teach with the photos, or with them as ones that do not show what is known."""
        services, before = self._desk.services, self._same()
        name = before.name if before else self.name.text()
        shown, others = set[int](), set[int]()
        if before is not None:
            shown, others = set(before.examples), set(before.counterexamples)
        chosen = set(self._content_ids)
        shown = shown - chosen if against else shown | chosen
        others = others | chosen if against else others - chosen
        self.teach.setEnabled(False)
        self._say(strings.TEACHING)

        def teach(cancel: CancelToken) -> "Generator[Event, None, ConceptSummary]":
            return services.keeping.teach(
                name, sorted(shown), sorted(others), cancel, replace=before is not None
            )

        def undo(taught: ConceptSummary) -> None:
            services.keeping.delete_concept(taught.name)
            if before is not None:
                services.keeping.restore_concept(before)

        change = Change(
            fill(strings.TEACH_CHANGE, name=name.strip()),
            teach,
            lambda taught: quick(lambda: undo(taught)),
        )
        self._desk.changes.perform(change, self._show_taught, self._show_failed)

    def _show_taught(self, taught: ConceptSummary) -> None:
        if not self._is_open:
            return
        self._taught = taught
        self._known[taught.name.casefold()] = taught
        said = [fill(strings.TAUGHT, name=taught.name)]
        if taught.score is not None:
            said += score_sentences(taught.name, taught.score)
        self._say("\n".join(said))
        self.teach.setEnabled(False)  # until another name is typed
        self.against.hide()
        self.try_it.setText(fill(strings.TRY_IT, name=taught.name.replace("&", "&&")))
        self.try_it.show()
        self.try_it.setFocus()

    def _show_failed(self, sentence: str) -> None:
        if self._is_open:
            self.teach.setEnabled(True)
            self._say(sentence)

    def _say(self, words: str) -> None:
        self.outcome.setText(words)
        self.outcome.setAccessibleName(words)
        self.outcome.show()
        self.layout().activate()
        self.resize(self.width(), max(self.height(), self.layout().heightForWidth(self.width())))
        announce(self.outcome, words)

    def _try(self) -> None:
        if self._taught is not None:
            self.try_wanted.emit(self._taught.name)
            self.accept()


def _square(pixmap: QPixmap, side: int, ratio: float) -> QPixmap:
    """The middle of a picture as a square of `side` points."""
    pixels = round(side * ratio)
    scaled = pixmap.scaled(
        pixels,
        pixels,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left, top = (scaled.width() - pixels) // 2, (scaled.height() - pixels) // 2
    middle = scaled.copy(left, top, pixels, pixels)
    middle.setDevicePixelRatio(ratio)
    return middle
