"""The composition root: the one place that knows every part and puts them together."""

import os
from pathlib import Path

from vlm_desktop.backends.hubaccess import hub_access
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base.paths import bundled, resolve_home
from vlm_desktop.base.settings import load_settings
from vlm_desktop.engine.services import AppServices
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library


def build_services(home: Path | None = None) -> AppServices:
    """Everything over one home folder. Opens no database, starts no process, loads no model."""
    paths = resolve_home(home)
    settings = load_settings(paths.settings)
    registry = Registry(
        bundled=bundled("models"),
        home_models=paths.models,
        manifest=bundled("models") / "manifest.toml",
        hub=hub_access(settings.hub_endpoint, paths.models),
        memory_limit=settings.gpu_memory_mb * 1024**2,
        cache_folder=paths.features,
    )

    def open_pool() -> DecodePool:
        workers = services.settings.decode_workers or os.cpu_count() or 1
        return DecodePool(workers, services.limits)

    def open_library() -> Library:
        return Library.open(paths)

    services = AppServices(paths, settings, registry, open_library, open_pool)
    return services
