"""Search over a real library: verdicts, combinations, exclusion, filters, texts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import ColourEncoder, SignReader, make_photo
from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import LibraryEmpty, MediaRefused, ModelUnknown, QueryEmpty
from vlm_desktop.base.types import Filters, ImageTerm, Query, SearchResult, Verdict
from vlm_desktop.engine.cuts import LIKELY
from vlm_desktop.engine.services import AppServices


@pytest.fixture
def library(services: AppServices, photos: Path) -> AppServices:
    drive(services.index([photos], CancelToken(), ocr=False))
    return services


def search(services: AppServices, query: Query) -> SearchResult:
    return drive(services.search(query, CancelToken()))[1]


def folders(result: SearchResult) -> list[str]:
    return [hit.path.parent.name for hit in result.hits]


def test_words_find_their_photos_and_the_verdict_is_likely(library: AppServices) -> None:
    result = search(library, Query(text="blue"))
    assert result.verdict is Verdict.LIKELY
    assert folders(result)[:4] == ["set2"] * 4
    assert result.likely >= 4
    assert all(hit.probability >= LIKELY for hit in result.hits[:4])
    assert [signal.name for signal in result.hits[0].signals] == ["vector"]


def test_nonsense_answers_none_and_all_shows_the_rest(library: AppServices) -> None:
    refused = search(library, Query(text="qwxz vbnm"))
    assert (refused.verdict, refused.hits) == (Verdict.NONE, ())
    shown = search(library, Query(text="qwxz vbnm", show_all=True, limit=100))
    assert len(shown.hits) == 24
    assert shown.verdict is Verdict.NONE


def test_the_same_query_gives_the_same_order_and_a_prefix(library: AppServices) -> None:
    long = search(library, Query(text="red", show_all=True, limit=24)).hits
    assert search(library, Query(text="red", show_all=True, limit=24)).hits == long
    assert search(library, Query(text="red", show_all=True, limit=7)).hits == long[:7]


def test_a_picture_finds_its_like(library: AppServices, photos: Path, tmp_path: Path) -> None:
    outside = make_photo(tmp_path / "query.jpg", "purple", seed=500)
    assert folders(search(library, Query(images=(ImageTerm(outside),), limit=4))) == ["set4"] * 4
    inside = photos / "set1" / "2.jpg"
    assert folders(search(library, Query(images=(ImageTerm(inside),), limit=4))) == ["set1"] * 4


def test_weights_move_the_mixture(library: AppServices, photos: Path) -> None:
    picture = photos / "set1" / "0.jpg"

    def best(text_weight: float, image_weight: float) -> str:
        query = Query(
            text="blue",
            text_weight=text_weight,
            images=(ImageTerm(picture, image_weight),),
            show_all=True,
        )
        return folders(search(library, query))[0]

    assert best(10, 0.1) == "set2"
    assert best(0.1, 10) == "set1"


def test_exclusion_really_excludes(library: AppServices, photos: Path) -> None:
    everything = Query(images=(ImageTerm(photos / "set0" / "0.jpg"),), show_all=True, limit=24)
    assert "set2" in folders(search(library, everything))
    without = Query(images=everything.images, show_all=True, limit=24, exclude=("blue", "green"))
    left = folders(search(library, without))
    assert not {"set2", "set1"} & set(left)
    assert "set0" in left


def test_exclusion_works_on_a_mere_list(library: AppServices, photos: Path) -> None:
    listed = search(library, Query(filters=Filters(folder=str(photos)), limit=100))
    without = Query(filters=Filters(folder=str(photos)), limit=100, exclude=("blue",))
    assert "set2" in folders(listed)
    assert "set2" not in folders(search(library, without))


def test_filters_narrow_first(library: AppServices, photos: Path) -> None:
    narrowed = Filters(folder=str(photos / "set1"))
    result = search(library, Query(text="blue", filters=narrowed, show_all=True))
    assert folders(result) == ["set1"] * 4
    listed = search(library, Query(filters=narrowed))
    assert len(listed.hits) == 4
    assert search(library, Query(text="blue", filters=Filters(camera="Leica"))).hits == ()


def test_stored_text_is_fused_in(
    open_services: Callable[..., AppServices], photos: Path, reader: SignReader
) -> None:
    services = open_services()
    drive(services.index([photos], CancelToken(), ocr=False))
    content = services.library.content_of(photos / "set3" / "1.jpg")
    assert content is not None
    services.library.save_ocr([(content, 0, "Grand Hotel Budapest")])
    result = search(services, Query(text="grand hotel"))
    assert [hit.path for hit in result.hits] == [photos / "set3" / "1.jpg"]
    assert [signal.name for signal in result.hits[0].signals] == ["ocr"]
    assert result.verdict is not Verdict.NONE
    assert search(services, Query(phrases=("hotel budapest",))).hits[0].content_id == content
    assert search(services, Query(phrases=("budapest hotel",))).hits == ()


def test_a_part_of_another_word_is_no_match(
    open_services: Callable[..., AppServices], photos: Path
) -> None:
    services = open_services()
    drive(services.index([photos], CancelToken(), ocr=False))
    content = services.library.content_of(photos / "set3" / "1.jpg")
    assert content is not None
    services.library.save_ocr([(content, 0, "higher education")])
    assert search(services, Query(text="cat")).hits == ()
    assert search(services, Query(text="educ")).hits[0].content_id == content
    assert search(services, Query(phrases=("ucatio",))).hits[0].content_id == content


def test_similar_leaves_the_photo_itself_out(library: AppServices, photos: Path) -> None:
    path = photos / "set5" / "3.jpg"
    result = drive(library.similar(path, 3, CancelToken()))[1]
    assert folders(result) == ["set5"] * 3
    assert path not in [hit.path for hit in result.hits]


def test_what_cannot_be_asked_says_so(
    services: AppServices, library: AppServices, tmp_path: Path
) -> None:
    with pytest.raises(QueryEmpty):
        search(library, Query())
    with pytest.raises(MediaRefused):
        search(library, Query(images=(ImageTerm(tmp_path / "absent.jpg"),)))
    with pytest.raises(ModelUnknown):
        drive(library.search(Query(text="red"), CancelToken(), model="absent"))


def test_an_empty_library_says_what_to_do(services: AppServices) -> None:
    with pytest.raises(LibraryEmpty):
        search(services, Query(text="red"))


def test_calibration_follows_a_library_that_grows(
    services: AppServices, photos: Path, encoder: ColourEncoder
) -> None:
    drive(services.index([photos], CancelToken(), ocr=False))
    stored = services.library.load_calibration("colours", "library")
    assert stored is not None
    assert '"rows": 24' in stored[1]
    for number in range(30):
        make_photo(photos / "more" / f"{number}.jpg", "red", seed=1000 + number)
    drive(services.index([photos], CancelToken(), ocr=False))
    stored = services.library.load_calibration("colours", "library")
    assert stored is not None
    assert '"rows": 54' in stored[1]
