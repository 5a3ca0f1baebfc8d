"""`evaluate claims`, with a model and an encoder that know colours."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes import FakeChatModel, FakeRegistry, colour_of, make_photo
from tests.flow.cli.conftest import Cli
from vlm_desktop.base.chat import ChatImage, GenerationOptions, Message


def _say(
    messages: Sequence[Message], images: Sequence[ChatImage], options: GenerationOptions
) -> str:
    colour = colour_of(images[0].pixels)
    words = messages[-1].text.casefold()
    if words.startswith(("is", "are", "do")):
        return "yes" if colour != "grey" and ("dog" in words or colour in words) else "no"
    return colour if "color" in words else f"A {colour} dog and a boat."


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> FakeChatModel:
    made = FakeChatModel(say=_say)
    monkeypatch.setattr(FakeRegistry, "open_chat", lambda self, model_id, **_: made)
    return made


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = []
    for name, thing in (("red", "dog"), ("green", "dog"), ("blue", "cat")):
        make_photo(tmp_path / f"{name}.jpg", name)
        captions = [f"A {name} {thing}.", f"Two {thing}s."]
        counts = {thing: 2}
        rows.append(
            {"image": f"{name}.jpg", "captions": captions, "labels": [thing], "counts": counts}
        )
    rows.append({"image": "gone.jpg", "captions": ["A bus."]})
    path = tmp_path / "data.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_figures_are_those_of_the_judged_claims(cli: Cli, data: Path, tmp_path: Path) -> None:
    saved = tmp_path / "claims.jsonl"
    code, out, _ = cli("--json", "evaluate", "claims", data, "--samples", "2", "--save", saved)
    answer = json.loads(out.splitlines()[-1])
    assert code == 0
    assert (answer["n"], answer["unreadable"]) == (3, 1)
    rows = [json.loads(line) for line in saved.read_text().splitlines()]
    drafts = [row for row in rows if row["source"] == "draft"]
    # Every draft claims a dog, which two pictures show, and a boat, which none does.
    assert sorted((row["claim"], row["truth"]) for row in drafts) == [
        ("There is a boat.", False), ("There is a boat.", False), ("There is a boat.", False),
        ("There is a dog.", False), ("There is a dog.", True), ("There is a dog.", True),
    ]  # fmt: skip
    figures = answer["claims"]["drafts"]["all"]
    supported = [row for row in drafts if row["state"] == "supported"]
    assert figures["n"] == 6
    assert figures["base_rate"] == pytest.approx(100 / 3)
    assert figures["supported"] == len(supported)
    true = [row for row in supported if row["truth"]]
    if supported:
        assert figures["precision"] == pytest.approx(100 * len(true) / len(supported))
    assert figures["recall"] == pytest.approx(100 * len(true) / 2)


def test_what_is_known_is_known_from_people(cli: Cli, data: Path, tmp_path: Path) -> None:
    saved = tmp_path / "claims.jsonl"
    cli("--json", "evaluate", "claims", data, "--samples", "1", "--save", saved)
    rows = [json.loads(line) for line in saved.read_text().splitlines()]
    about_blue = {
        (row["source"], row["claim"]): row["truth"] for row in rows if row["image"] == "blue.jpg"
    }
    assert about_blue["own", "The cat is blue."]
    assert about_blue["own", "There are two cats."]
    assert not any(
        truth for (source, _), truth in about_blue.items() if source in {"other", "altered"}
    )
    altered = {claim for source, claim in about_blue if source == "altered"}
    assert any(claim.startswith("The cat is ") for claim in altered)
    assert any(claim.startswith("There are ") for claim in altered)
    assert "The cat is blue." not in altered


def test_people_read_a_table(cli: Cli, data: Path) -> None:
    code, out, _ = cli("evaluate", "claims", data, "--samples", "1", "--limit", "2")
    assert code == 0
    assert "precision" in out
    assert "drafts: claims of the model's drafts" in out
    assert "samples alone" in out


@pytest.mark.parametrize("content", ["", '{"image": "a.jpg"}\n', '{"image": "a.jpg", "labels": 3}'])
def test_a_file_that_tells_nothing_is_refused(cli: Cli, tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(content)
    code, _, err = cli("evaluate", "claims", path)
    assert code != 0
    assert "odd.jsonl" in err
