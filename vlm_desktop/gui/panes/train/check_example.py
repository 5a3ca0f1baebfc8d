"""One example as the model is given it, and the way from one to the next."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vlm_desktop.base.language import fill
from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.icons import icon
from vlm_desktop.gui.panes.train.check_seen import SeenExample
from vlm_desktop.gui.panes.train.check_tokens import TokenView
from vlm_desktop.gui.strings import train_check as strings
from vlm_desktop.gui.theme import colours_of, measures
from vlm_desktop.gui.widgets.elided_label import ElidedLabel
from vlm_desktop.gui.widgets.spoken import speaks_as
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel

_LEAST, _USUAL, _MOST = 96, 224, 512
"""Points of the picture's side."""


@speaks_as(QAccessible.Role.Graphic)
class PixelView(QWidget):
    """A picture as large as there is room; its pixels stay pixels. Left and Right step."""

    stepped = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMaximumSize(_MOST, _MOST)
        self.setAccessibleName(strings.PIXELS)
        self.setAccessibleDescription(strings.PIXELS_HINT)
        self.setToolTip(strings.PIXELS_HINT)

    def show_image(self, image: QImage, name: str) -> None:
        self._image = image
        self.setAccessibleName(
            fill(strings.PIXELS_NAME, name=name, width=image.width(), height=image.height())
        )
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(_USUAL, _USUAL)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(_LEAST, _LEAST)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        if self._image.isNull():
            return
        ring = measures().focus_ring
        room = self.rect().adjusted(ring, ring, -ring, -ring)
        size = self._image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect(room.topLeft(), size)
        with QPainter(self) as painter:
            shrinks = size.width() < self._image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
            painter.drawImage(box, self._image)
            if self.hasFocus():
                painter.setPen(QPen(QColor(colours_of(self.palette()).accent), ring))
                painter.drawRect(box)


class ExampleView(QWidget):
    """Main thread."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._examples: tuple[SeenExample, ...] = ()
        self._most_tokens = 0
        self.at = 0
        self.before = _step_button("previous", strings.BEFORE, self)
        self.after = _step_button("next", strings.AFTER, self)
        self.before.clicked.connect(lambda: self.step(-1))
        self.after.clicked.connect(lambda: self.step(1))
        self.name = ElidedLabel(self)
        self.pixels = PixelView(self)
        self.pixels.stepped.connect(self.step)
        self.facts = WrappedLabel(parent=self, name="hint")
        self.trouble = WrappedLabel(parent=self, name="bad")
        self.tokens = TokenView(self)
        space = measures().space
        head = QHBoxLayout()
        head.setSpacing(space[0])
        head.addWidget(self.before)
        head.addWidget(self.after)
        head.addWidget(self.name, 1)
        head.addWidget(self.tokens.tabs)
        left = QVBoxLayout()
        left.setSpacing(space[1])
        left.addWidget(self.facts)
        left.addWidget(self.trouble)
        left.addWidget(self.pixels, 1)
        left.addStretch(0)
        body = QHBoxLayout()
        body.setSpacing(space[2])
        body.addLayout(left, 2)
        body.addWidget(self.tokens, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space[1])
        column.addLayout(head)
        column.addLayout(body, 1)

    def show_examples(self, examples: Sequence[SeenExample], most_tokens: int) -> None:
        """The first of them comes to front."""
        self._examples, self._most_tokens, self.at = tuple(examples), most_tokens, 0
        self._show()

    def step(self, by: int) -> None:
        """To another example; it stays at the ends."""
        at = min(max(self.at + by, 0), len(self._examples) - 1)
        if self._examples and at != self.at:
            self.at = at
            self._show()
            announce(self, f"{self.name.text()}. {self.facts.text()} {self.trouble.text()}")

    def _show(self) -> None:
        count = len(self._examples)
        example = self._examples[self.at] if count else None
        for button, there in ((self.before, self.at > 0), (self.after, self.at < count - 1)):
            if button.hasFocus() and not there:
                self.pixels.setFocus()
            button.setEnabled(there)
        self.tokens.show_example(example)
        if example is None:
            return
        self.name.setText(
            fill(strings.EXAMPLE_OF, number=self.at + 1, count=count, name=example.name)
        )
        self.pixels.show_image(example.image, example.name)
        facts, trouble = facts_of(example, self._most_tokens)
        self.facts.setText("\n".join(facts))
        self.trouble.setText("\n".join(trouble))
        self.trouble.setVisible(bool(trouble))


def facts_of(example: SeenExample, most_tokens: int) -> tuple[list[str], list[str]]:
    """What is to be known of an example in figures, and what of it is wrong."""
    size = example.image.size()
    facts = [fill(strings.PIXELS_SIZE, width=size.width(), height=size.height())]
    trouble = []
    if example.places != example.features:
        trouble.append(
            fill(strings.IMAGE_TOKENS_DIFFER, features=example.features, places=example.places)
        )
    elif example.features:
        facts.append(fill(strings.IMAGE_TOKENS, features=example.features))
    else:
        facts.append(strings.IMAGE_APART)
    count = sum(not one.is_image for one in example.tokens)
    facts.append(fill(strings.LENGTH, count=count, learned=example.learned))
    if most_tokens and example.length:
        over = example.length > most_tokens
        form = strings.LENGTH_OVER if over else strings.LENGTH_LIMIT
        (trouble if over else facts).append(fill(form, count=example.length, most=most_tokens))
    return facts, trouble


def _step_button(sign: str, words: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setIcon(icon(sign))
    button.setAccessibleName(words)
    button.setToolTip(words)
    return button
