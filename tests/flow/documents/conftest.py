"""Kept documents over a real library, with an extractor that finds what a test scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.documents.kept import Desk, Scripted, findable
from tests.flow.documents.vendors import Printed, vendor


@pytest.fixture
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture
def desk(tmp_path: Path, scripted: Scripted) -> Iterator[Desk]:
    opened = Desk(tmp_path / "home", tmp_path / "files", scripted)
    yield opened
    opened.library.close()


@pytest.fixture
def one(desk: Desk, scripted: Scripted) -> Printed:
    """A document whose fields are found, but for the contact."""
    return findable(desk.printed(vendor(1), 1), scripted)
