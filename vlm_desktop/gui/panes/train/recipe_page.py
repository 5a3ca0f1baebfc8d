"""The third step: what is taught, and how."""

from vlm_desktop.gui.panes.train.step_page import StepPage


class RecipePage(StepPage):
    """See the module."""
