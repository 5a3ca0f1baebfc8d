"""The stylesheet of the Chat pane; see `stylesheets` for the rest."""

from vlm_desktop.gui.tokens import Colours, Measures


def chat_sheet(chosen: Colours, size: Measures) -> str:
    """Answers lie on the ground, questions in a tinted card; only what floats has an edge."""
    tiny, small, middle = size.space[0], size.space[1], size.space[2]
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    none = f"border: {size.focus_ring}px solid transparent;"
    bare = "border: none; background: transparent; padding: 0;"
    line = f"{size.hairline}px solid {chosen.hairline}"
    return f"""
    QFrame#conversations {{ background: {chosen.sunken}; border: none; }}
    QFrame#options {{ background: {chosen.sunken}; border: none; }}
    QFrame#options QCheckBox {{ padding-left: 0; margin-left: -{size.focus_ring}px; }}
    QFrame#options QPushButton#quiet {{ margin-left: -{small + size.hairline}px; }}
    QListView#conversationList {{ {bare} outline: none; }}
    QFrame#chatHead {{ border: none; border-bottom: {line}; }}
    QFrame#pictureStrip {{ border: none; border-bottom: {line}; }}
    QFrame#seen {{ border: none; border-bottom: {line}; background: {chosen.sunken}; }}
    QFrame#question {{ {none} border-radius: {size.card_radius}px;
        background: {chosen.accent_soft}; }}
    QFrame#answer {{ {none} border-radius: {size.card_radius}px; background: transparent; }}
    QFrame#question:focus, QFrame#answer:focus {{ {ring} }}
    QTextBrowser#words, QTextBrowser#words:focus {{ {bare} border-radius: 0; }}
    QFrame#code {{ border: {line}; border-radius: {size.radius}px; background: {chosen.sunken}; }}
    QPlainTextEdit#codeLines, QPlainTextEdit#codeLines:focus {{ {bare} border-radius: 0; }}
    QFrame#doubt {{ border: {line}; border-radius: {size.radius}px; background: {chosen.raised}; }}
    QLabel#doubtName {{ font-weight: 600; }}
    QLabel#letter {{ background: {chosen.accent}; color: {chosen.accent_text};
        border-radius: {tiny}px; padding: 0 {tiny}px; font-size: {size.type_small}px;
        font-weight: 600; qproperty-indent: 0; }}
    QLabel#seenTile {{ border: {line}; }}
    QFrame#composer {{ border: {size.focus_ring}px solid {chosen.hairline};
        border-radius: {size.card_radius}px; background: {chosen.raised}; }}
    QFrame#composer[active="true"] {{ border-color: {chosen.accent}; }}
    QPlainTextEdit#questionLine, QPlainTextEdit#questionLine:focus {{ {bare}
        font-size: {size.type_body}px; padding: 0 {tiny}px; }}
    QToolButton#composerTool {{ padding: 0; }}
    QToolButton#composerTool::menu-indicator, QToolButton#headTool::menu-indicator {{
        image: none; }}
    QTableView#batch::item {{ padding: {tiny}px {small}px; }}
    QToolButton#stripPicture {{ padding: {tiny // 2}px; font-size: {size.type_small}px;
        font-weight: 600; }}
    QSlider#measured::groove:horizontal {{ height: {tiny}px; border-radius: {tiny // 2}px;
        background: {chosen.disabled}; }}
    QSlider#measured::handle:horizontal {{ width: {middle}px; height: {middle}px;
        margin: -{tiny}px 0; border-radius: {middle // 2}px; background: {chosen.accent}; }}
    QTabWidget::pane {{ border: none; border-top: {line}; }}
    QTabBar::tab {{ background: transparent; color: {chosen.text_muted};
        padding: {tiny}px {middle}px; border: none;
        border-bottom: {size.focus_ring}px solid transparent; }}
    QTabBar::tab:selected {{ color: {chosen.text}; border-bottom-color: {chosen.accent}; }}
    QTabBar::tab:hover {{ color: {chosen.text}; }}
    QTabBar:focus {{ background: {chosen.accent_soft}; }}
    QPushButton#example {{ text-align: left; padding: {small}px {middle}px; }}
    QPushButton#example:focus {{ padding: {small - 1}px {middle - 1}px; }}
    """
