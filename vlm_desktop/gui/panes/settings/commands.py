"""The settings' commands in the window's book, so that the palette finds them at any time."""

from importlib import import_module
from typing import TYPE_CHECKING

from vlm_desktop.base.language import fill
from vlm_desktop.base.settings import RULES
from vlm_desktop.gui.strings import settings as strings

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from vlm_desktop.gui.desk import Desk
    from vlm_desktop.gui.panes.settings.settings_pane import SettingsPane

_FORGET = "vlm_desktop.gui.panes.settings.forget"


def add_commands(
    desk: "Desk",
    window: "QWidget",
    pane: "Callable[[], SettingsPane]",
    hidden_pane: "Callable[[], SettingsPane]",
) -> None:
    """`pane` builds the pane where needed, and brings it to front; `hidden_pane` leaves it back."""
    commands: tuple[tuple[str, str, str | None, Callable[[], object]], ...] = (
        ("settings.export", strings.EXPORT_SETTINGS, None, lambda: pane().transfer.export()),
        ("settings.import", strings.IMPORT_SETTINGS, None, lambda: pane().transfer.take_in()),
        ("settings.reset", strings.RESET_SETTINGS, None, lambda: pane().reset_all()),
        ("settings.devices", strings.DEVICES_TRY, None, lambda: pane().go_to("models")),
        ("library.export", strings.EXPORT_LIBRARY, None, lambda: pane().library.export_library()),
        ("library.import", strings.IMPORT_LIBRARY, None, lambda: pane().library.import_library()),
        ("library.rebuild", strings.REBUILD, None, lambda: pane().library.ask_to_rebuild()),
        (
            "library.delete-thumbnails",
            strings.THUMBNAILS_DELETE,
            None,
            lambda: pane().library.delete_thumbnails(),
        ),
        (
            "library.make-thumbnails",
            strings.THUMBNAILS_MAKE,
            None,
            lambda: pane().library.make_thumbnails(),
        ),
        ("library.forget-photos", strings.FORGET_PHOTOS, None,
         lambda: pane().privacy.ask_for_photos()),
        ("library.forget-folder", strings.FORGET_FOLDER, None,
         lambda: pane().privacy.ask_for_folder()),
        (
            "photo.forget",
            strings.FORGET_SELECTED,
            "photo",
            lambda: import_module(_FORGET).forget_selected(desk, window),
        ),
        ("help.report", strings.COPY_REPORT, "help", lambda: pane().about.copy_report()),
        ("help.about", strings.ABOUT, "help", lambda: pane().go_to("about")),
    )  # fmt: skip
    for name, text, menu, act in commands:
        desk.actions.add(name, text, act, menu=menu, last=name == "photo.forget")
    for theme in RULES["theme"].choices:
        desk.actions.add(
            f"view.theme-{theme}",
            fill(strings.USE_THEME, theme=strings.CHOICES[f"theme.{theme}"]),
            lambda chosen=theme: hidden_pane().change("theme", chosen),
        )
