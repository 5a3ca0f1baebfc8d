"""The least a PySide6 program can show: one window with one label. For `bench startup`.

Run as a script. Says "painted" on stdout after its first paint, and ends.
"""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow


class BareWindow(QMainWindow):
    """Tells its first paint."""

    painted = False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        sys.stdout.write("painted\n")
        sys.stdout.flush()
        QTimer.singleShot(0, QApplication.quit)


application = QApplication([])
window = BareWindow()
window.setCentralWidget(QLabel("VLM Desktop"))
window.resize(1180, 780)
window.show()
sys.exit(application.exec())
