"""The second step: what the doctor says of the data, and what the model would be shown."""

from vlm_desktop.gui.panes.train.step_page import StepPage


class CheckPage(StepPage):
    """See the module."""
