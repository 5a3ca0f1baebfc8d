"""The numpy arrays that cross layers, by name; shapes are in the docstrings."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

PixelArray: TypeAlias = NDArray[np.uint8]
"""An upright sRGB picture: uint8, shape [height, width, 3]."""

VectorArray: TypeAlias = NDArray[np.float32]
"""Embeddings: float32, shape [n, dimension] or [dimension], rows of unit length."""
