"""Runs `models download` as the program does, over the shelf that a test made: to be killed."""

import sys
from pathlib import Path

from vlm_desktop.backends import registry as registry_module
from vlm_desktop.backends.hubaccess import HubAccess
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base import network
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.engine.models import ModelShelf


def main(bundled: str, home_models: str, endpoint: str, model: str) -> int:
    network.install()
    hub = HubAccess(endpoint, Path(home_models))
    registry = Registry(Path(bundled), Path(home_models), Path(bundled) / "manifest.toml", hub=hub)
    for event in ModelShelf(registry).download(model, CancelToken()):
        sys.stdout.write(f"{event.done}\n")
        sys.stdout.flush()
    assert registry.card(model).state == registry_module.INSTALLED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
