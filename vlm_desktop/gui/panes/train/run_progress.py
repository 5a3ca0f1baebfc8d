"""The tab that shows a run as it learns: what is alarming, the plot, the evaluations as a table."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vlm_desktop.gui.announce import announce
from vlm_desktop.gui.desk import Desk
from vlm_desktop.gui.panes.train.run_curves import RunCurves
from vlm_desktop.gui.panes.train.run_story import RunLook
from vlm_desktop.gui.panes.train.run_table import RunTable
from vlm_desktop.gui.panes.train.run_words import fact_words, notices
from vlm_desktop.gui.strings import train_run as strings
from vlm_desktop.gui.theme import measures
from vlm_desktop.gui.widgets.following_scroll import FollowingScroll
from vlm_desktop.gui.widgets.wrapped_label import WrappedLabel


class RunProgress(FollowingScroll):
    """Main thread. Shows what it is told."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = measures().space
        inner = QWidget(self)
        self.notices = WrappedLabel(parent=inner)
        self.notices.setAccessibleDescription(strings.NOTICES_NAME)
        self.facts = WrappedLabel(parent=inner, name="muted")
        self.curves = RunCurves(desk, inner)
        self.table = RunTable(inner)
        self.no_table = WrappedLabel(strings.TABLE_EMPTY, inner, name="muted")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(space[3], space[1], space[3], space[2])
        layout.setSpacing(space[1])
        layout.addWidget(self.notices)
        layout.addWidget(self.facts)
        layout.addWidget(self.curves, 3)
        layout.addWidget(self.no_table)
        layout.addWidget(self.table, 1)
        self.setWidget(inner)
        self._told: list[str] = []

    def show_look(self, look: RunLook, *, is_live: bool) -> None:
        said = notices(look)
        words = "\n".join(said)
        if words != self.notices.text():
            self.notices.setText(words)
            fresh = [one for one in said if one not in self._told]
            if fresh and is_live:
                announce(self.notices, "\n".join(fresh))
        self._told = said
        self.notices.setVisible(bool(said))
        facts = fact_words(look)
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))
        self.curves.show_look(look)
        self.table.show_look(look)
        has_rows = bool(look.evaluated)
        self.table.setVisible(has_rows)
        self.no_table.setVisible(not has_rows)
        is_without = not has_rows and look.last is not None
        self.no_table.setText(strings.TABLE_NONE if is_without else strings.TABLE_EMPTY)
