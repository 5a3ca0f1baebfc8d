"""The shelf of adapters: what was taught, worn, compared, merged and handed on."""

from vlm_desktop.gui.panes.train.step_page import StepPage


class AdaptersPage(StepPage):
    """See the module."""
