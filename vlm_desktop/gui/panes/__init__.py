"""The panes of the window, in the order of the rail."""

from vlm_desktop.gui.panes.pane import Pane, PaneSpec

__all__ = ["PANES", "Pane", "PaneSpec"]

PANES: tuple[PaneSpec, ...] = (
    PaneSpec(
        "search",
        "PANE_SEARCH",
        "search",
        "Ctrl+1",
        "vlm_desktop.gui.panes.search.search_pane:SearchPane",
    ),
)
