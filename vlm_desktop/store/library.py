"""The library: one object for all that is stored. Methods lie in its parts, by theme.

library.py      opening, closing, rebuilding        texts.py       full-text search, OCR
inventory.py    roots, stamps, pending, quarantine  filters.py     which contents may be hits
outcomes.py     saving what indexing found          matrices.py    vectors for scoring
models.py       models, calibration                 lookup.py      content -> path, details
duplicates.py   same bytes, same pixels             forgetting.py  taking out
inspection.py   info, verify                        tags.py, shelves.py, counts.py
browsing.py     all contents as arrays             photos.py      one photo, edits
removing.py     roots out and back                 roots.py       rows of roots
rules.py        words, policies, judgements        maps.py        where photos lie on the map
following.py    photos whose files the program wrote
conversations.py, turns.py, chatnotes.py           talks with models
altsets.py, altimages.py, altwriting.py            alt texts and their history
dockeeping.py, docwriting.py, doclessons.py, docbatches.py, docforgetting.py    documents
groundobjects.py, groundbatches.py, groundforgetting.py    objects of pictures
trainingsets.py, trainingpictures.py, trainingforgetting.py    data sets to train on
"""

from types import TracebackType
from typing import Self

from vlm_desktop.base.paths import HomePaths
from vlm_desktop.store.altimages import AltImagesPart
from vlm_desktop.store.altsets import AltSetsPart
from vlm_desktop.store.altwriting import AltWritingPart
from vlm_desktop.store.browsing import BrowsingPart
from vlm_desktop.store.care import CarePart
from vlm_desktop.store.chatnotes import ChatNotesPart
from vlm_desktop.store.concepts import ConceptsPart
from vlm_desktop.store.conversations import ConversationsPart
from vlm_desktop.store.counts import CountsPart
from vlm_desktop.store.db import BUSY_SECONDS, Connections, prepare
from vlm_desktop.store.docbatches import DocumentBatchesPart
from vlm_desktop.store.docforgetting import DocumentForgettingPart
from vlm_desktop.store.dockeeping import DocumentsPart
from vlm_desktop.store.doclessons import DocumentLessonsPart
from vlm_desktop.store.docwriting import DocumentWritingPart
from vlm_desktop.store.duplicates import DuplicatesPart
from vlm_desktop.store.filters import FiltersPart
from vlm_desktop.store.folders import FoldersPart
from vlm_desktop.store.following import FollowingPart
from vlm_desktop.store.forgetting import ForgettingPart
from vlm_desktop.store.groundbatches import GroundBatchesPart
from vlm_desktop.store.groundforgetting import GroundForgettingPart
from vlm_desktop.store.groundobjects import GroundObjectsPart
from vlm_desktop.store.inspection import InspectionPart
from vlm_desktop.store.inventory import InventoryPart
from vlm_desktop.store.lookup import LookupPart
from vlm_desktop.store.maps import MapsPart
from vlm_desktop.store.matrices import MatricesPart
from vlm_desktop.store.models import ModelsPart
from vlm_desktop.store.outcomes import OutcomesPart
from vlm_desktop.store.photos import PhotosPart
from vlm_desktop.store.queries import QueriesPart
from vlm_desktop.store.records import RebuildReport
from vlm_desktop.store.recovery import rebuild_database
from vlm_desktop.store.removing import RemovingPart
from vlm_desktop.store.rules import RulesPart
from vlm_desktop.store.shelves import ShelvesPart
from vlm_desktop.store.tags import TagsPart
from vlm_desktop.store.texts import TextsPart
from vlm_desktop.store.trainingforgetting import TrainingForgettingPart
from vlm_desktop.store.trainingpictures import TrainingPicturesPart
from vlm_desktop.store.trainingsets import TrainingSetsPart
from vlm_desktop.store.turns import TurnsPart


class Library(
    CarePart,
    InspectionPart,
    CountsPart,
    InventoryPart,
    OutcomesPart,
    ModelsPart,
    MatricesPart,
    FiltersPart,
    TextsPart,
    LookupPart,
    PhotosPart,
    BrowsingPart,
    DuplicatesPart,
    ForgettingPart,
    RemovingPart,
    FoldersPart,
    FollowingPart,
    TagsPart,
    ShelvesPart,
    QueriesPart,
    ConceptsPart,
    RulesPart,
    MapsPart,
    ConversationsPart,
    TurnsPart,
    ChatNotesPart,
    AltSetsPart,
    AltImagesPart,
    AltWritingPart,
    DocumentsPart,
    DocumentWritingPart,
    DocumentLessonsPart,
    DocumentBatchesPart,
    DocumentForgettingPart,
    GroundObjectsPart,
    GroundBatchesPart,
    GroundForgettingPart,
    TrainingSetsPart,
    TrainingPicturesPart,
    TrainingForgettingPart,
):
    """A library in a home folder. Any thread may call any method; `close` comes last.

    Besides what their docstrings name, all methods may raise `DatabaseBusy`, `DatabaseCorrupt`,
    `DiskFull` and `HomeNotWritable`. Every method that writes is one transaction.
    """

    @classmethod
    def open(cls, paths: HomePaths, *, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open the library of a home folder, or start one.

        Raises `HomeNotWritable`, `DiskFull`, `DatabaseBusy`, `DatabaseNewer` (nothing was
        touched) and `DatabaseCorrupt` (a copy was kept, see `rebuild`).
        """
        prepare(paths.database, busy_seconds)
        return cls(paths, Connections(paths.database, busy_seconds))

    @classmethod
    def rebuild(cls, paths: HomePaths) -> RebuildReport:
        """Start a new database in place of a damaged one, which is moved aside, never deleted.

        What can still be read is taken over; the next indexing finds the rest. No library may be
        open on it. Raises as `open` does.
        """
        return rebuild_database(paths.database)

    @property
    def paths(self) -> HomePaths:
        return self._paths

    def close(self) -> None:
        """Close all connections. No thread may be inside the library any more."""
        self._matrices.clear()
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
