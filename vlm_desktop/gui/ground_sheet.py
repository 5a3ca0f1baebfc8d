"""The stylesheet of the Ground pane; see `stylesheets` for the rest."""

from vlm_desktop.gui.tokens import Colours, Measures


def ground_sheet(chosen: Colours, size: Measures) -> str:
    """Tools and the column beside the picture are sunken; chips have the colour of their state."""
    tiny, small = size.space[0], size.space[1]
    line = f"{size.hairline}px solid {chosen.hairline}"
    chip = f"border: {size.hairline}px solid {chosen.hairline}; border-radius: {size.radius}px;"
    tones = "".join(
        f"""
    QLabel#stateChip[tone="{tone}"] {{ color: {colour}; border-color: {colour}; }}"""
        for tone, colour in (
            ("good", chosen.good), ("careful", chosen.careful), ("bad", chosen.bad)
        )
    )  # fmt: skip
    return f"""
    QFrame#groundTools {{ border: none; border-right: {line}; background: {chosen.sunken}; }}
    QFrame#groundSide {{ border: none; background: {chosen.sunken}; }}
    QToolButton#sideTab {{ color: {chosen.text_muted}; border-radius: 0;
        border: {size.focus_ring}px solid transparent; padding: {tiny}px; }}
    QToolButton#sideTab:hover {{ color: {chosen.text}; background: transparent; }}
    QToolButton#sideTab:checked {{ color: {chosen.text}; background: transparent;
        border-bottom-color: {chosen.accent}; }}
    QToolButton#sideTab:focus {{ border: {size.focus_ring}px solid {chosen.accent};
        border-radius: {size.radius}px; }}
    QFrame#phraseBar, QFrame#groundStrip {{ border: none; border-bottom: {line}; }}
    QFrame#draftBar {{ border: none; border-top: {line}; background: {chosen.sunken}; }}
    QFrame#answerRow {{ border: none; }}
    QLabel#stateChip {{ {chip} background: {chosen.raised}; color: {chosen.text_muted}; }}
    QLabel#stateChip[verdict="true"] {{ font-weight: 600; }}{tones}
    QFrame#answerRow QToolButton#chipBody {{ background: {chosen.accent_soft};
        padding: {tiny // 2}px {small}px; }}
    """
