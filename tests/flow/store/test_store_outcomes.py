"""What a batch of outcomes leaves behind: contents, texts, vectors, or nothing at all."""

import numpy as np
import pytest

from tests.flow.store.store_builders import (
    DIMENSION,
    MODEL,
    Photo,
    add,
    adopted,
    entry,
    hash_of,
    indexed,
    spec,
    vector_of,
)
from vlm_desktop.base.errors import ModelBroken, ModelMismatch, ModelUnknown, NotInLibrary
from vlm_desktop.base.types import MediaKind, PhotoMetadata, Size
from vlm_desktop.store.library import Library
from vlm_desktop.store.records import IndexedFile, Root, Tag

EVERYTHING = PhotoMetadata(
    taken_at="2012-08-05T11:39:59+02:00",
    latitude=47.37,
    longitude=8.54,
    altitude=408.0,
    make="Canon",
    model="EOS 5D",
    lens="EF 50mm",
    orientation=6,
    rating=4,
    keywords=("Zürich", "lake", "Zürich"),
    title="By the lake",
    caption="Rocky swims",
    alt_text="A dog in the water",
    extended_description="A brown dog swims towards the camera.",
)


def test_details_give_back_what_was_saved(library: Library, root: Root) -> None:
    photo = Photo("a", EVERYTHING, Size(4000, 3000))
    content = add(library, root, [("a.jpg", photo)])["a.jpg"]
    details = library.details(content)
    assert details.content_hash == hash_of("a")
    assert (details.kind, details.format, details.size) == (
        MediaKind.PHOTO,
        "JPEG",
        Size(4000, 3000),
    )
    assert details.metadata.keywords == ("Zürich", "lake")
    assert details.metadata.taken_at == EVERYTHING.taken_at
    assert details.metadata.extended_description == EVERYTHING.extended_description
    assert (details.metadata.latitude, details.metadata.lens) == (47.37, "EF 50mm")
    assert details.tags == (Tag("Zürich", "file", None), Tag("lake", "file", None))
    assert [file.path for file in details.files] == [root.path / "a.jpg"]
    assert details.models == (MODEL,)
    with pytest.raises(NotInLibrary):
        library.details(content + 1)


def test_reading_anew_replaces_metadata_and_texts(library: Library, root: Root) -> None:
    content = add(library, root, [("a.jpg", Photo("a", EVERYTHING))])["a.jpg"]
    library.record_inventory(root.id, [entry("a.jpg", sidecar=2)], [])
    (file,) = library.pending_files([root.id])
    said = PhotoMetadata(caption="Rocky sleeps", keywords=("sofa",))
    library.save_outcomes(MODEL, [indexed(file, Photo("a", said))])

    details = library.details(content)
    assert (details.metadata.title, details.metadata.caption) == ("", "Rocky sleeps")
    assert details.metadata.keywords == ("sofa",)
    assert details.metadata.rating is None
    assert library.search_text(["swims"], []) == []
    assert [match.kind for match in library.search_text(["sleeps"], [])] == ["caption"]
    assert len(library.vectors(MODEL)) == 1
    assert library.verify().is_complete


def test_a_batch_is_saved_whole_or_not_at_all(library: Library, root: Root) -> None:
    library.record_inventory(root.id, [entry("a.jpg"), entry("b.jpg")], [])
    good, bad = library.pending_files([root.id])
    broken = IndexedFile(
        bad.file_id, Photo("b").decoded(bad), ((0, np.full(DIMENSION, np.nan, np.float32)),)
    )
    with pytest.raises(ModelBroken):
        library.save_outcomes(MODEL, [indexed(good, Photo("a")), broken])
    assert len(library.pending_files([root.id])) == 2
    assert library.info().contents == 0
    assert len(library.vectors(MODEL)) == 0


@pytest.mark.parametrize(
    ("vector", "error"),
    [
        (np.zeros(DIMENSION, np.float32), ModelBroken),
        (np.full(DIMENSION, np.inf, np.float32), ModelBroken),
        (np.ones(DIMENSION + 1, np.float32), ModelMismatch),
    ],
)
def test_unusable_vectors_are_refused(
    library: Library, root: Root, vector: np.ndarray, error: type[Exception]
) -> None:
    content = add(library, root, [("a.jpg", Photo("a"))])["a.jpg"]
    library.drop_vectors(MODEL, [content])
    with pytest.raises(error):
        library.save_vectors(MODEL, [(content, 0, vector)])
    assert library.vectors_of(MODEL, [content]) == {}


def test_vectors_are_normalised_on_the_way_in(library: Library, root: Root) -> None:
    content = add(library, root, [("a.jpg", Photo("a"))])["a.jpg"]
    library.drop_vectors(MODEL, [content])
    library.save_vectors(MODEL, [(content, 0, vector_of("a") * 37)])
    np.testing.assert_allclose(library.vectors_of(MODEL, [content])[content][0], vector_of("a"),
                               atol=1e-6)  # fmt: skip


