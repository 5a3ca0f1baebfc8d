"""The stylesheet of the application, part by part, made from measures and colours."""

from vlm_desktop.base.paths import bundled
from vlm_desktop.gui.alttext_sheet import alttext_sheet
from vlm_desktop.gui.chat_sheet import chat_sheet
from vlm_desktop.gui.documents_sheet import documents_sheet
from vlm_desktop.gui.ground_sheet import ground_sheet
from vlm_desktop.gui.tokens import Colours, Measures, is_dark
from vlm_desktop.gui.train_sheet import train_sheet


def whole_sheet(chosen: Colours, size: Measures) -> str:
    """For every widget of the window."""
    icons = (bundled("resources") / "icons").as_posix()
    shade = "dark" if is_dark(chosen) else "light"
    return (
        frame_sheet(chosen, size)
        + _menus(chosen, size)
        + _inputs(chosen, size)
        + _controls(chosen, size, f"{icons}/check-{shade}.svg")
        + _surroundings(chosen, size)
        + _cards(chosen, size)
        + _query(chosen, size)
        + _details(chosen, size)
        + _arrows(size, icons, shade)
        + chat_sheet(chosen, size)
        + alttext_sheet(chosen, size)
        + documents_sheet(chosen, size)
        + ground_sheet(chosen, size)
        + train_sheet(chosen, size)
    )


def _controls(chosen: Colours, size: Measures, check: str) -> str:
    """Query line, buttons and check box, each with its focus ring."""
    tiny, small, middle, large = size.space[0], size.space[1], size.space[2], size.space[3]
    button = f"padding: {small - 2}px {large}px; border-radius: {size.radius}px;"
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    return f"""
    QLineEdit#query {{
        font-size: {size.type_large}px; padding: {small}px {middle}px;
        border: {size.hairline}px solid {chosen.hairline}; border-radius: {size.radius}px;
        background: {chosen.raised}; selection-background-color: {chosen.accent};
    }}
    QLineEdit#query:focus {{ {ring} padding: {small - 1}px {middle - 1}px; }}
    QPushButton {{
        {button} border: {size.hairline}px solid {chosen.hairline}; background: {chosen.raised};
    }}
    QPushButton:hover {{ background: {chosen.sunken}; }}
    QPushButton:pressed {{ background: {chosen.accent_soft}; }}
    QPushButton:focus {{ {ring} padding: {small - 3}px {large - 1}px; }}
    QPushButton:disabled {{ color: {chosen.disabled}; }}
    QPushButton#primary {{
        background: {chosen.accent}; color: {chosen.accent_text}; border-color: {chosen.accent};
    }}
    QPushButton#primary:focus {{ border: {size.focus_ring}px solid {chosen.text}; }}
    QPushButton#quiet {{
        border-color: transparent; background: transparent; padding: {tiny}px {small}px;
    }}
    QPushButton#quiet:hover {{ background: {chosen.sunken}; }}
    QPushButton#quiet:focus {{ {ring} padding: {tiny - 1}px {small - 1}px; }}
    QCheckBox {{ spacing: {small}px; padding: {tiny}px; border-radius: {tiny}px;
        border: {size.focus_ring}px solid transparent; }}
    QCheckBox:focus {{ {ring} }}
    QRadioButton {{ spacing: {small}px; padding: {tiny // 2}px {tiny}px; border-radius: {tiny}px;
        border: {size.focus_ring}px solid transparent; }}
    QRadioButton:focus {{ {ring} }}
    QRadioButton::indicator {{
        width: {size.space[2]}px; height: {size.space[2]}px; border-radius: {small - 1}px;
        border: {size.hairline}px solid {chosen.text_muted}; background: {chosen.raised};
    }}
    QRadioButton::indicator:checked {{ border: {tiny}px solid {chosen.accent};
        width: {size.radius}px; height: {size.radius}px; }}
    QRadioButton::indicator:disabled {{ border-color: {chosen.disabled}; }}
    QCheckBox::indicator, QTreeView::indicator, QListView::indicator, QTableView::indicator {{
        width: {size.space[3]}px; height: {size.space[3]}px; border-radius: {tiny}px;
        border: {size.hairline}px solid {chosen.text_muted}; background: {chosen.raised};
    }}
    QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked,
    QTableView::indicator:checked {{
        background: {chosen.accent}; border-color: {chosen.accent}; image: url("{check}");
    }}
    """


