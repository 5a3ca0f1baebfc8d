"""What a model is to say of pictures that come without a text: asked once for all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QButtonGroup, QLabel, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from vlm_desktop.base.language import fill
from vlm_desktop.base.trainingdata import PhotoText, PhotoTextCount
from vlm_desktop.gui.panes.alttext.languages import language_name
from vlm_desktop.gui.strings import train_data as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog
from vlm_desktop.gui.widgets.typing_undo import TypingLine


@dataclass(frozen=True, slots=True)
class PhotosWish:
    """A text for all, a label for all, or a text of their own (an approved one of a language)."""

    text: str = ""
    label: str = ""
    own: PhotoText | None = None
    language: str = ""


class PhotosDialog(PlainDialog):
    """Main thread. Texts of their own are offered first, the commonest chosen."""

    def __init__(
        self,
        hint: str,
        total: int,
        own: Sequence[PhotoTextCount],
        take: Callable[[PhotosWish], object],
        parent: QWidget,
        *,
        beside: bool = False,
    ) -> None:
        """`beside`: pictures may have a .txt each, which goes before what is said here."""
        super().__init__(strings.PHOTOS_TITLE, hint, parent)
        self._take = take
        self.own = tuple(own)
        self.group = QButtonGroup(self)
        several = len({one.language for one in own if one.own is PhotoText.APPROVED}) > 1
        column = QVBoxLayout()
        column.setSpacing(measures().space[1])
        for number, one in enumerate(self.own):
            column.addWidget(self._choice(number, own_words(one, total, several)))
        self.label = self._line(strings.PHOTOS_LABEL_NAME, strings.PHOTOS_LABEL_HINT)
        self.text = self._line(strings.PHOTOS_TEXT_NAME, strings.PHOTOS_TEXT_HINT)
        for number, words, line in (
            (len(self.own), strings.PHOTOS_LABEL, self.label),
            (len(self.own) + 1, strings.PHOTOS_TEXT, self.text),
        ):
            button = self._choice(number, words)
            button.toggled.connect(line.setEnabled)
            column.addWidget(button)
            column.addWidget(line)
        note = QLabel(strings.PHOTOS_BESIDE, self)
        note.setObjectName("hint")
        note.setWordWrap(True)
        note.setVisible(beside)
        self._may_be_bare = beside
        self.lay_out((column, note), strings.PHOTOS_GO, self.take)
        self.group.button(0).setChecked(True)
        self.label.setEnabled(not self.own)
        self.text.setEnabled(False)
        self.group.idToggled.connect(lambda *_: self._refresh())
        for line in (self.label, self.text):
            line.textChanged.connect(lambda _: self._refresh())
        self._refresh()
        TallEnough(self, measures().tile * 2 + measures().space[5])
        (self.group.button(0) if self.own else self.label).setFocus()

    def _choice(self, number: int, words: str) -> QRadioButton:
        button = QRadioButton(words, self)
        self.group.addButton(button, number)
        return button

    def _line(self, name: str, hint: str) -> QLineEdit:
        line = TypingLine(self)
        line.setAccessibleName(name)
        line.setPlaceholderText(hint)
        return line

    @property
    def wish(self) -> PhotosWish:
        chosen = self.group.checkedId()
        if chosen < len(self.own):
            one = self.own[chosen]
            return PhotosWish(own=one.own, language=one.language)
        if chosen == len(self.own):
            return PhotosWish(label=self.label.text().strip())
        return PhotosWish(text=self.text.text().strip())

    def _refresh(self) -> None:
        wish = self.wish
        self.go.setEnabled(self._may_be_bare or bool(wish.text or wish.label or wish.own))

    def take(self) -> None:
        wish = self.wish
        self.accept()
        self._take(wish)


def hint_for(count: int) -> str:
    """The question about so many pictures."""
    return strings.counted(strings.PHOTOS_HINT_ONE, strings.PHOTOS_HINT, count)


def own_words(one: PhotoTextCount, total: int, several: bool) -> str:
    """ "Its caption: 8 of 20 have one" """
    text = strings.PHOTOS_OWN_TEXTS[one.own]
    if several and one.language:
        text = fill(strings.PHOTOS_OWN_LANGUAGE, text=text, language=language_name(one.language))
    return fill(strings.PHOTOS_OWN, text=text, count=one.count, total=total)
