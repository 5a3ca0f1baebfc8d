"""Downloads from a hub on the loopback: what arrives, what is refused, what is kept."""

import hashlib
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.flow.hub.conftest import BALLAST, MODEL
from tests.flow.hub.hubserver import COMMIT, HubServer
from vlm_desktop import strings
from vlm_desktop.backends import downloading
from vlm_desktop.backends.registry import Registry
from vlm_desktop.base import network
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import (
    AppError,
    Cancelled,
    DiskFull,
    DownloadBroken,
    DownloadBusy,
    DownloadWrong,
    HubAbsent,
    HubGated,
    HubUnreachable,
    ImportRefused,
    LicenceDiffers,
    ModelUnknown,
    NotEnoughRoom,
)
from vlm_desktop.base.events import Event, Phase, Progress
from vlm_desktop.engine.models import ModelCard, ModelShelf


def fetch(shelf: ModelShelf, **options: object) -> tuple[list[Event], ModelCard]:
    verb = shelf.download(MODEL, CancelToken(), **options)
    events = []
    while True:
        try:
            events.append(next(verb))
        except StopIteration as end:
            return events, end.value


def failing(shelf: ModelShelf, kind: type[AppError], **options: object) -> str:
    """The sentence a person reads when the download fails with `kind`."""
    with pytest.raises(kind) as caught:
        fetch(shelf, **options)
    return strings.sentence(caught.value)


def part(home_models: Path, name: str = "README.md") -> Path:
    return home_models / f".download-{MODEL}" / f"{name}.part"


