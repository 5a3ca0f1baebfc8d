"""The window's own words, one module per area; sentences about errors are in `vlm_desktop.strings`.

Import an area as `strings` and use its constants inside functions only: another language is put
in their places before the widgets are built (`vlm_desktop.base.language`).
"""

import importlib
from types import ModuleType

_SENTENCES = "vlm_desktop.strings"


def areas() -> dict[str, ModuleType]:
    """Every module of words by the name of its area, "sentences" being those of both fronts."""
    found = {"sentences": importlib.import_module(_SENTENCES)}
    modules = importlib.import_module("pkgutil").iter_modules(__path__)
    for area in modules:
        found[area.name] = importlib.import_module(f"{__name__}.{area.name}")
    return found
