"""The stylesheet of the Train pane; see `stylesheets` for the rest."""

from vlm_desktop.gui.tokens import Colours, Measures


def train_sheet(chosen: Colours, size: Measures) -> str:
    """The path is a sunken line above its steps."""
    line = f"{size.hairline}px solid {chosen.hairline}"
    return f"""
    QFrame#trainFoot {{ border: none; border-top: {line}; background: {chosen.sunken}; }}
    QLabel#tokenLearned, QLabel#tokenGiven, QLabel#tokenImage {{
        font-size: {size.type_small}px; padding: 0 {size.space[0]}px; }}
    QLabel#tokenLearned {{ background: {chosen.accent_soft}; font-weight: 600;
        text-decoration: underline; }}
    QLabel#tokenGiven {{ color: {chosen.text_muted}; }}
    QLabel#tokenImage {{ background: {chosen.sunken}; font-style: italic; }}
    QFrame#trainSteps {{ border: none; border-bottom: {line}; background: {chosen.sunken}; }}
    QFrame#trainColumn {{ border: none; background: {chosen.sunken}; }}
    QFrame#trainNotice {{ border: {line}; border-radius: {size.radius}px;
        background: {chosen.raised}; }}
    QListView#trainSets {{ border-color: transparent; background: transparent; }}
    QListView#trainRuns {{ border: none; background: transparent; padding: 0; }}
    QFrame#trainRunHead {{ border: none; }}
    QGraphicsView#trainPlot {{ border: {line}; border-radius: {size.radius}px; }}
    QGraphicsView#trainPlot:focus {{ border: {size.focus_ring}px solid {chosen.accent}; }}
    QListView#adapterList {{ border: none; background: transparent; padding: 0; outline: none; }}
    QFrame#recipeFoot {{ border: none; border-top: {line}; background: {chosen.sunken}; }}
    QFrame#kindCard {{ border: {line}; border-radius: {size.card_radius}px;
        background: {chosen.raised}; margin: {size.focus_ring - size.hairline}px; }}
    QFrame#kindCard[chosen="true"] {{ margin: 0;
        border: {size.focus_ring}px solid {chosen.accent}; }}
    QRadioButton#kindTitle {{ font-size: {size.type_large}px; font-weight: 600; }}
    QLabel#choiceName {{ font-weight: 600; }}
    """
