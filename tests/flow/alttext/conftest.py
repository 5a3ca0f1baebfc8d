"""Alt texts over a real library in a temporary home; pictures are decoded for real."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes import SharedPool, make_photo
from tests.flow.engine.conftest import drive, encoder, open_services, pool, reader, services
from vlm_desktop.base.altkeeping import AltApproved, AltRefreshed
from vlm_desktop.base.alttext import AltImage, AltSet, AltText, Author, Candidate, WrittenBy
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.paths import HomePaths
from vlm_desktop.engine.alttext.files import AltFiles
from vlm_desktop.engine.alttext.keeping import AltSets
from vlm_desktop.media.pool import DecodePool
from vlm_desktop.store.library import Library

__all__ = ["Desk", "drive", "encoder", "open_services", "pool", "reader", "services"]

MODEL = WrittenBy(Author.MODEL, "starter", "r1", "Describe.", 3)


def draft(alt: str, extended: str = "") -> Candidate:
    return Candidate(alt, extended, written_by=MODEL)


class Desk:
    """A library and its alt texts; `reopened` is another program over the same home."""

    def __init__(self, home: Path, pool: DecodePool) -> None:  # noqa: F811 - a fixture
        self.home = HomePaths(home)
        self.pool = pool
        self.library = Library.open(self.home)
        self.sets = AltSets(
            lambda: self.library,
            lambda: SharedPool(pool),  # type: ignore[arg-type, return-value]
            AltFiles().read,
        )

    def reopen(self) -> None:
        self.library.close()
        self.library = Library.open(self.home)

    def filled(self, folder: Path) -> AltSet:
        """A set with all pictures of a folder, which were looked at."""
        made = self.sets.new_set("Set")
        drive(self.sets.add_folder(made.id, folder, CancelToken()))
        self.refresh(made.id)
        return self.sets.one_set(made.id)

    def refresh(self, set_id: int) -> AltRefreshed:
        return drive(self.sets.refresh(set_id, CancelToken()))[1]

    def approve(self, *image_ids: int, language: str = "en") -> AltApproved:
        return drive(self.sets.approve(image_ids, language, CancelToken()))[1]

    def text(self, image_id: int, language: str = "en") -> AltText:
        return self.sets.image(image_id).text(language)

    def acts(self, image_id: int, language: str = "en") -> list[str]:
        return [line.event.act.value for line in self.sets.history(image_id, language)]

    def told(self) -> int:
        """How many events there are."""
        with self.library._db.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM alt_events").fetchone()[0])


@pytest.fixture
def desk(tmp_path: Path, pool: DecodePool) -> Iterator[Desk]:  # noqa: F811 - a fixture
    opened = Desk(tmp_path / "home", pool)
    yield opened
    opened.library.close()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """a.jpg, b.jpg and c.jpg of different colours."""
    folder = tmp_path / "photos"
    for name, colour in (("a", "red"), ("b", "green"), ("c", "blue")):
        make_photo(folder / f"{name}.jpg", colour, seed=ord(name))
    return folder


@pytest.fixture
def images(desk: Desk, photos: Path) -> Callable[[], tuple[AltImage, ...]]:
    """The images of a set with those photos, as they are now."""
    made = desk.filled(photos)
    return lambda: desk.sets.images(made.id)
