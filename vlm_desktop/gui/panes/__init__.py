"""The panes of the window, in the order of the rail. None is imported before it is shown."""

from typing import NamedTuple


class PaneSpec(NamedTuple):
    """A pane before it is built.

    `word` names the constant in `strings.shell` with its word on the rail; `target` is the class
    as "module:Class", so that an unused pane is never imported.
    """

    key: str
    word: str
    icon: str
    shortcut: str
    target: str
    at_bottom: bool = False


PANES: tuple[PaneSpec, ...] = (
    PaneSpec(
        "search",
        "PANE_SEARCH",
        "search",
        "Ctrl+1",
        "vlm_desktop.gui.panes.search.search_pane:SearchPane",
    ),
    PaneSpec(
        "chat",
        "PANE_CHAT",
        "chat",
        "Ctrl+2",
        "vlm_desktop.gui.panes.chat.chat_pane:ChatPane",
    ),
    PaneSpec(
        "alttext",
        "PANE_ALTTEXT",
        "alttext",
        "Ctrl+3",
        "vlm_desktop.gui.panes.alttext.alttext_pane:AltTextPane",
    ),
    PaneSpec(
        "documents",
        "PANE_DOCUMENTS",
        "documents",
        "Ctrl+4",
        "vlm_desktop.gui.panes.documents.documents_pane:DocumentsPane",
    ),
    PaneSpec(
        "ground",
        "PANE_GROUND",
        "ground",
        "Ctrl+5",
        "vlm_desktop.gui.panes.ground.ground_pane:GroundPane",
    ),
    PaneSpec(
        "train",
        "PANE_TRAIN",
        "train",
        "Ctrl+6",
        "vlm_desktop.gui.panes.train.train_pane:TrainPane",
    ),
    PaneSpec(
        "library",
        "PANE_LIBRARY",
        "library",
        "Ctrl+7",
        "vlm_desktop.gui.panes.library.library_pane:LibraryPane",
    ),
    PaneSpec(
        "models",
        "PANE_MODELS",
        "models",
        "Ctrl+8",
        "vlm_desktop.gui.panes.models.models_pane:ModelsPane",
    ),
    PaneSpec(
        "settings",
        "PANE_SETTINGS",
        "settings",
        "Ctrl+,",
        "vlm_desktop.gui.panes.settings.settings_pane:SettingsPane",
        at_bottom=True,
    ),
)
