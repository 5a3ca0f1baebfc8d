"""What goes out of a set, as what, and where to: tables, snippets, WordPress, a report."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QWidget

from vlm_desktop.base.altcoverage import CoverageFormat
from vlm_desktop.base.altpages import AltExportKind
from vlm_desktop.base.language import fill
from vlm_desktop.gui.panes.alttext.languages import language_name
from vlm_desktop.gui.strings import alttext_files as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.dialog_size import TallEnough
from vlm_desktop.gui.widgets.plain_dialog import PlainDialog
from vlm_desktop.gui.widgets.typing_undo import TypingLine

REPORTS = {"report-html": CoverageFormat.HTML, "report-csv": CoverageFormat.CSV}
ENDINGS = {
    AltExportKind.CSV: "csv",
    AltExportKind.JSON: "json",
    AltExportKind.HTML: "html",
    AltExportKind.WORDPRESS: "xml",
    "report-html": "html",
    "report-csv": "csv",
}
_SITE = "http://localhost/wp-content/uploads"


@dataclass(frozen=True, slots=True)
class Wish:
    """`kind` is a kind of export or a key of `REPORTS`; `language` "" is all of them."""

    kind: str
    language: str = ""
    drafts: bool = False
    paths: bool = False
    site: str = _SITE

    @property
    def ending(self) -> str:
        return ENDINGS[self.kind]


class ExportDialog(PlainDialog):
    """Main thread. The file is asked for by whoever takes the wish."""

    def __init__(
        self,
        name: str,
        languages: tuple[str, ...],
        take: Callable[[Wish], object],
        parent: QWidget,
    ) -> None:
        super().__init__(fill(strings.EXPORT_TITLE, name=name), strings.EXPORT_HINT, parent)
        self._take = take
        self.kind = self._box(strings.EXPORT_KIND)
        for key in ENDINGS:
            self.kind.addItem(strings.KINDS[key], str(key))
        self.about = QLabel(self)
        self.about.setObjectName("hint")
        self.about.setWordWrap(True)
        self.language = self._box(strings.EXPORT_LANGUAGE)
        self.language.addItem(strings.EXPORT_ALL_LANGUAGES, "")
        for tag in languages:
            self.language.addItem(language_name(tag), tag)
        self.site: QLineEdit = TypingLine(self)
        self.site.setText(_SITE)
        self.site.setAccessibleName(strings.EXPORT_SITE)
        self.drafts = QCheckBox(strings.EXPORT_DRAFTS, self)
        self.paths = QCheckBox(strings.EXPORT_PATHS, self)
        self.form = QFormLayout()
        self.form.setSpacing(measures().space[1])
        for label, field in (
            (strings.EXPORT_KIND, self.kind),
            ("", self.about),
            (strings.EXPORT_LANGUAGE, self.language),
            (strings.EXPORT_SITE, self.site),
        ):
            self.form.addRow(label, field)
        self.lay_out((self.form, self.drafts, self.paths), strings.EXPORT_GO, self.take)
        self.kind.currentIndexChanged.connect(lambda _: self._show_state())
        self._show_state()
        TallEnough(self, measures().tile * 3)
        self.kind.setFocus()

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    @property
    def wish(self) -> Wish:
        return Wish(
            self.kind.currentData(),
            self.language.currentData(),
            self.drafts.isChecked(),
            self.paths.isChecked(),
            self.site.text().strip() or _SITE,
        )

    def choose(self, kind: str) -> None:
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))

    def _show_state(self) -> None:
        """Only what matters for the kind is there to be chosen."""
        kind = self.kind.currentData()
        hint = next(words for key, words in strings.KIND_HINTS.items() if str(key) == kind)
        self.about.setText(hint)
        self.kind.setAccessibleDescription(hint)
        report = kind in REPORTS
        self.form.setRowVisible(self.language, not report)
        self.form.setRowVisible(self.site, kind == AltExportKind.WORDPRESS.value)
        self.drafts.setVisible(not report)
        tables = (AltExportKind.CSV.value, AltExportKind.JSON.value)
        self.paths.setVisible(kind in tables)

    def take(self) -> None:
        self._take(self.wish)
        self.accept()
