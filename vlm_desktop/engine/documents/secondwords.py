"""What second readers are asked, and what their word weighs: `second_readers.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from vlm_desktop.base.paths import bundled


@cache
def second_words() -> Mapping[str, Mapping[str, Any]]:
    """The bundled tables, read once."""
    path = bundled("resources") / "documents" / "second_readers.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
