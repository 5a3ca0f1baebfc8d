"""The stylesheet of the Alt text pane; see `stylesheets` for the rest."""

from vlm_desktop.gui.tokens import Colours, Measures


def alttext_sheet(chosen: Colours, size: Measures) -> str:
    """Queue and state line are sunken; a locked text lies on the ground, not in a field."""
    tiny, small = size.space[0], size.space[1]
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    bare = "border: none; background: transparent; padding: 0;"
    line = f"{size.hairline}px solid {chosen.hairline}"
    return f"""
    QFrame#altColumn {{ background: {chosen.sunken}; border: none; }}
    QListView#altQueue {{ {bare} outline: none; }}
    QFrame#altEditor {{ border: none; }}
    QFrame#altState {{ border: none; border-top: {line}; background: {chosen.sunken}; }}
    QLabel#stateWord {{ font-weight: 600; }}
    QFrame#listenBar {{ border: {size.focus_ring}px solid {chosen.ground}; }}
    QFrame#listenBar:focus {{ {ring} }}
    QPlainTextEdit#altText {{ font-size: {size.type_large}px; }}
    QPlainTextEdit#altText[locked="true"] {{ background: {chosen.sunken}; }}
    QToolButton#decision {{ border: {size.hairline}px solid {chosen.hairline};
        border-radius: {size.radius}px; padding: {tiny}px {small}px;
        background: {chosen.raised}; }}
    QToolButton#decision:hover {{ background: {chosen.sunken}; }}
    QToolButton#decision:checked {{ background: {chosen.accent_soft};
        border-color: {chosen.accent}; font-weight: 600; }}
    QToolButton#decision:disabled {{ color: {chosen.disabled}; }}
    QToolButton#decision:focus {{ {ring} padding: {tiny - 1}px {small - 1}px; }}
    """
