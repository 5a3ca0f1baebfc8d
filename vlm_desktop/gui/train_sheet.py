"""The stylesheet of the Train pane; see `stylesheets` for the rest."""

from vlm_desktop.gui.tokens import Colours, Measures


def train_sheet(chosen: Colours, size: Measures) -> str:
    """The path is a sunken line above its steps."""
    line = f"{size.hairline}px solid {chosen.hairline}"
    return f"""
    QFrame#trainSteps {{ border: none; border-bottom: {line}; background: {chosen.sunken}; }}
    """
