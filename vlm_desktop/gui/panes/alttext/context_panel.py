"""What stands around an image on its page; a person may put it right. Plain text only."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from vlm_desktop.base.alttext import AltImage, PageContext
from vlm_desktop.gui.panes.search.details_parts import Section
from vlm_desktop.gui.panes.search.details_words import LineField, TextField
from vlm_desktop.gui.strings import alttext as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll

_LINES = ("page_title", "heading", "caption", "title", "link_target", "link_text")
_HIGHEST = 220
FIELDS = (
    "page_title", "heading", "before", "after", "caption", "title", "link_target", "link_text",
)  # fmt: skip
"""Names of `PageContext`, in the order they are shown."""


class ContextPanel(QWidget):
    """A fold with a field for each part of the context."""

    changed = Signal(int, object)
    """An image's id and its `PageContext` from now on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        self._image: AltImage | None = None
        self.section = Section(strings.CONTEXT, self, is_open=False)
        self.fields: dict[str, LineField | TextField] = {}
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, space[1], 0)
        column.setSpacing(space[0])
        for name in FIELDS:
            field = LineField(inner) if name in _LINES else TextField(inner)
            words = strings.CONTEXT_FIELDS[name]
            label = QLabel(words, inner)
            label.setObjectName("fact")
            label.setWordWrap(True)
            label.setBuddy(field)
            field.setAccessibleName(words)
            field.committed.connect(lambda text, name=name: self._commit(name, text))
            self.fields[name] = field
            column.addWidget(label)
            column.addWidget(field)
        self.scroll = FollowingScroll(self)
        self.scroll.setWidget(inner)
        self.scroll.setFixedHeight(_HIGHEST)
        self.note = QLabel(strings.CONTEXT_NOTE, self)
        self.note.setObjectName("hint")
        self.note.setWordWrap(True)
        self.section.add(self.note)
        self.section.add(self.scroll)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space[0], space[0], space[0], space[0])
        layout.addWidget(self.section)

    def show_context(self, image: AltImage | None) -> None:
        """What a person is typing is left alone while it is the same image's."""
        if image is None or self._image is None or image.id != self._image.id:
            self.commit()
            self._image = None
            for field in self.fields.values():
                field.clear()
                field.show_stored("")
        self._image = image
        context = image.context if image is not None else PageContext()
        for name, field in self.fields.items():
            field.show_stored(getattr(context, name))
        said = sum(bool(getattr(context, name)) for name in FIELDS)
        self.section.heading.setText(strings.context_title(said))
        self.setVisible(image is not None)

    def commit(self) -> None:
        """Save what was typed and not yet said to be done."""
        for field in self.fields.values():
            field.commit()

    def focus_first(self) -> None:
        self.section.set_open(True)
        next(iter(self.fields.values())).setFocus()

    def _commit(self, name: str, text: str) -> None:
        if self._image is None or getattr(self._image.context, name) == text:
            return
        values: dict[str, Any] = {name: text}
        context = replace(self._image.context, **values)
        self._image = replace(self._image, context=context)
        self.changed.emit(self._image.id, context)