def _inputs(chosen: Colours, size: Measures) -> str:
    """Lines, boxes, lists and tables to type and choose in.

    A box to choose from has the same padding with and without focus: Qt measures the list that
    folds out by the one and shows it by the other, and would cut its last row.
    """
    tiny, small = size.space[0], size.space[1]
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    edge = f"border: {size.hairline}px solid {chosen.hairline};"
    return f"""
    QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit {{
        {edge} border-radius: {size.radius}px; padding: {tiny}px {small}px;
        background: {chosen.raised}; selection-background-color: {chosen.accent};
        selection-color: {chosen.accent_text};
    }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus,
    QDoubleSpinBox:focus, QComboBox:focus, QDateEdit:focus {{
        {ring} padding: {tiny - 1}px {small - 1}px;
    }}
    QComboBox {{
        margin: {size.focus_ring - size.hairline}px; padding: {tiny - 1}px {small - 1}px;
    }}
    QComboBox:focus {{ margin: 0; }}
    QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled {{ color: {chosen.disabled}; }}
    QListView, QTreeView, QTableView {{
        {edge} border-radius: {size.radius}px; background: {chosen.raised}; outline: none;
    }}
    QListView:focus, QTreeView:focus, QTableView:focus {{ {ring} }}
    QListView::item, QTreeView::item {{ padding: {tiny}px {small}px; border-radius: {tiny}px; }}
    QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {{
        background: {chosen.accent_soft}; color: {chosen.text};
    }}
    QHeaderView::section {{
        background: {chosen.ground}; color: {chosen.text_muted}; border: none;
        border-bottom: {size.hairline}px solid {chosen.hairline}; padding: {tiny}px {small}px;
    }}
    """


def _arrows(size: Measures, icons: str, shade: str) -> str:
    """The arrows of lists that fold out and of numbers, drawn by us since the edges are."""
    width = size.space[4]
    return f"""
    QComboBox::drop-down {{ border: none; width: {width}px; }}
    QComboBox::down-arrow {{ image: url("{icons}/arrow-down-{shade}.svg");
        width: {size.space[3]}px; height: {size.space[3]}px; }}
    QSpinBox, QDoubleSpinBox {{ padding-right: {width}px; }}
    QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
    QDoubleSpinBox::down-button {{ border: none; background: transparent; width: {width}px; }}
    QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{
        image: url("{icons}/arrow-up-{shade}.svg"); width: {size.space[2]}px;
        height: {size.space[2]}px; }}
    QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{
        image: url("{icons}/arrow-down-{shade}.svg"); width: {size.space[2]}px;
        height: {size.space[2]}px; }}
    QAbstractSpinBox QLineEdit {{ border: none; padding: 0 {size.space[1] - 2}px;
        background: transparent; }}
    """


def frame_sheet(chosen: Colours, size: Measures) -> str:
    """What the first paint shows: rail, menu bar, status bar."""
    tiny, small = size.space[0], size.space[1]
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    return f"""
    QFrame#rail {{ border: none;
        background: {chosen.sunken}; border-right: {size.hairline}px solid {chosen.hairline};
    }}
    QToolButton#railButton {{
        border: {size.focus_ring}px solid transparent; border-radius: {size.radius}px;
        padding: {small}px {tiny // 2}px; font-size: {size.type_small}px; background: transparent;
        color: {chosen.text_muted}; qproperty-toolButtonStyle: ToolButtonTextUnderIcon;
    }}
    QToolButton#railButton:hover {{ background: {chosen.hairline}; color: {chosen.text}; }}
    QToolButton#railButton:checked {{ background: {chosen.accent_soft}; color: {chosen.text}; }}
    QToolButton#railButton:focus {{ {ring} }}
    QMenuBar {{ background: {chosen.ground}; border-bottom: {size.hairline}px solid
        {chosen.hairline}; }}
    QMenuBar::item {{ padding: {tiny}px {small}px; border-radius: {tiny}px; }}
    QMenuBar::item:selected {{ background: {chosen.accent_soft}; color: {chosen.text}; }}
    QStatusBar {{ border-top: {size.hairline}px solid {chosen.hairline}; }}
    QStatusBar::item {{ border: none; }}
    """


