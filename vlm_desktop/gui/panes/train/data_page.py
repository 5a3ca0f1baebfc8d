"""The first step: data sets, where examples come from, and what is in them."""

from collections.abc import Sequence
from pathlib import Path

from vlm_desktop.gui.panes.train.step_page import StepPage


class DataPage(StepPage):
    """See the module."""

    def take_photos(self, content_ids: tuple[int, ...]) -> None:
        """Photos of the library are to become examples."""

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Files or folders are to become examples."""
