"""Qt's own words, in file dialogs and menus of text fields, in the window's language."""

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from vlm_desktop.base import language


def speak(application: QApplication) -> None:
    """Numbers, dates and Qt's own words as in `base.language`, which the system's need not be."""
    QLocale.setDefault(QLocale(language.current()))
    if language.current() == language.ENGLISH:
        return
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{language.current()}", folder):
        application.installTranslator(translator)