def _menus(chosen: Colours, size: Measures) -> str:
    """Menus, tool buttons and what divides panes."""
    tiny, small = size.space[0], size.space[1]
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    return f"""
    QMenu {{ background: {chosen.raised}; border: {size.hairline}px solid {chosen.hairline};
        padding: {tiny}px; }}
    QMenu::item {{ padding: {tiny}px {size.space[4]}px; border-radius: {tiny}px; }}
    QMenu::item:selected {{ background: {chosen.accent_soft}; color: {chosen.text}; }}
    QMenu::item:disabled {{ color: {chosen.disabled}; }}
    QMenu::separator {{ height: {size.hairline}px; background: {chosen.hairline};
        margin: {tiny}px {small}px; }}
    QToolButton {{ border: {size.focus_ring}px solid transparent; border-radius: {size.radius}px;
        padding: {tiny}px; background: transparent; }}
    QToolButton:hover {{ background: {chosen.sunken}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {chosen.accent_soft}; }}
    QToolButton:focus {{ {ring} }}
    QSplitter::handle {{ background: {chosen.hairline}; }}
    QSplitter::handle:horizontal {{ width: {size.hairline}px; }}
    QLabel#network {{ color: {chosen.text_muted}; font-size: {size.type_small}px; }}
    """


def _details(chosen: Colours, size: Measures) -> str:
    """The details panel and what an open photo says."""
    tiny, small = size.space[0], size.space[1]
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    return f"""
    QLabel#fact {{ color: {chosen.text_muted}; }}
    QLabel#photoMessage {{
        background: {chosen.raised}; border: {size.hairline}px solid {chosen.hairline};
        border-radius: {size.card_radius}px; padding: {small}px {size.space[3]}px;
    }}
    QToolButton#star {{ padding: {tiny // 2}px; }}
    QToolButton#section {{
        font-weight: 600; border-radius: {size.radius}px; padding: {tiny}px;
        border: {size.focus_ring}px solid transparent; background: transparent;
    }}
    QToolButton#section:checked {{ background: transparent; }}
    QToolButton#section:hover {{ background: {chosen.sunken}; }}
    QToolButton#section:focus {{ {ring} }}
    QToolButton#keyword, QLabel#tag {{
        background: {chosen.accent_soft}; color: {chosen.text};
        border: {size.focus_ring}px solid {chosen.accent_soft};
        border-radius: {size.radius}px; padding: 0 {tiny}px;
    }}
    QToolButton#keyword:hover {{ background: {chosen.sunken}; }}
    QToolButton#keyword[partial="true"] {{ background: transparent; color: {chosen.text_muted}; }}
    QToolButton#keyword:focus {{ {ring} }}
    QToolButton#place {{ padding-left: 0; }}
    QToolButton#picture {{ padding: 0; border-radius: {small}px; }}
    """


