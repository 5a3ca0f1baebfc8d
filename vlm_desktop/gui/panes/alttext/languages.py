"""Languages by their tags: their own names, and a box to choose or type one in."""

from collections.abc import Iterable

from PySide6.QtCore import QLocale, QRegularExpression
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QComboBox, QWidget

_OFFERED = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano",
    "pt": "Português", "nl": "Nederlands", "pl": "Polski", "cs": "Čeština", "sv": "Svenska",
    "da": "Dansk", "fi": "Suomi", "uk": "Українська", "tr": "Türkçe", "ar": "العربية",
    "he": "עברית", "fa": "فارسی", "hi": "हिन्दी", "ja": "日本語", "ko": "한국어", "zh": "中文",
}  # fmt: skip
"""What their speakers call them, in every language of the window."""
_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"


def language_name(tag: str) -> str:
    """What speakers call a language, and its tag: "Deutsch (de)"; the tag alone if unknown."""
    own = _OFFERED.get(tag, "")
    if not own:
        locale = QLocale(tag.replace("-", "_"))
        own = locale.nativeLanguageName() if locale.language() != QLocale.Language.C else ""
    return f"{own[:1].upper()}{own[1:]} ({tag})" if own else tag


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
