"""Languages by their tags: their own names, and a box to choose or type one in."""

from collections.abc import Iterable

from PySide6.QtCore import QLocale, QRegularExpression
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QComboBox, QWidget

_OFFERED = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "fi", "uk", "tr", "ar",
    "he", "fa", "hi", "ja", "ko", "zh",
)  # fmt: skip
_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"


def language_name(tag: str) -> str:
    """What speakers call a language, and its tag: "Deutsch (de)"; the tag alone if unknown."""
    locale = QLocale(tag.replace("-", "_"))
    own = locale.nativeLanguageName() if locale.language() != QLocale.Language.C else ""
    if not own:
        return tag
    return f"{own[:1].upper()}{own[1:]} ({tag})"


class LanguageBox(QComboBox):
    """Offers common languages; the tag of any other can be typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for tag in _OFFERED:
            self.addItem(language_name(tag), tag)
        line = self.lineEdit()
        names = "|".join(QRegularExpression.escape(self.itemText(i)) for i in range(self.count()))
        line.setValidator(QRegularExpressionValidator(QRegularExpression(f"{names}|{_TAG}"), self))

    @property
    def tag(self) -> str:
        """The tag that is chosen or typed; "" while what is typed is none."""
        text = self.currentText().strip()
        at = self.findText(text)
        if at >= 0:
            return str(self.itemData(at))
        match = QRegularExpression(f"^{_TAG}$").match(text)
        return text if match.hasMatch() else ""

    def choose(self, tag: str) -> None:
        at = self.findData(tag)
        if at >= 0:
            self.setCurrentIndex(at)
        else:
            self.setEditText(tag)


def tags_first(tags: Iterable[str], first: str) -> tuple[str, ...]:
    """Each tag once, `first` in front."""
    return tuple(dict.fromkeys((first, *tags)))
