"""The window's own words, one module per area; sentences about errors are in `vlm_desktop.strings`,
those about alt text, documents, grounding and training that both fronts say in `altstrings`,
`documentstrings`, `groundstrings` and `trainstrings`.

Import an area as `strings` and use its constants inside functions only: another language is put
in their places before the widgets are built (`vlm_desktop.base.language`).
"""

import importlib
from types import ModuleType

_SHARED = {
    "sentences": "vlm_desktop.strings",
    "altsentences": "vlm_desktop.altstrings",
    "documentsentences": "vlm_desktop.documentstrings",
    "groundsentences": "vlm_desktop.groundstrings",
    "trainsentences": "vlm_desktop.trainstrings",
}


def areas() -> dict[str, ModuleType]:
    """Every module of words by the name of its area; those of both fronts are "...sentences"."""
    found = {area: importlib.import_module(module) for area, module in _SHARED.items()}
    modules = importlib.import_module("pkgutil").iter_modules(__path__)
    for area in modules:
        found[area.name] = importlib.import_module(f"{__name__}.{area.name}")
    return found
