"""The one lawful late import: a "module:attr" string becomes the object it names."""

import importlib
from typing import Any

from vlm_desktop.base.errors import PartMissing


def resolve(target: str, purpose: str) -> Any:
    """Import `target` ("module:attr"). Raises `PartMissing` when a package it needs is absent."""
    module_name, _, attribute = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = error.name or module_name
        if missing.split(".")[0] == "vlm_desktop":
            raise
        raise PartMissing(package=missing.split(".")[0], purpose=purpose) from error
    return getattr(module, attribute)
