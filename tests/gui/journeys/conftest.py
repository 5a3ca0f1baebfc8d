"""The real program on a real desktop."""

from tests.gui.accessibility.conftest import desktop, start
from tests.gui.real_library import real_library, real_photos

__all__ = ["desktop", "real_library", "real_photos", "start"]
