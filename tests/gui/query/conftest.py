"""A library of real photos for the one journey over the real engine."""

from tests.gui.real_library import real_library, real_photos

__all__ = ["real_library", "real_photos"]
