"""The real program on a real desktop."""

from tests.gui.accessibility.conftest import desktop, start

__all__ = ["desktop", "start"]
