"""The fourth step: runs, what they say, and what came of them."""

from vlm_desktop.gui.panes.train.step_page import StepPage


class RunPage(StepPage):
    """See the module."""
