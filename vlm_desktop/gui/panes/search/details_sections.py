"""The sections of the details panel that tell of one photo, from its file to its likes."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.events import Event
from vlm_desktop.base.language import fill
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.search import details_facts as facts_words
from vlm_desktop.gui.panes.search.details_map import MiniMap
from vlm_desktop.gui.panes.search.details_parts import (
    FactRows,
    Section,
    SimilarPhoto,
    SimilarPhotos,
    TagTable,
    note,
    similar_image,
)
from vlm_desktop.gui.strings import photo as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from vlm_desktop.base.types import TagListing
    from vlm_desktop.engine.photos import PhotoFacts
    from vlm_desktop.gui.desk import Desk

_SIMILAR = 6
_TEXT_HEIGHT = 140


class PhotoSections(QWidget):
    """Shows facts at once; what is read from the file, or searched for, follows. Main thread."""

    photo_wanted = Signal(object)
    """The content id of a similar photo that was pressed."""

    def __init__(self, desk: "Desk", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._facts: PhotoFacts | None = None
        self._listing: TagListing | None = None
        self._places: tuple[tuple[float, float], ...] | None = None
        self.sections: dict[str, Section] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(measures().space[1])
        self._build()

    def _build(self) -> None:
        self.file_rows, self.place_rows = FactRows(self), FactRows(self)
        self.camera_rows, self.library_rows = FactRows(self), FactRows(self)
        self.map = MiniMap(self)
        self.place_button = self._copy_button(strings.COPY_PLACE)
        self.place_button.clicked.connect(lambda: self._copy(self.place_button.text()))
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(strings.SECTION_TEXT)
        self.text.setFixedHeight(_TEXT_HEIGHT)
        self.text_note = note(strings.TEXT_NONE, self)
        self.copy_text = QPushButton(strings.COPY_TEXT, self)
        self.copy_text.setObjectName("quiet")
        self.copy_text.clicked.connect(lambda: self._copy(self.text.toPlainText()))
        self.tags = QWidget(self)
        self._tags = FlowLayout(self.tags, measures().space[0])
        self.tags_note = note(strings.TAGS_NONE, self)
        self.similar, self.similar_note = SimilarPhotos(self), note("", self)
        self.similar.chosen.connect(self.photo_wanted)
        self.table, self.table_note = TagTable(self), note("", self)
        for key, title, widgets in (
            ("photo", strings.SECTION_PHOTO, (self.file_rows,)),
            ("place", strings.SECTION_PLACE, (self.place_rows, self.place_button, self.map)),
            ("camera", strings.SECTION_CAMERA, (self.camera_rows,)),
            ("text", strings.SECTION_TEXT, (self.text, self.text_note, self.copy_text)),
            ("tags", strings.SECTION_TAGS, (self.tags, self.tags_note)),
            ("similar", strings.SECTION_SIMILAR, (self.similar, self.similar_note)),
            ("library", strings.SECTION_LIBRARY, (self.library_rows,)),
            ("all", strings.SECTION_ALL, (self.table, self.table_note)),
        ):
            section = self.add_section(key, title, is_open=key not in ("library", "all"))
            for widget in widgets:
                section.add(widget)
        self.sections["similar"].folded.connect(lambda _: self._look_for_similar())
        self.sections["all"].folded.connect(lambda _: self._show_tags())

    def add_section(
        self, key: str, title: str, *, is_open: bool = True, before: str = ""
    ) -> Section:
        """Another section, at the end or above the section `before`; its owner fills it."""
        section = Section(title, self, is_open=is_open)
        self.sections[key] = section
        at = self._column.indexOf(self.sections[before]) if before in self.sections else -1
        self._column.insertWidget(at, section)  # -1: at the end
        return section

    def _copy_button(self, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("place")
        button.setIcon(icon("copy"))
        side = measures().space[3]
        button.setIconSize(QSize(side, side))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        return button

    def show_facts(self, facts: "PhotoFacts") -> None:
        """Tell of this photo, or of the same one anew."""
        content_id = facts.details.content_id
        is_other = self._facts is None or self._facts.details.content_id != content_id
        self._facts = facts
        self._listing = None if is_other else self._listing
        self.file_rows.show_rows(facts_words.file_rows(facts))
        self.library_rows.show_rows(facts_words.library_rows(facts))
        self._show_place()
        self._show_camera()
        self._show_text()
        self._show_tag_chips()
        if is_other:
            self.similar.show_photos(())
            self.similar_note.setText("")
            self._look_for_similar()
            self.table.clear()
        if self._listing is None:
            self._ask_listing(content_id)

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._desk.say(strings.COPIED_TEXT)

    def _show_place(self) -> None:
        assert self._facts is not None
        said = self._facts.details.metadata
        text = facts_words.place(said)
        rows = facts_words.place_rows(said)
        if not said.taken_at:
            rows = [("", strings.NO_DATE), *rows]
        self.place_rows.show_rows(rows if text else [*rows, ("", strings.NO_PLACE)])
        self.place_button.setText(text)
        self.place_button.setVisible(bool(text))
        self.map.setVisible(bool(text))
        if said.latitude is None or said.longitude is None:
            return
        self.map.show_place(said.latitude, said.longitude, text, self._places or ())
        if self._places is None:
            services = self._desk.services

            def done(places: tuple[tuple[float, float], ...]) -> None:
                self._places = places
                if self._facts is not None:
                    self._show_place()

            self._desk.fetch(lambda: services.photos.places(), done, failed=lambda _: None)

    def _show_camera(self) -> None:
        assert self._facts is not None
        taken = self._listing.exposure if self._listing else None
        rows = facts_words.camera_rows(self._facts.details.metadata, taken)
        self.camera_rows.show_rows(rows, strings.NO_CAMERA)

    def _show_text(self) -> None:
        assert self._facts is not None
        pages = self._facts.details.ocr
        several = len(pages) > 1
        parts = [
            f"{fill(strings.TEXT_OF_PAGE, page=page)}\n{text}" if several else text
            for page, text in pages
        ]
        self.text.setPlainText("\n\n".join(parts))
        for widget, wanted in (
            (self.text, bool(parts)),
            (self.copy_text, bool(parts)),
            (self.text_note, not parts),
        ):
            widget.setVisible(wanted)

    def _show_tag_chips(self) -> None:
        """Tags by people and models; those of the file are the keywords above."""
        assert self._facts is not None
        self._tags.clear()
        tags = [tag for tag in self._facts.details.tags if tag.source != "file"]
        for tag in tags:
            text = tag.name
            if tag.probability is not None:
                text = fill(strings.TAG_BY_MODEL, tag=tag.name, percent=100 * tag.probability)
            chip = QLabel(text, self.tags)
            chip.setObjectName("tag")
            by_user = tag.source == "user"
            source = fill(strings.TAG_SOURCE, source=tag.source)
            chip.setToolTip(strings.TAG_SOURCE_USER if by_user else source)
            self._tags.addWidget(chip)
        self.tags.setVisible(bool(tags))
        self.tags_note.setVisible(not tags)
        self.tags.updateGeometry()

    def _ask_listing(self, content_id: int) -> None:
        services = self._desk.services

        def verb(cancel: CancelToken) -> "Generator[Event, None, TagListing]":
            return (yield from services.photos.listing(content_id, cancel))

        def done(listing: "TagListing") -> None:
            if self._facts is not None and self._facts.details.content_id == content_id:
                self._listing = listing
                self._show_camera()
                self._show_tags()

        def failed(sentence: str) -> None:
            self.table_note.setText(sentence)

        self._desk.ask(verb, done, failed=failed, latest="details-listing")

    def _show_tags(self) -> None:
        if self._listing is None or not self.sections["all"].is_open:
            return
        rows = self._listing.rows
        self.table.show_tags(rows)
        self.table.setVisible(bool(rows))
        count = fill(strings.ALL_COUNT, count=len(rows))
        self.table_note.setText(count if rows else strings.ALL_NONE)

    def _look_for_similar(self) -> None:
        if self._facts is None or not self.sections["similar"].is_open or self.similar.buttons:
            return
        services, path = self._desk.services, self._facts.path
        content_id = self._facts.details.content_id

        def verb(cancel: CancelToken) -> Generator[Event, None, list[SimilarPhoto]]:
            found = yield from services.similar(path, _SIMILAR, cancel)
            hits = list({hit.content_id: hit for hit in found.hits}.values())[:_SIMILAR]
            pictures = [similar_image(services.thumbnail(one.content_id)) for one in hits]
            return [
                SimilarPhoto(one.content_id, one.path, picture)
                for one, picture in zip(hits, pictures, strict=True)
            ]

        def done(photos: list[SimilarPhoto]) -> None:
            if self._facts is not None and self._facts.details.content_id == content_id:
                self.similar.show_photos(photos)
                self.similar_note.setText("" if photos else strings.SIMILAR_NONE)
                self.similar_note.setVisible(not photos)

        self._desk.ask(
            verb, done, failed=self.similar_note.setText, lane="search", latest="details-similar"
        )