def test_outcomes_of_forgotten_files_and_contents_are_passed_over(
    library: Library, root: Root
) -> None:
    library.record_inventory(root.id, [entry("a.jpg"), entry("b.jpg")], [])
    first, second = library.pending_files([root.id])
    library.forget(root.path / "a.jpg")
    library.save_outcomes(MODEL, [indexed(first, Photo("a")), adopted(second, "never seen")])
    assert library.info().contents == 0
    assert [file.file_id for file in library.pending_files([root.id])] == [second.file_id]


def test_saving_for_an_unknown_model_is_refused(library: Library) -> None:
    with pytest.raises(ModelUnknown):
        library.save_outcomes("never begun", [])
    with pytest.raises(ModelUnknown):
        library.vectors("never begun")


# --- pages and OCR ---------------------------------------------------------------------


def test_text_layers_stand_in_for_ocr(library: Library, root: Root) -> None:
    pdf = Photo("p", kind=MediaKind.PDF, page_texts=("Invoice 4711", " \n"))
    content = add(library, root, [("bill.pdf", pdf)])["bill.pdf"]
    assert [(m.kind, m.page) for m in library.search_text(["4711"], [])] == [("ocr", 1)]
    (to_do,) = library.contents_without_ocr()
    assert (to_do.content_id, to_do.pages, to_do.kind) == (content, (2,), MediaKind.PDF)
    assert to_do.path == root.path / "bill.pdf"
    assert library.vectors_of(MODEL, [content])[content].shape == (2, DIMENSION)

    library.save_ocr([(content, 2, "Total 12.50")])
    assert library.contents_without_ocr() == []
    assert library.details(content).ocr == ((1, "Invoice 4711"), (2, "Total 12.50"))


def test_nothing_found_counts_as_read(library: Library, root: Root) -> None:
    ids = add(library, root, [("a.jpg", Photo("a")), ("b.jpg", Photo("b"))])
    assert [one.content_id for one in library.contents_without_ocr(limit=1)] == [ids["a.jpg"]]
    library.save_ocr([(ids["a.jpg"], 0, ""), (12345, 0, "of no content")])
    assert [one.content_id for one in library.contents_without_ocr()] == [ids["b.jpg"]]
    assert library.info().contents_without_ocr == 1
    assert library.details(ids["a.jpg"]).ocr == ()
    library.drop_ocr([ids["a.jpg"]])
    assert len(library.contents_without_ocr()) == 2


# --- models side by side ---------------------------------------------------------------


def test_a_second_model_fills_up_in_the_shadow_and_takes_over(library: Library, root: Root) -> None:
    ids = add(library, root, [("a.jpg", Photo("a")), ("b.jpg", Photo("b"))])
    library.begin_model(spec("big", 4))
    assert library.active_model() == MODEL
    to_do = library.contents_without_vectors("big")
    assert [one.content_id for one in to_do] == sorted(ids.values())
    library.save_vectors("big", [(ids["a.jpg"], 0, vector_of("a", 4))])
    assert [one.content_id for one in library.contents_without_vectors("big")] == [ids["b.jpg"]]
    assert library.hashes_by_size([101], "big") == {101: frozenset({hash_of("a")})}
    library.save_vectors("big", [(ids["b.jpg"], 0, vector_of("b", 4))])

    library.switch_model("big")
    assert library.active_model() == "big"
    states = {model.model_id: (model.state, model.contents) for model in library.coverage()}
    assert states == {"big": ("active", 2), MODEL: ("shadow", 2)}
    assert library.vectors("big").matrix.shape == (2, 4)
    assert library.vectors(MODEL).matrix.shape == (2, DIMENSION)
    with pytest.raises(ModelUnknown):
        library.switch_model("unknown")

    assert library.drop_model(MODEL) == 2
    assert library.verify().is_complete


@pytest.mark.parametrize("other", [spec(dimension=9), spec(preprocessing="2")])
def test_a_model_that_changed_is_refused(library: Library, other: object) -> None:
    library.begin_model(spec())
    with pytest.raises(ModelMismatch):
        library.begin_model(other)  # type: ignore[arg-type]


def test_the_shadow_flag_leaves_the_library_without_active_model(library: Library) -> None:
    library.drop_model(MODEL)
    library.begin_model(spec(), shadow=True)
    assert library.active_model() is None


def test_calibrations_are_kept_per_model_and_kind(library: Library) -> None:
    assert library.load_calibration(MODEL, "text") is None
    library.save_calibration(MODEL, "text", 3, "{}")
    library.save_calibration(MODEL, "text", 4, "[1]")
    assert library.load_calibration(MODEL, "text") == (4, "[1]")
    assert library.load_calibration(MODEL, "image") is None
    with pytest.raises(ModelUnknown):
        library.save_calibration("unknown", "text", 1, "")
