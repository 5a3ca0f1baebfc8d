"""Which rows of a data set are held out of training, by one rule for training and evaluation."""

import hashlib
from pathlib import PurePosixPath

FIFTH = 5


def is_held_out(image_name: str) -> bool:
    """True for about a fifth of all pictures, chosen by the file's name without its ending.

    All rows about one picture fall on the same side, whatever folder or format it lies in. The
    rule is fixed: changing it would put pictures a model has trained on into its evaluation.
    """
    stem = PurePosixPath(image_name.replace("\\", "/")).stem
    digest = hashlib.sha1(stem.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    return int(digest, 16) % FIFTH == 0
