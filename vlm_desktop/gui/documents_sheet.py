"""The stylesheet of the Documents pane; see `stylesheets` for the rest."""

from vlm_desktop.gui.tokens import Colours, Measures


def documents_sheet(chosen: Colours, size: Measures) -> str:
    """The lists are sunken; a field is only lit, so that the form stays one quiet column."""
    tiny, small, middle = size.space[0], size.space[1], size.space[2]
    ring = f"border: {size.focus_ring}px solid {chosen.accent};"
    bare = "border: none; background: transparent; padding: 0;"
    line = f"{size.hairline}px solid {chosen.hairline}"
    return f"""
    QFrame#documentColumn {{ background: {chosen.sunken}; border: none; }}
    QListView#documentQueue, QListView#documentPages {{ {bare} outline: none; }}
    QListView#documentWords {{ {bare} outline: none; }}
    QListView#documentWords::item {{ padding: {tiny // 2}px {small}px; }}
    QListView#documentWords::item:focus {{ {ring} }}
    QFrame#documentFields {{ border: none; }}
    QFrame#documentFoot {{ border: none; border-top: {line}; background: {chosen.sunken}; }}
    QFrame#field {{ border: {size.focus_ring}px solid transparent;
        border-radius: {size.radius}px; }}
    QFrame#field[lit="true"] {{ background: {chosen.accent_soft}; }}
    QLabel#fieldLabel {{ font-weight: 600; }}
    QLabel#documentHint {{ background: {chosen.accent_soft}; padding: {tiny}px {middle}px; }}
    QTableView#documentTable::item {{ padding: 0 {tiny}px; }}
    """