def _surroundings(chosen: Colours, size: Measures) -> str:
    """Labels, the grid, scroll bar, status bar and tooltips."""
    tiny, small, middle = size.space[0], size.space[1], size.space[2]
    return f"""
    QLabel#verdict {{ font-size: {size.type_body}px; color: {chosen.text_muted}; }}
    QLabel#title {{ font-size: {size.type_title}px; font-weight: 600; }}
    QLabel#sentence {{ font-size: {size.type_large}px; color: {chosen.text_muted}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QInputDialog QLineEdit {{ min-width: {10 * size.space[5]}px; }}
    QListView#hits {{ border: none; background: {chosen.ground}; outline: none; }}
    QScrollBar:vertical {{ width: {middle}px; background: transparent; margin: 0; }}
    QScrollBar::handle:vertical {{
        background: {chosen.disabled}; border-radius: {tiny}px; min-height: {size.space[5]}px;
        margin: 0 {tiny // 2}px;
    }}
    QScrollBar::handle:vertical:hover {{ background: {chosen.text_muted}; }}
    QScrollBar::handle:vertical:disabled {{ background: transparent; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
    QScrollBar:horizontal {{ height: {middle}px; background: transparent; margin: 0; }}
    QScrollBar::handle:horizontal {{
        background: {chosen.disabled}; border-radius: {tiny}px; min-width: {size.space[5]}px;
        margin: {tiny // 2}px 0;
    }}
    QScrollBar::handle:horizontal:hover {{ background: {chosen.text_muted}; }}
    QScrollBar::handle:horizontal:disabled {{ background: transparent; }}
    QScrollBar::add-line:horizontal, QScrollBar::sub-line:horizontal {{ width: 0; }}
    QScrollBar::add-page:horizontal, QScrollBar::sub-page:horizontal {{ background: transparent; }}
    QProgressBar {{
        border: none; border-radius: {tiny}px; background: {chosen.hairline};
        max-height: {small}px;
    }}
    QProgressBar::chunk {{ background: {chosen.accent}; border-radius: {tiny}px; }}
    QToolTip {{
        border: {size.hairline}px solid {chosen.hairline}; padding: {tiny}px;
        background: {chosen.raised}; color: {chosen.text};
    }}
    """


def _query(chosen: Colours, size: Measures) -> str:
    """Chips of the query bar, popovers, sliders."""
    tiny, small = size.space[0], size.space[1]
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    return f"""
    QFrame#chip {{ border-radius: {size.radius}px; background: {chosen.accent_soft}; }}
    QToolButton#chipBody {{ padding: {tiny // 2}px {small}px; color: {chosen.text}; }}
    QToolButton#chipBody:hover, QToolButton#chipCross:hover {{ background: {chosen.hairline}; }}
    QToolButton#chipCross {{ padding: {tiny // 2}px; margin-right: {tiny // 2}px; }}
    QToolButton#chipBody:focus {{ {ring} }}
    QFrame#popover {{ background: {chosen.raised};
        border: {size.hairline}px solid {chosen.hairline}; border-radius: {size.card_radius}px;
    }}
    QPushButton#primary:disabled {{ background: {chosen.sunken}; color: {chosen.disabled};
        border-color: {chosen.hairline}; }}
    QSlider {{ border: {size.focus_ring}px solid transparent; border-radius: {tiny}px; }}
    QSlider:focus {{ {ring} }}
    """


def _cards(chosen: Colours, size: Measures) -> str:
    """Cards in a list, and words that are quiet, good, careful or bad news."""
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    return f"""
    QGroupBox#card {{
        border: {size.hairline}px solid {chosen.hairline}; border-radius: {size.card_radius}px;
        background: {chosen.raised}; margin: 0; padding: {size.focus_ring - size.hairline}px;
    }}
    QGroupBox#card:focus {{ {ring} padding: 0; }}
    QLabel#cardTitle {{ font-size: {size.type_large}px; font-weight: 600; }}
    QLabel#section {{ font-size: {size.type_body}px; font-weight: 600;
        color: {chosen.text_muted}; padding-top: {size.space[1]}px; qproperty-indent: 0; }}
    QLabel#muted {{ color: {chosen.text_muted}; }}
    QLabel#hint {{ color: {chosen.text_muted}; font-size: {size.type_small}px; }}
    QLabel#heading {{ font-size: {size.type_large}px; font-weight: 600; }}
    QListView#sections {{ border: none; background: transparent; }}
    QListView#sections::item {{ border: {size.focus_ring}px solid transparent; }}
    QListView#sections::item:focus {{ border-color: {chosen.accent}; }}
    QTableWidget#facts QHeaderView::section {{ border: none; background: {chosen.raised}; }}
    QLabel#good {{ color: {chosen.good}; }}
    QLabel#careful {{ color: {chosen.careful}; }}
    QLabel#bad {{ color: {chosen.bad}; }}
    QScrollArea#plain, QScrollArea#plain > QWidget > QWidget {{ border: none;
        background: transparent; }}
    """
