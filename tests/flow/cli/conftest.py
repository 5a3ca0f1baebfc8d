"""The command line over the flow ring's services."""

from tests.flow.engine.conftest import (
    encoder,
    open_services,
    photos,
    pool,
    reader,
    services,
)

__all__ = ["encoder", "open_services", "photos", "pool", "reader", "services"]
