"""The images of a set as a list of Qt's: narrowed by state and words, in one of four orders."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from vlm_desktop.base.alttext import AltImage, AltState, Decision
from vlm_desktop.base.language import fill
from vlm_desktop.gui.strings import alttext as strings

Index = QModelIndex | QPersistentModelIndex
IMAGE = int(Qt.ItemDataRole.UserRole)
STATE = IMAGE + 1
"""The `AltState` of the image's text in the language that is shown."""

_NUMBERS = re.compile(r"(\d+)")
_URGENCY = (
    AltState.STALE,
    AltState.NEEDS_FACTS,
    AltState.EMPTY,
    AltState.DRAFT,
    AltState.IN_REVIEW,
    AltState.APPROVED,
)


class Order(StrEnum):
    QUEUE = "queue"
    RISK = "risk"
    NAME = "name"
    STATE = "state"


class QueueModel(QAbstractListModel):
    """Rows of `AltImage`. Main thread.

    An image that changes stays where it is, even where its new state would be filtered out or
    sorted elsewhere: what a person looks at does not jump. `arrange` puts all in order again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: dict[int, AltImage] = {}
        self._rows: list[int] = []
        self._places: dict[int, int] = {}
        self.language = "en"
        self.state: AltState | None = None
        self.words = ""
        self.only: frozenset[int] | None = None
        """Ids of the images that alone are shown; None for no such choice."""
        self.order = Order.QUEUE

    # --- what is shown -------------------------------------------------------------------

    def show_images(self, images: Iterable[AltImage], language: str) -> None:
        """Other images, in the queue's order."""
        self._images = {one.id: one for one in images}
        if self.only is not None and self.only.isdisjoint(self._images):
            self.only = None  # another set
        self.language = language
        self.arrange()

    def put(self, image: AltImage) -> None:
        """An image is another than it was."""
        if image.id not in self._images:
            return
        self._images[image.id] = image
        row = self._places.get(image.id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    def arrange(self) -> None:
        """Filter and sort anew."""
        self.beginResetModel()
        words = self.words.casefold().split()
        chosen = [
            one
            for one in self._images.values()
            if (self.state is None or self.state_of(one) is self.state)
            and (self.only is None or one.id in self.only)
            and _says(one, words)
        ]
        self._rows = [one.id for one in self._sorted(chosen)]
        self._places = {number: row for row, number in enumerate(self._rows)}
        self.endResetModel()

    def _sorted(self, images: Sequence[AltImage]) -> Sequence[AltImage]:
        match self.order:
            case Order.RISK:
                return sorted(images, key=lambda one: -1 if one.risk is None else one.risk,
                              reverse=True)  # fmt: skip
            case Order.NAME:
                return sorted(images, key=_name_key)
            case Order.STATE:
                return sorted(images, key=lambda one: _URGENCY.index(self.state_of(one)))
        return images

    # --- what there is -------------------------------------------------------------------

    @property
    def total(self) -> int:
        """Images of the set, shown or not."""
        return len(self._images)

    @property
    def ids(self) -> tuple[int, ...]:
        """Of the images that are shown, in their order."""
        return tuple(self._rows)

    def state_of(self, image: AltImage) -> AltState:
        return image.text(self.language).state

    def counts(self) -> dict[AltState, int]:
        """How many images of the set there are in each state."""
        found: dict[AltState, int] = {}
        for one in self._images.values():
            state = self.state_of(one)
            found[state] = found.get(state, 0) + 1
        return found

    def row_of(self, image_id: int) -> int:
        """-1 for one that is not shown."""
        return self._places.get(image_id, -1)

    def image(self, row: int) -> AltImage | None:
        return self._images[self._rows[row]] if 0 <= row < len(self._rows) else None

    def next_needing(self, after: int) -> int:
        """The row of the next image that a person should look at, all round; -1 for none."""
        count = len(self._rows)
        for step in range(1, count + 1):
            row = (after + step) % count
            image = self._images[self._rows[row]]
            if self.state_of(image) is not AltState.APPROVED and not is_led(image):
                return row
        return -1

    # --- Qt's own ------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        image = self.image(index.row())
        if image is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return image.name
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.said(image)
            case _ if role == IMAGE:
                return image
            case _ if role == STATE:
                return self.state_of(image)
        return None

    def said(self, image: AltImage) -> str:
        """A row in words, as a screen reader says it."""
        parts = [image.name, strings.STATES[self.state_of(image)]]
        if image.decision is not Decision.UNDECIDED:
            parts.append(strings.DECISIONS[image.decision])
        if image.missing:
            parts.append(strings.FILE_MISSING)
        if image.risk_reasons:
            reasons = [strings.RISKS.get(code, code) for code in image.risk_reasons]
            parts.append(fill(strings.RISK_BECAUSE, reasons=", ".join(reasons)))
        return ", ".join(parts)


def is_led(image: AltImage) -> bool:
    """Whether another image of its group carries the text."""
    return image.lead_id is not None and image.lead_id != image.id


def _says(image: AltImage, words: Sequence[str]) -> bool:
    if not words:
        return True
    texts = [part for one in image.texts for part in (one.alt, one.extended)]
    said = " ".join([image.name, image.context.caption, *texts]).casefold()
    return all(word in said for word in words)


def _name_key(image: AltImage) -> list[tuple[int, int, str]]:
    """Numbers in names count as numbers: 2 comes before 10."""
    parts = _NUMBERS.split(image.name.casefold())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]
