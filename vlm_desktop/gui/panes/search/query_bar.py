"""The query bar: a line of words, chips for filters and pictures, and the verdict."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import WrittenQuery
from vlm_desktop.base.types import ImageTerm
from vlm_desktop.engine.querytext import PartKind, TypedPart, parts
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.search.chip_words import chip_words
from vlm_desktop.gui.panes.search.chips import Chip, ChipRow
from vlm_desktop.gui.panes.search.filter_form import FORM_KEYS, FilterForm, chip_form
from vlm_desktop.gui.panes.search.picture_chip import PictureChip, WordsChip
from vlm_desktop.gui.panes.search.query_line import QueryLine, holds_picture, is_good_filter
from vlm_desktop.gui.panes.search.searching import SearchState
from vlm_desktop.gui.strings import query as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel


class QueryBar(QWidget):
    """Holds one query. What is typed and not understood as a filter stays in the line."""

    query_changed = Signal(object)
    """A `WrittenQuery`, whenever a part of it changed."""
    submitted = Signal()
    show_all_changed = Signal(bool)
    mime_received = Signal(object)
    """`QMimeData` with pictures was dropped or pasted."""
    picture_shown = Signal(object)
    """A `PictureChip` that wants its thumbnail."""
    form_opened = Signal(object)
    """A `FilterForm` that wants its choices."""
    history_wanted = Signal()
    pictures_wanted = Signal()
    saved_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._filters: list[TypedPart] = []
        self._images: list[ImageTerm] = []
        self._text_weight = 1.0
        self._told = WrittenQuery()
        # In the order in which Tab goes through them.
        self.line = QueryLine(self)
        self.pictures = self._button("picture", strings.ADD_PICTURE, strings.ADD_PICTURE_TIP)
        self.filters = self._button("filter", strings.FILTERS, strings.FILTERS_TIP)
        self.history = self._button("history", strings.HISTORY, strings.HISTORY_TIP)
        self.saved = self._button("saved", strings.SAVED, strings.SAVED_TIP)
        self.chips = ChipRow(self)
        self.verdict = ElidedLabel(self)
        self.verdict.setObjectName("verdict")
        self.show_all = QCheckBox(strings.SHOW_ALL, self)
        self.show_all.setToolTip(strings.SHOW_ALL_TIP)
        self.show_all.hide()
        self._lay_out()
        self._connect()

    def _button(self, picture: str, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(picture))
        button.setAccessibleName(name.replace("&", "").removesuffix("…"))
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _lay_out(self) -> None:
        space = measures().space
        label = QLabel(strings.QUERY_LABEL, self)
        label.setBuddy(self.line)
        # The line keeps its height when the switch comes and goes: nothing jumps.
        kept = self.show_all.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.show_all.setSizePolicy(kept)
        top, beneath = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(space[1])
        top.addWidget(label)
        top.addWidget(self.line, 1)
        for button in (self.pictures, self.filters, self.history, self.saved):
            top.addWidget(button)
        beneath.setSpacing(space[2])
        beneath.addWidget(self.verdict, 1)
        beneath.addWidget(self.show_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[3], space[2], space[3], space[1])
        layout.setSpacing(space[1])
        layout.addLayout(top)
        layout.addWidget(self.chips)
        layout.addLayout(beneath)

    def _connect(self) -> None:
        self.line.textChanged.connect(lambda _: self._tell())
        self.line.returnPressed.connect(self.submitted)
        self.line.filters_typed.connect(self.add_filters)
        self.line.mime_pasted.connect(self.mime_received)
        self.line.history_wanted.connect(self.history_wanted)
        self.line.left_at_start.connect(lambda: self.chips.focus_chip(-1))
        self.chips.ended.connect(self.line.setFocus)
        self.show_all.toggled.connect(self.show_all_changed)
        self.pictures.clicked.connect(self.pictures_wanted)
        self.filters.clicked.connect(self.open_filters)
        self.history.clicked.connect(self.history_wanted)
        self.saved.clicked.connect(self.saved_wanted)

    # --- the query -----------------------------------------------------------------------

    @property
    def query(self) -> WrittenQuery:
        """All of it: the line, and the chips written out behind."""
        return WrittenQuery(self.text, tuple(self._images), self._text_weight)

    @property
    def text(self) -> str:
        """The line and the filters, as one would type them."""
        return " ".join(
            [*filter(None, [self.line.text()]), *(one.written for one in self._filters)]
        )

    def set_text(self, text: str) -> None:
        """Show a typed query without pictures; filters in it become chips."""
        self.set_query(WrittenQuery(text))

    def set_query(self, query: WrittenQuery) -> None:
        """Show a whole query; its filters become chips."""
        found = parts(query.typed)
        self._filters = []
        self._merge([part for part in found if is_good_filter(part)])
        rest = " ".join(part.written for part in found if not is_good_filter(part))
        self._images = list(query.images)
        self._text_weight = query.text_weight
        # Without a filter in it the text stays as it was typed, spaces and all.
        self.line.setText(rest if self._filters else query.typed)
        self._show_chips()

    def clear(self) -> None:
        """Ask for nothing."""
        self.set_query(WrittenQuery())

    def add_filters(self, added: Sequence[TypedPart]) -> None:
        """Add filters; a second one of a key takes the first one's place, but types add up."""
        self._merge(added)
        self._show_chips()

    def _merge(self, added: Sequence[TypedPart]) -> None:
        for part in added:
            same = [i for i, one in enumerate(self._filters) if one.key == part.key]
            if part.key == "type":
                if part.text not in [one.text for one in self._filters]:
                    self._filters.append(part)
            elif same:
                self._filters[same[0]] = part
            else:
                self._filters.append(part)

    def add_picture(self, term: ImageTerm) -> None:
        """Add a picture; the same one again changes nothing."""
        known = [(one.path, one.box, one.page) for one in self._images]
        if (term.path, term.box, term.page) not in known:
            self._images.append(term)
            self._show_chips()

    def _tell(self) -> None:
        if self.query != self._told:
            # Words appear and go as the first of them is typed: so does their weight.
            if bool(self._told.typed.strip()) != bool(self.query.typed.strip()) and self._images:
                self._told = self.query
                self._show_chips()
            self._told = self.query
            self.query_changed.emit(self._told)

    # --- chips ---------------------------------------------------------------------------

    def _show_chips(self) -> None:
        chips: list[Chip] = []
        words = any(part.kind is PartKind.WORD for part in parts(self.line.text()))
        if self._images and words:
            chips.append(self._words_chip())
        weighed = len(self._images) + words > 1
        chips += [self._picture_chip(term, weighed=weighed) for term in self._images]
        chips += [self._filter_chip(part) for part in self._filters]
        self.chips.show_chips(chips)
        before: QWidget = self.saved
        for stop in (stop for chip in chips for stop in chip.stops):
            QWidget.setTabOrder(before, stop)
            before = stop
        self._tell()

    def _words_chip(self) -> Chip:
        chip = WordsChip(self._text_weight, self.chips)

        def weigh(weight: float) -> None:
            self._text_weight = weight
            self._tell()

        chip.weighted.connect(weigh)
        chip.edit_wanted.connect(self.line.setFocus)
        return chip

    def _picture_chip(self, term: ImageTerm, *, weighed: bool) -> Chip:
        chip = PictureChip(term, self.chips)
        chip.slider.setVisible(weighed)

        def weigh(weight: float) -> None:
            self._images[self._images.index(chip.term)] = replace(chip.term, weight=weight)
            chip.term = replace(chip.term, weight=weight)
            self._tell()

        chip.weighted.connect(weigh)
        chip.edit_wanted.connect(chip.slider.setFocus)
        chip.removed.connect(lambda: self._drop_picture(chip.term))
        self.picture_shown.emit(chip)
        return chip

    def _drop_picture(self, term: ImageTerm) -> None:
        self._images.remove(term)
        self._show_chips()

    def _filter_chip(self, part: TypedPart) -> Chip:
        words = chip_words(part)
        chip = Chip(words, fill(strings.CHIP_NAME, text=words), self.chips)
        chip.removed.connect(lambda: self._drop_filter(part))
        chip.edit_wanted.connect(lambda: self._edit_filter(part, chip))
        return chip

    def _drop_filter(self, part: TypedPart) -> None:
        self._filters = [one for one in self._filters if one is not part]
        self._show_chips()

    def _edit_filter(self, part: TypedPart, chip: Chip) -> None:
        form = chip_form(part, self)

        def change(changed: list[TypedPart]) -> None:
            at = next((i for i, one in enumerate(self._filters) if one is part), None)
            if at is not None:
                self._filters[at : at + 1] = changed
                self._show_chips()

        form.chosen.connect(change)
        form.cleared.connect(lambda: self._drop_filter(part))
        self.form_opened.emit(form)
        form.open_below(chip)

    def open_filters(self) -> None:
        """The form of all filters, filled in with those there are."""
        form = FilterForm(FORM_KEYS, self)
        form.show_filters(self._filters)

        def change(chosen: list[TypedPart]) -> None:
            kept: list[TypedPart] = []
            for part in chosen:
                # The form shows the last of several types; untouched, it means them all.
                before = [one for one in self._filters if one.key == part.key]
                kept += before if before and before[-1].text == part.text else [part]
            self._filters = kept
            self._show_chips()

        form.chosen.connect(change)
        form.cleared.connect(lambda: change([]))
        self.form_opened.emit(form)
        form.open_below(self.filters)

    # --- verdict -------------------------------------------------------------------------

    def show_searching(self) -> None:
        self.verdict.setText(strings.SEARCHING)

    def show_search(self, state: SearchState) -> None:
        """The verdict; a screen reader hears it too."""
        self.verdict.setText(state.verdict)
        self.show_all.setVisible(state.asked and not (state.failed or state.empty_library))
        if state.verdict or state.failed:
            announce(self.verdict, state.verdict or state.failed)

    def show_new(self, new: int) -> None:
        """How many photos are new in saved searches, in the tip and name of their button."""
        words = fill(strings.SAVED_BADGE, new=new) if new else strings.SAVED_TIP
        self.saved.setToolTip(words)
        self.saved.setAccessibleDescription(words)
        self.saved.setText(fill("{new:,}", new=new) if new else "")
        style = Qt.ToolButtonStyle
        self.saved.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if new else style.ToolButtonIconOnly
        )

    # --- drag and drop -------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if _is_for_us(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        mime = event.mimeData()
        if holds_picture(mime):
            self.mime_received.emit(mime)
        elif mime.hasText():
            self.line.insert(mime.text())
        event.acceptProposedAction()


def _is_for_us(mime: QMimeData) -> bool:
    return holds_picture(mime) or (mime.hasText() and not mime.hasUrls())
