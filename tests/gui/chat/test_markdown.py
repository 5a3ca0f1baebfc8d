"""What a model wrote is shown and never obeyed."""

from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from vlm_desktop.gui import theme
from vlm_desktop.gui.panes.chat.answer_view import AnswerView
from vlm_desktop.gui.panes.chat.markdown import is_openable, shown_address
from vlm_desktop.gui.panes.chat.opening import ask_to_open
from vlm_desktop.gui.panes.chat.words_view import WordsView


@pytest.fixture
def words(qtbot: QtBot, qapp: Any) -> WordsView:
    theme.apply(qapp, "light")
    made = WordsView()
    qtbot.addWidget(made)
    made.resize(400, 100)
    return made


def test_pictures_are_named_and_never_fetched(
    words: WordsView, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def load(self: QTextDocument, kind: int, name: QUrl) -> None:
        del self, kind
        fetched.append(name.toString())

    monkeypatch.setattr(WordsView, "loadResource", load)
    words.show_markdown("![cat](http://evil.example/a.png) ![b][r]\n\n[r]: file:///etc/passwd")
    words.show()
    words.grab()
    assert "[picture: http://evil.example/a.png]" in words.toPlainText()
    assert "[picture: file:///etc/passwd]" in words.toPlainText()
    assert "\N{OBJECT REPLACEMENT CHARACTER}" not in words.toPlainText()
    assert fetched == []


def test_html_is_text(words: WordsView) -> None:
    words.show_markdown('<b>bold</b> <img src="http://x.example/y.png"> and\n\n<script>1</script>')
    assert '<b>bold</b> <img src="http://x.example/y.png">' in words.toPlainText()
    assert "<script>1</script>" in words.toPlainText()


def test_links_say_where_they_lead(words: WordsView) -> None:
    words.show_markdown("[here](https://example.org/a) and https://plain.example/b")
    text = words.toPlainText()
    assert "here (https://example.org/a)" in text
    assert text.count("https://plain.example/b") == 1
    assert words.links == ("https://example.org/a", "https://plain.example/b")


@pytest.mark.parametrize("href", ["file:///etc/passwd", "javascript:alert(1)", "a.html", "data:,x"])
def test_what_leads_into_this_computer_is_no_link(words: WordsView, href: str) -> None:
    words.show_markdown(f"[click]({href})")
    assert words.links == ()
    assert not is_openable(href)


def test_letters_that_look_like_others_are_told() -> None:
    assert "xn--" in shown_address("https://аpple.example/")


def test_a_link_is_opened_only_after_a_question(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    opened: list[QUrl] = []
    box = ask_to_open(window, "https://example.org/a", opened.append)
    assert box is not None
    assert opened == []
    assert box.informativeText() == "https://example.org/a"
    stay, go = box.defaultButton(), box.buttons()[0]
    assert stay is not go
    go.click()
    assert [one.toString() for one in opened] == ["https://example.org/a"]
    assert ask_to_open(window, "file:///etc/passwd", opened.append) is None
    qtbot.waitUntil(lambda: not window.findChildren(QMessageBox))


def test_headings_have_the_sizes_of_the_window(words: WordsView) -> None:
    words.show_markdown("# Big\n\n### Small")
    block = words.document().begin()
    sizes = []
    while block.isValid():
        sizes.append(block.begin().fragment().charFormat().font().pixelSize())
        block = block.next()
    assert sizes == [theme.measures().type_title, theme.measures().type_large]


def test_only_the_last_piece_is_laid_out_anew(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = AnswerView()
    qtbot.addWidget(answer)
    written: list[int] = []
    write = WordsView._write

    def count(self: WordsView) -> None:
        written.append(len(self._markdown or ""))
        write(self)

    monkeypatch.setattr(WordsView, "_write", count)
    paragraphs = [f"Paragraph {n}. " * 60 for n in range(30)]
    text = ""
    for paragraph in paragraphs:
        text += f"{paragraph}\n\n"
        answer.show_text(text)
    assert len(answer.parts) > 10
    assert max(written) < 4_000
    assert len(written) <= 2 * len(paragraphs)


def test_code_is_copied_whole(qtbot: QtBot) -> None:
    answer = AnswerView()
    qtbot.addWidget(answer)
    answer.show_text("See:\n\n```py\na = 1\n")
    answer.show_text("See:\n\n```py\na = 1\nb = 2\n```\n\nDone.")
    (code,) = answer.code
    assert code.language.text() == "py"
    code.copy.click()
    assert QGuiApplication.clipboard().text() == "a = 1\nb = 2"
