"""The Models pane: what its cards say, and all that one can do with a model."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.models.fake_shelf import ShelfServices
from vlm_desktop.base.errors import (
    DownloadBroken,
    HubGated,
    ImportRefused,
    LicenceDiffers,
    ModelBroken,
    ModelIncomplete,
)
from vlm_desktop.gui.main_window import MainWindow
from vlm_desktop.gui.panes.models.card import ModelCardView
from vlm_desktop.gui.panes.models.models_pane import ModelsPane
from vlm_desktop.gui.panes.models.questions import DownloadQuestion

Cards = Callable[[str], ModelCardView]


def offered(card: ModelCardView) -> list[str]:
    """The words of the buttons that are there."""
    return [button.text() for button in card.buttons if button.isVisibleTo(card)]


def question(pane: ModelsPane) -> DownloadQuestion:
    (found,) = [one for one in pane.findChildren(DownloadQuestion) if one.isVisible()]
    return found


def begin_download(pane: ModelsPane, card: ModelCardView) -> None:
    (card.download if card.download.isVisibleTo(card) else card.go_on).click()
    if not card.entry.activity:
        question(pane).yes.click()


# --- what the cards say -----------------------------------------------------------------------


def test_a_card_says_what_a_model_is_for_what_it_takes_and_what_one_can_do(card: Cards) -> None:
    starter, big, noted = card("starter"), card("big"), card("noted")
    assert starter.state.text() == "Answers your searches"
    assert "Knows 120 of 120 photos" in starter.facts.text()
    assert offered(starter) == ["Verify files"]
    assert big.state.text() == "Not downloaded"
    assert big.does.text() == (
        "Finds photos by words and by other pictures · Understands many languages"
    )
    assert big.facts.text() == (
        "Licence: MIT · about 1.5 GB to download · about 1.9 GB of memory in use"
    )
    assert offered(big) == ["Download…"]
    assert noted.notice.text() == "For research only."
    assert not big.notice.isVisibleTo(big)


def test_models_here_stand_above_those_to_download(pane: ModelsPane, card: Cards) -> None:
    heads = [head.text() for head in pane.heads if head.isVisible()]
    assert heads == ["On this computer", "To download"]
    assert card("starter").y() < pane.heads[1].y() < card("big").y() < card("noted").y()


def test_a_shelf_that_cannot_be_read_says_why_and_is_tried_again(
    window: MainWindow, services: ShelfServices, qtbot: QtBot
) -> None:
    services.switching.facts_error = ModelBroken(model="manifest.toml", detail="no table")
    window.show_pane("models")
    pane = window.pane("models")
    qtbot.waitUntil(lambda: pane.page.primary.isVisible())
    assert "no table" in pane.page.sentence.text()
    services.switching.facts_error = None
    pane.page.primary.click()
    qtbot.waitUntil(lambda: bool(pane.cards))
    assert pane.scroll.isVisible()


# --- downloading ------------------------------------------------------------------------------


def test_nothing_is_fetched_before_the_question_is_answered(
    pane: ModelsPane, card: Cards, services: ShelfServices
) -> None:
    card("noted").download.click()
    asked = question(pane)
    said = " ".join(label.text() for label in asked.findChildren(type(asked.network)))
    for part in ("300 MB", "80.0 GB", "apple-amlr", "For research only.", "hub.example"):
        assert part in said
    assert "only time the network is used" in asked.network.text()
    assert asked.yes.text() == "Download 300 MB"
    asked.no.click()
    assert services.models.downloads == []


def test_too_little_room_is_said_and_nothing_can_be_fetched(
    pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    services.switching.free_bytes = 200_000_000
    with qtbot.waitSignal(pane.shelf.loaded):
        pane.shelf.refresh()
    card("noted").download.click()
    asked = question(pane)
    assert asked.no_room.isVisible()
    assert "300 MB are needed and 200 MB are free" in asked.no_room.text()
    assert not asked.yes.isEnabled()
    asked.no.click()


def test_a_download_shows_how_far_it_is_here_and_in_the_status_bar(
    window: MainWindow, pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    big = card("big")
    begin_download(pane, big)
    qtbot.waitUntil(lambda: "0 bytes of 1.5 GB" in big.going_on.text())
    assert "12 MB a second" in big.going_on.text()
    assert "about 2 minutes left" in big.going_on.text()
    assert big.bar.isVisible()
    assert big.state.text() == "Being downloaded"
    assert window.status.text.text().startswith("Downloading Big One: 0 bytes of 1.5 GB")
    assert offered(big) == ["Pause", "Cancel"]
    window.show_pane("elsewhere")
    services.models.gate.set()
    qtbot.waitUntil(lambda: big.entry.is_here)
    assert "Big One is on this computer now" in window.status.text.text()
    window.show_pane("models")
    assert big.state.text() == "On this computer"
    assert offered(big) == ["Use for search", "Verify files", "Remove…"]
    assert big.y() < pane.heads[1].y(), "it moved up to those that are here"


def test_a_paused_download_goes_on_and_asks_no_second_time(
    window: MainWindow, pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    big = card("big")
    begin_download(pane, big)
    qtbot.waitUntil(lambda: services.models.cards["big"].state == "partial")
    big.pause.click()
    qtbot.waitUntil(lambda: big.entry.is_partial and big.entry.activity is None)
    assert "paused; what has arrived is kept" in window.status.text.text()
    assert big.state.text() == "Paused at 0 bytes of 1.5 GB"
    assert offered(big) == ["Go on downloading", "Discard the download"]
    big.go_on.click()
    assert not [one for one in pane.findChildren(DownloadQuestion) if one.isVisible()]
    services.models.gate.set()
    qtbot.waitUntil(lambda: big.entry.is_here)
    assert services.models.downloads == ["big", "big"]


def test_stopping_it_in_the_status_bar_pauses_it(
    window: MainWindow, pane: ModelsPane, card: Cards, qtbot: QtBot
) -> None:
    big = card("big")
    begin_download(pane, big)
    qtbot.waitUntil(lambda: "of 1.5 GB" in big.going_on.text())
    window.status.stop.click()
    qtbot.waitUntil(lambda: big.entry.is_partial and big.entry.activity is None)


def test_a_cancelled_download_leaves_nothing(
    window: MainWindow, pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    big = card("big")
    begin_download(pane, big)
    qtbot.waitUntil(lambda: "of 1.5 GB" in big.going_on.text())
    big.cancel.click()
    qtbot.waitUntil(lambda: "was thrown away" in window.status.text.text())
    qtbot.waitUntil(lambda: offered(big) == ["Download…"])
    assert services.models.cards["big"].state == "available"


def test_downloads_wait_for_each_other_and_a_waiting_one_can_be_taken_back(
    pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    big, noted = card("big"), card("noted")
    begin_download(pane, big)
    begin_download(pane, noted)
    assert noted.going_on.text() == "Waiting for its turn"
    noted.cancel.click()
    assert noted.entry.activity is None
    begin_download(pane, noted)
    services.models.gate.set()
    qtbot.waitUntil(lambda: big.entry.is_here and noted.entry.is_here)
    assert services.models.downloads == ["big", "noted"]


def test_a_failed_download_says_why_and_can_be_tried_again(
    window: MainWindow, pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    big = card("big")
    services.models.error = DownloadBroken(
        model="big", done=340_000_000, total=1_500_000_000, detail="nothing came for too long"
    )
    begin_download(pane, big)
    qtbot.waitUntil(lambda: big.trouble.isVisible())
    assert "stopped at 340 MB of 1.5 GB" in big.trouble.text()
    assert "stopped at" in big.accessibleDescription()
    services.models.error = None
    services.models.gate.set()
    begin_download(pane, big)
    qtbot.waitUntil(lambda: big.entry.is_here)
    assert not big.trouble.isVisible()


def test_another_licence_is_shown_and_has_to_be_accepted(
    pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    big = card("big")
    services.models.error = LicenceDiffers(
        model="big", shown="MIT", stated="cc-by-nc-4.0", page="http://hub.example/someone/big"
    )
    begin_download(pane, big)
    qtbot.waitUntil(lambda: big.accept.isVisible())
    assert "cc-by-nc-4.0" in big.trouble.text()
    assert offered(big) == ["Download under this licence", "Open its page"]
    services.models.error = None
    services.models.gate.set()
    big.accept.click()
    qtbot.waitUntil(lambda: big.entry.is_here)
    assert services.models.accepted == ["", "cc-by-nc-4.0"]


def test_a_gated_model_takes_an_access_token(
    pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    big = card("big")
    services.models.error = HubGated(model="big", page="http://hub.example/x", has_token=False)
    begin_download(pane, big)
    qtbot.waitUntil(lambda: big.token.isVisible())
    assert big.token.echoMode() is big.token.EchoMode.Password
    services.models.error = None
    services.models.gate.set()
    qtbot.keyClicks(big.token, "hf_secret")
    qtbot.keyClick(big.token, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: big.entry.is_here)
    assert services.models.tokens == ["hf_secret"]
    assert big.token.text() == ""


def test_closing_the_window_pauses_a_download(
    window: MainWindow, pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    begin_download(pane, card("big"))
    qtbot.waitUntil(lambda: "of 1.5 GB" in card("big").going_on.text())
    window.close()
    (box,) = [one for one in window.findChildren(QMessageBox) if one.isVisible()]
    assert "Downloading Big One" in box.text()
    box.buttons()[0].click()
    qtbot.waitUntil(lambda: not window.isVisible())
    qtbot.waitUntil(lambda: pane.shelf._runs == {})
    assert services.models.cards["big"].state == "partial"


# --- switching --------------------------------------------------------------------------------


def installed(pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot) -> None:
    services.models.gate.set()
    begin_download(pane, card("big"))
    qtbot.waitUntil(lambda: card("big").use.isVisible())


def test_a_model_takes_over_when_it_knows_every_photo_and_the_starter_can_come_back(
    window: MainWindow, pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    installed(pane, card, services, qtbot)
    big, starter = card("big"), card("starter")
    assert not pane.starter_action.isEnabled()
    changed: list[None] = []
    window.desk.navigator.library_changed.connect(lambda: changed.append(None))
    big.use.click()
    qtbot.waitUntil(lambda: "0 of 120 photos" in big.going_on.text())
    assert starter.state.text() == "Answers your searches", "until the other one is ready"
    assert window.status.text.text().startswith("Getting Big One ready: 0 of 120 photos")
    services.switching.gate.set()
    qtbot.waitUntil(lambda: big.entry.active)
    assert window.status.text.text() == "Big One answers your searches now."
    assert changed
    assert big.state.text() == "Answers your searches"
    assert starter.state.text() == "Part of the program"
    assert not big.remove.isEnabled()
    assert "Let another model do that first" in big.remove.toolTip()
    pane.starter_action.trigger()
    qtbot.waitUntil(lambda: starter.entry.active)
    assert not big.entry.active


def test_stopping_it_leaves_the_model_that_was(
    window: MainWindow, pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    installed(pane, card, services, qtbot)
    card("big").use.click()
    qtbot.waitUntil(lambda: "of 120 photos" in card("big").going_on.text())
    card("big").stop.click()
    qtbot.waitUntil(lambda: card("big").entry.activity is None)
    assert "goes on with the model it had" in window.status.text.text()
    assert card("starter").entry.active


def test_photos_out_of_reach_keep_a_model_from_taking_over(
    pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    installed(pane, card, services, qtbot)
    services.switching.error = ModelIncomplete(model="big", done=90, total=120)
    services.switching.gate.set()
    card("big").use.click()
    qtbot.waitUntil(lambda: card("big").trouble.isVisible())
    assert "90 of 120" in card("big").trouble.text()
    assert card("starter").entry.active


# --- looking after them -----------------------------------------------------------------------


def test_verifying_says_that_all_is_well_or_what_is_not(
    window: MainWindow, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    card("starter").verify.click()
    qtbot.waitUntil(lambda: window.status.text.text() == "All 3 files are what they were.")
    services.models.error = ModelBroken(model="starter", detail="text.onnx is not the file it was")
    card("starter").verify.click()
    qtbot.waitUntil(lambda: card("starter").trouble.isVisible())
    assert "text.onnx" in card("starter").trouble.text()


@pytest.mark.parametrize("sure", [True, False])
def test_removing_asks_once(
    pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot, sure: bool
) -> None:
    installed(pane, card, services, qtbot)
    card("big").remove.click()
    (box,) = [one for one in pane.findChildren(QMessageBox) if one.isVisible()]
    assert "1.5 GB" in box.informativeText()
    assert "cannot be undone" in box.informativeText()
    box.buttons()[0 if sure else 1].click()
    if sure:
        qtbot.waitUntil(lambda: offered(card("big")) == ["Download…"])
    else:
        assert not box.isVisible()
        assert offered(card("big")) == ["Use for search", "Verify files", "Remove…"]


def test_a_folder_is_taken_in_or_refused_with_the_reason(
    window: MainWindow, pane: ModelsPane, services: ShelfServices, tmp_path: Path, qtbot: QtBot
) -> None:
    services.models.error = ImportRefused(path=tmp_path, detail="it has no safetensors file")
    pane.shelf.import_folder(tmp_path)
    qtbot.waitUntil(lambda: "no safetensors file" in window.status.text.text())
    services.models.error = None
    pane.shelf.import_folder(tmp_path)
    qtbot.waitUntil(lambda: "own" in pane.cards)
    assert pane.cards["own"].isVisible()
    assert window.status.text.text() == "Our own was taken in."


def test_a_dropped_folder_is_taken_in_as_a_model(
    window: MainWindow, pane: ModelsPane, services: ShelfServices, tmp_path: Path, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    at, copy = QPoint(5, 5), Qt.DropAction.CopyAction
    left, bare = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(at, copy, data, left, bare)
    QApplication.sendEvent(pane, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(pane, QDropEvent(QPointF(at), copy, data, left, bare))
    qtbot.waitUntil(lambda: services.models.imported == [tmp_path])
    assert services.indexed_folders == [], "not as photos"
    qtbot.waitUntil(lambda: "own" in pane.cards)
    file = tmp_path / "model.safetensors"
    file.touch()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    QApplication.sendEvent(pane, QDragEnterEvent(at, copy, data, left, bare))
    QApplication.sendEvent(pane, QDropEvent(QPointF(at), copy, data, left, bare))
    said = "Drop a folder with a model's files here."
    qtbot.waitUntil(lambda: window.status.text.text() == said)
    assert services.models.imported == [tmp_path]


# --- finding and walking ----------------------------------------------------------------------


def test_the_filter_looks_at_everything_a_card_says(
    window: MainWindow, pane: ModelsPane, card: Cards
) -> None:
    for words, shown in (
        ("CHINESE", {"noted"}),
        ("mit", {"big"}),
        ("answers", {"starter"}),
        ("image one", set()),
        ("", {"starter", "big", "noted"}),
    ):
        pane.filter.setText(words)
        assert {key for key, one in pane.cards.items() if one.isVisibleTo(pane)} == shown
    pane.filter.setText("xyz")
    assert pane.page.title.text() == "No model matches"
    pane.page.primary.click()
    assert pane.filter.text() == ""
    assert pane.scroll.isVisible()


def test_arrows_walk_from_the_filter_along_the_cards(
    pane: ModelsPane, card: Cards, qtbot: QtBot
) -> None:
    pane.filter.setFocus()
    for key in ("starter", "big", "noted"):
        qtbot.keyClick(pane.window().focusWidget(), Qt.Key.Key_Down)
        assert card(key).hasFocus()
        assert card(key).visibleRegion().isEmpty() is False
    qtbot.keyClick(card("noted"), Qt.Key.Key_Down)
    assert card("noted").hasFocus(), "it is the last"
    qtbot.keyClick(card("noted"), Qt.Key.Key_Up)
    assert card("big").hasFocus()
    qtbot.keyClick(card("big"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: question(pane).yes.hasFocus())
    question(pane).no.click()
    assert pane.window().focusWidget() is card("big"), "where it was"
    assert pane.back()
    assert pane.window().focusWidget() is pane.filter


def test_tab_goes_through_the_cards_in_the_order_they_are_seen(
    pane: ModelsPane, card: Cards, qtbot: QtBot
) -> None:
    pane.filter.setFocus()
    seen = []
    for _ in range(7):
        qtbot.keyClick(pane.window().focusWidget(), Qt.Key.Key_Tab)
        seen.append(pane.window().focusWidget())
    assert seen == [
        pane.importing, card("starter"), card("starter").verify,
        card("big"), card("big").download, card("noted"), card("noted").download,
    ]  # fmt: skip


def test_everything_that_takes_focus_has_a_name_of_its_own(
    pane: ModelsPane, card: Cards, services: ShelfServices, qtbot: QtBot
) -> None:
    installed(pane, card, services, qtbot)
    stops = [
        one
        for one in pane.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible()
    ]
    names = [
        one.accessibleName() or (one.text() if isinstance(one, QAbstractButton) else "")
        for one in stops
    ]
    assert all(names)
    assert len(set(names)) == len(names)
    assert card("big").accessibleName() == "Big One: On this computer"
    assert "Verify files Big One" in names


def test_the_filter_comes_back(pane: ModelsPane) -> None:
    pane.filter.setText("many languages")
    state = pane.state()
    pane.filter.clear()
    pane.restore(state)
    assert pane.filter.text() == "many languages"
