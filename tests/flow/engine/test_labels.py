"""Zero-shot labels, policies and duplicates over a real library."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.flow.engine.conftest import drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import BadInputFile, NotInLibrary
from vlm_desktop.engine.duplicates import DuplicateGroup
from vlm_desktop.engine.labels import Labelled, Policy, PolicyHit, read_labels, read_policies
from vlm_desktop.engine.services import AppServices


@pytest.fixture
def library(services: AppServices, photos: Path) -> AppServices:
    drive(services.index([photos], CancelToken(), ocr=False))
    return services


@pytest.mark.parametrize("templates", [1, 12, 80])
def test_labels_go_to_their_photos(library: AppServices, photos: Path, templates: int) -> None:
    verb = library.tag(["blue", "red", "green"], CancelToken(), templates=templates, limit=2)
    events, count = drive(verb)
    labelled = {event.path: event.labels for event in events if isinstance(event, Labelled)}
    assert count == len(labelled) == 24
    best = labelled[photos / "set0" / "0.jpg"]
    assert [one.label for one in best][0] == "red"
    assert len(best) == 2
    assert best[0].probability > 2 * best[1].probability


def test_no_label_fits_so_none_is_probable(library: AppServices, photos: Path) -> None:
    path = photos / "set0" / "0.jpg"
    events, _ = drive(library.tag(["zebra"], CancelToken(), templates=1, paths=[path]))
    (labelled,) = [event for event in events if isinstance(event, Labelled)]
    assert labelled.labels[0].probability < 0.9


def test_only_the_asked_photos(library: AppServices, photos: Path, tmp_path: Path) -> None:
    path = photos / "set1" / "3.jpg"
    events, count = drive(library.tag(["red"], CancelToken(), templates=1, paths=[path]))
    assert count == 1
    assert [event.path for event in events if isinstance(event, Labelled)] == [path]
    with pytest.raises(NotInLibrary):
        drive(library.tag(["red"], CancelToken(), paths=[tmp_path / "other.jpg"]))


def test_a_policy_flags_what_it_names_and_spares_what_is_fine(library: AppServices) -> None:
    policy = Policy("no red", ("a red thing",), ("an orange thing", "a purple thing"), 0.5)
    events, count = drive(library.check_policies([policy], CancelToken()))
    flagged = [event for event in events if isinstance(event, PolicyHit)]
    assert count == len(flagged) == 4
    assert {event.path.parent.name for event in flagged} == {"set0"}
    assert [event.score for event in flagged] == sorted(
        (event.score for event in flagged), reverse=True
    )


def test_label_and_policy_files(tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("\ufeffdog\n\n cat \ndog\n", encoding="utf-8")
    assert read_labels(labels) == ("dog", "cat")
    policies = tmp_path / "policy.toml"
    policies.write_text('[[policy]]\nname = "x"\nflag = "a gun"\nfine = ["a toy"]\n')
    assert read_policies(policies) == (Policy("x", ("a gun",), ("a toy",), 0.5),)


@pytest.mark.parametrize(
    "text",
    ["", "not toml [", "[[policy]]\nname='x'\n", "[[policy]]\nflag=1\n",
     "[[policy]]\nflag='a'\nthreshold=2\n", "[[policy]]\nflag='a'\nfine=3\n", "policy = 3\n"],
)  # fmt: skip
def test_bad_policies_say_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(BadInputFile):
        read_policies(path)


def test_bad_label_files(tmp_path: Path) -> None:
    with pytest.raises(BadInputFile):
        read_labels(tmp_path / "absent.txt")
    (tmp_path / "empty.txt").write_text("\n\n")
    with pytest.raises(BadInputFile):
        read_labels(tmp_path / "empty.txt")


def test_duplicates_by_tier(services: AppServices, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    gradient = Image.linear_gradient("L").convert("RGB").resize((256, 200))
    gradient.paste((200, 40, 40), (40, 30, 120, 90))
    gradient.save(folder / "a.png")
    shutil.copy(folder / "a.png", folder / "b.png")
    gradient.save(folder / "same-pixels.bmp")
    gradient.resize((200, 156)).save(folder / "smaller.jpg", quality=85)
    gradient.transpose(Image.Transpose.ROTATE_90).save(folder / "other.png")
    drive(services.index([folder], CancelToken(), ocr=False))
    events, count = drive(services.duplicates(CancelToken()))
    groups = [
        (event.kind, {path.name for path in event.paths})
        for event in events
        if isinstance(event, DuplicateGroup)
    ]
    assert count == len(groups) == 2
    assert ("identical", {"a.png", "b.png"}) in groups
    (near,) = [names for kind, names in groups if kind == "near"]
    assert near - {"a.png", "b.png"} == {"same-pixels.bmp", "smaller.jpg"}