def test_a_downloaded_model_is_one_like_any_that_was_imported(
    shelf: ModelShelf, registry: Registry, repository: Path, hub: HubServer
) -> None:
    assert registry.card(MODEL).state == "available"
    events, card = fetch(shelf)
    assert card.state == "installed"
    assert card.revision == COMMIT
    assert card.licence == "Apache-2.0"
    assert card.path is not None
    names = {path.name for path in card.path.iterdir()}
    assert names == {
        "model.toml", "image.onnx", "text.onnx", "tokenizer.json", "README.md", "lock.json",
    }  # fmt: skip
    for name in names - {"lock.json"}:
        assert (card.path / name).read_bytes() == (repository / name).read_bytes()
    assert registry.verify(MODEL)
    encoder = registry.open_encoder(MODEL)
    vectors = encoder.encode_texts(["a photo of a dog"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not [one for one in hub.asked if one.path.endswith(".bin")], "no pickle was asked for"
    assert {event.phase for event in events} <= {Phase.DOWNLOAD, Phase.VERIFY}
    assert network.state() == network.Off()


def test_progress_is_in_bytes_with_a_rate_and_an_end(shelf: ModelShelf, hub: HubServer) -> None:
    hub.behaviour.bytes_per_second = 500_000
    heard: list[network.State] = []
    end = network.subscribe(heard.append)
    events, card = fetch(shelf)
    end()
    moving = [one for one in events if isinstance(one, Progress) and one.total]
    done = [one.done for one in moving if one.phase is Phase.DOWNLOAD]
    assert done == sorted(done)
    assert len(done) >= 3
    assert all(one.total > BALLAST for one in moving if one.phase is Phase.DOWNLOAD)
    assert 100_000 < moving[-1].rate < 2_000_000
    assert heard == [network.Open(MODEL, "127.0.0.1"), network.Off()]


def test_large_files_come_from_the_other_host_without_the_token(
    shelf: ModelShelf, hub: HubServer
) -> None:
    shelf.keep_hub_token("secret")
    hub.behaviour.gated, hub.behaviour.token = True, "secret"
    fetch(shelf)
    stored = [one for one in hub.asked if one.path.startswith("/store/")]
    assert {Path(one.path).name for one in stored} >= {"README.md"}
    assert all(str(one.port) in hub.store for one in stored)
    assert not any(one.authorization for one in stored), "the token is not for other hosts"
    assert all(one.authorization for one in hub.asked if one not in stored)


# --- the licence, the room, the door ----------------------------------------------------------


def test_another_licence_than_the_one_shown_stops_it_before_the_first_file(
    shelf: ModelShelf, hub: HubServer
) -> None:
    hub.behaviour.licence = "cc-by-nc-4.0"
    said = failing(shelf, LicenceDiffers)
    assert "cc-by-nc-4.0" in said
    assert "Apache-2.0" in said
    assert hub.served("README.md") == 0
    card = fetch(shelf, accept_licence="cc-by-nc-4.0")[1]
    assert card.licence == "cc-by-nc-4.0"


def test_the_room_is_checked_first(
    shelf: ModelShelf, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    said = failing(shelf, NotEnoughRoom)
    assert "1 MB free" in said
    assert "64 MB are needed" in said
    assert hub.served("README.md") == 0


def test_a_gated_model_says_what_to_do(shelf: ModelShelf, hub: HubServer) -> None:
    hub.behaviour.gated, hub.behaviour.token = True, "right"
    said = failing(shelf, HubGated)
    assert f"{hub.endpoint}/someone/tiny-pair" in said
    assert "HF_TOKEN" in said
    shelf.keep_hub_token("wrong")
    assert "does not show that you did" in failing(shelf, HubGated)
    shelf.keep_hub_token("right")
    assert fetch(shelf)[1].state == "installed"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_token_is_kept_for_this_user_only(shelf: ModelShelf, home_models: Path) -> None:
    shelf.keep_hub_token("secret")
    assert (home_models / ".hub-token").stat().st_mode & 0o777 == 0o600
    shelf.keep_hub_token("")
    assert not (home_models / ".hub-token").exists()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("repository", "repository someone/else"),
        ("file", "image.onnx in someone/tiny-pair"),
        ("revision", "revision v9 of someone/tiny-pair"),
    ],
)
def test_what_does_not_resolve_is_said(
    shelf: ModelShelf, registry: Registry, repository: Path, tmp_path: Path, change: str, what: str
) -> None:
    manifest = tmp_path / "bundled" / "manifest.toml"
    text = manifest.read_text(encoding="utf-8")
    if change == "repository":
        manifest.write_text(text.replace("someone/tiny-pair", "someone/else"), encoding="utf-8")
    elif change == "revision":
        manifest.write_text(text + 'revision = "v9"\n', encoding="utf-8")
    else:
        (repository / "image.onnx").unlink()
    assert f"127.0.0.1 has no {what}" in failing(shelf, HubAbsent)


def test_a_repository_that_is_no_model_is_refused_and_leaves_nothing(
    shelf: ModelShelf, repository: Path, home_models: Path
) -> None:
    (repository / "model.toml").write_text("nonsense = 1\n", encoding="utf-8")
    assert "someone/tiny-pair is not taken in" in failing(shelf, ImportRefused)
    assert not part(home_models).parent.exists()
    assert not (home_models / MODEL).exists()


def test_only_models_of_the_shelf_that_are_not_here_are_downloaded(shelf: ModelShelf) -> None:
    with pytest.raises(ModelUnknown):
        next(shelf.download("unheard-of", CancelToken()))
    fetch(shelf)
    assert "already installed" in failing(shelf, ImportRefused)


# --- bad days ---------------------------------------------------------------------------------


def test_nobody_there(shelf: ModelShelf, registry: Registry, hub: HubServer) -> None:
    hub.close()
    assert "127.0.0.1 does not answer" in failing(shelf, HubUnreachable)


@pytest.mark.parametrize("body", [b"<html>Log in to the hotel</html>", b"[1, 2]", b"{}"])
def test_something_else_than_a_hub_answers(
    shelf: ModelShelf, monkeypatch: pytest.MonkeyPatch, hub: HubServer, body: bytes
) -> None:
    handler = hub._servers[0].RequestHandlerClass

    def hotel(self, _with_body: bool) -> None:
        self.send_response(200)
        self._end({"Content-Length": str(len(body))})
        self.wfile.write(body)

    monkeypatch.setattr(handler, "_route", hotel)
    assert "no model hub" in failing(shelf, HubUnreachable)


def test_a_busy_hub_is_asked_again(shelf: ModelShelf, hub: HubServer) -> None:
    hub.behaviour.failures = 2
    assert fetch(shelf)[1].state == "installed"
    assert len([one for one in hub.asked if one.path.startswith("/api/")]) == 3


def test_a_body_that_is_cut_is_taken_up_where_it_ended(shelf: ModelShelf, hub: HubServer) -> None:
    hub.behaviour.cut_after = {"README.md": 150_000}
    assert fetch(shelf)[1].state == "installed"
    tries = [one for one in hub.asked if one.path == "/store/README.md"]
    assert len(tries) == 3, "150,000 bytes each time"
    assert hub.served("/store/README.md") < BALLAST + 10_000, "no byte twice"


def test_a_server_without_ranges_starts_the_file_anew(shelf: ModelShelf, hub: HubServer) -> None:
    hub.behaviour.cut_after, hub.behaviour.cuts = {"README.md": 150_000}, 1
    hub.behaviour.ranges = False
    assert fetch(shelf)[1].state == "installed"


def test_a_server_that_always_cuts_ends_in_a_sentence_and_keeps_the_part(
    shelf: ModelShelf, hub: HubServer, home_models: Path
) -> None:
    hub.behaviour.cut_after, hub.behaviour.ranges = {"README.md": 100_000}, False
    said = failing(shelf, DownloadBroken)
    assert "the connection was cut" in said
    assert "kept" in said
    assert part(home_models).stat().st_size == 100_000


def test_a_stall_is_given_up_and_tried_again(shelf: ModelShelf, hub: HubServer) -> None:
    hub.behaviour.stall_after, hub.behaviour.stalls = {"README.md": 200_000}, 1
    assert fetch(shelf)[1].state == "installed"
    assert hub.served("/store/README.md") < BALLAST + 10_000, "no byte twice"


def test_a_stall_without_end_keeps_what_came(
    shelf: ModelShelf, hub: HubServer, home_models: Path
) -> None:
    hub.behaviour.stall_after = {"README.md": 200_000}
    said = failing(shelf, DownloadBroken)
    assert "nothing came for too long" in said
    assert 150_000 < part(home_models).stat().st_size <= 200_000
    hub.behaviour.stall_after = {}
    hub.forget()
    assert fetch(shelf)[1].state == "installed"
    assert hub.served("/store/README.md") < BALLAST - 150_000 + 10_000


@pytest.mark.parametrize("name", ["README.md", "model.toml"])
def test_a_wrong_hash_throws_the_file_away_and_says_so(
    shelf: ModelShelf, hub: HubServer, repository: Path, home_models: Path,
    monkeypatch: pytest.MonkeyPatch, name: str,
) -> None:  # fmt: skip
    if name == "README.md":
        hub.behaviour.wrong_hash = {name}
    else:  # a small one, known by git's hash: its bytes change after the look-up
        handler = hub._servers[0].RequestHandlerClass
        body = handler._body

        def altered(self, which: str, content: bytes, begin: int) -> None:
            body(self, which, b"#" * len(content) if which == name else content, begin)

        monkeypatch.setattr(handler, "_body", altered)
    said = failing(shelf, DownloadWrong)
    assert name in said
    assert "checksum" in said
    assert not part(home_models, name).exists()
    assert not (part(home_models).parent / name).exists()
    assert not (home_models / MODEL).exists()


def test_a_full_disk_keeps_what_came(
    shelf: ModelShelf, home_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(downloading.os, "fsync", full)
    assert "is full" in failing(shelf, DiskFull)
    assert part(home_models).parent.exists()


# --- stopping and going on --------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["moving", "stalled", "looking up"])
def test_cancel_acts_within_a_second_and_the_next_run_goes_on(
    shelf: ModelShelf, registry: Registry, hub: HubServer, home_models: Path, stage: str
) -> None:
    registry.hub = replace(registry.hub, stall_seconds=30)
    if stage == "stalled":
        hub.behaviour.stall_after = {"README.md": 200_000}
    else:
        hub.behaviour.bytes_per_second = 400_000
    token = CancelToken()
    verb = shelf.download(MODEL, token)
    for event in verb:
        if stage == "looking up" or event.done > 100_000:
            break
    if stage == "stalled":
        time.sleep(0.3)
    token.cancel()
    before = time.monotonic()
    with pytest.raises(Cancelled):
        list(verb)
    assert time.monotonic() - before < 10, "it waited for the hub"
    assert network.state() == network.Off()
    if stage == "looking up":
        return
    kept = part(home_models).stat().st_size
    assert kept > 50_000
    card = registry.card(MODEL)
    assert card.state == "partial"
    assert card.size_bytes > kept
    hub.behaviour.stall_after, hub.behaviour.bytes_per_second = {}, 0
    hub.forget()
    assert fetch(shelf)[1].state == "installed"
    assert hub.served("/store/README.md") < BALLAST - kept + 10_000


def test_an_abandoned_download_stops_and_can_be_thrown_away(
    shelf: ModelShelf, registry: Registry, hub: HubServer, home_models: Path
) -> None:
    hub.behaviour.bytes_per_second = 400_000
    verb = shelf.download(MODEL, CancelToken())
    for event in verb:
        if event.done > 50_000:
            break
    verb.close()
    assert network.state() == network.Off()
    list(shelf.remove(MODEL))
    assert registry.card(MODEL).state == "available"
    assert not [one for one in home_models.iterdir() if one.is_dir()]


def test_a_finished_file_that_was_damaged_meanwhile_comes_again(
    shelf: ModelShelf, hub: HubServer, home_models: Path
) -> None:
    hub.behaviour.wrong_hash = {"README.md"}
    failing(shelf, DownloadWrong)
    (part(home_models).parent / "image.onnx").write_bytes(b"damaged")
    hub.behaviour.wrong_hash = set()
    hub.forget()
    assert fetch(shelf)[1].state == "installed"
    fetched = {Path(one.path).name for one in hub.asked if "/resolve/" in one.path}
    assert {"image.onnx", "README.md"} <= fetched
    assert "text.onnx" not in fetched, "it lies there whole"


def test_the_same_model_twice_at_once_is_refused(shelf: ModelShelf, hub: HubServer) -> None:
    hub.behaviour.bytes_per_second = 400_000
    verb = shelf.download(MODEL, CancelToken())
    next(event for event in verb if event.done)
    assert "another copy" in failing(shelf, DownloadBusy)
    verb.close()


# --- the pin ----------------------------------------------------------------------------------


def test_the_first_download_pins_the_revision(
    shelf: ModelShelf, hub: HubServer, home_models: Path
) -> None:
    fetch(shelf)
    list(shelf.remove(MODEL))
    newer = "f" * 40
    hub.behaviour.commit = newer
    assert f"revision {COMMIT}" in failing(shelf, HubAbsent), "the old one was taken back"
    card = fetch(shelf, newest=True)[1]
    assert card.revision == newer


def test_a_pinned_revision_whose_files_changed_is_not_believed(
    shelf: ModelShelf, repository: Path
) -> None:
    fetch(shelf)
    list(shelf.remove(MODEL))
    (repository / "README.md").write_bytes(b"y" * BALLAST)
    assert "another file than at the first download" in failing(shelf, DownloadWrong)


def test_a_part_of_an_older_revision_is_not_mixed_with_a_newer_one(
    shelf: ModelShelf, hub: HubServer, repository: Path, home_models: Path
) -> None:
    hub.behaviour.stall_after = {"README.md": 200_000}
    failing(shelf, DownloadBroken)
    hub.behaviour.stall_after, hub.behaviour.commit = {}, "f" * 40
    (repository / "README.md").write_bytes(b"z" * BALLAST)
    card = fetch(shelf, newest=True)[1]
    assert card.path is not None
    content = (card.path / "README.md").read_bytes()
    assert hashlib.sha256(content).digest() == hashlib.sha256(b"z" * BALLAST).digest()
