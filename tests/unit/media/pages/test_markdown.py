"""Markdown: what is found, and that nothing but alt texts changes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.unit.media.pages.pagemaking import opened, planned, png, written
from vlm_desktop.base.pageerrors import PageTooLarge


def page(folder: Path, text: str | bytes) -> Path:
    path = folder / "page.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def test_what_stands_around_an_image_is_found(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(png())
    read = opened(
        page(
            tmp_path,
            '---\ntitle: "Tea"\nlang: de\n---\n\nFar.\n\n## Our *teas*\n\nBefore\nit.\n\n'
            'Go [to ![a **tin**](<a b.png> "Hint") the shop](shop.html) now\n\nAfter.\n\n'
            "# Next\n\nno",
        )
    )
    (image,) = read.images
    context = image.context
    assert (read.title, read.language, image.line) == ("Tea", "de", 13)
    assert (image.alt, image.path) == ("a tin", tmp_path / "a b.png")
    assert (context.heading, context.before) == ("Our teas", "Before it. Go to")
    assert (context.after, context.title) == ("the shop now After.", "Hint")
    assert (context.link_target, context.link_text) == ("shop.html", "to the shop")


@pytest.mark.parametrize(
    "text",
    [
        "```\n![a](b)\n```",
        "    ![a](b)",
        "`![a](b)`",
        "``x ` ![a](b)``",
        r"\![a]" + "\n\n[b]: c",
        "![a][b]",
        "<!-- ![a](b) -->",
        "<script>\n![a](b)\n</script>",
        "---\ntitle: ![a](b)\n---\n",
        "![a](b c)",
    ],
)
def test_what_is_no_image_is_none(tmp_path: Path, text: str) -> None:
    assert opened(page(tmp_path, text)).images == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("![](a.png)", "![N](a.png)"),
        ('![old](a.png "t")', '![N](a.png "t")'),
        ("![a]( <b c> 't' )", "![N]( <b c> 't' )"),
        ("[![a](b)](c)", "[![N](b)](c)"),
        ("[x ![a [b] c](d(e)f) y](g)", "[x ![N](d(e)f) y](g)"),
        (r"\`![a\]b](c)", r"\`![N](c)"),
        ("`code` ![a](b) `![c](d)`", "`code` ![N](b) `![c](d)`"),
        ("> ![a\n> b](c)", "> ![N](c)"),
        ("- x\n  ![a](b){width=3}", "- x\n  ![N](b){width=3}"),
        ("![a][r]\n\n[r]: u", "![N][r]\n\n[r]: u"),
        ("![][r]\n\n[r]: u", "![N][r]\n\n[r]: u"),
        ("![r][]\n\n[r]: u", "![N][r]\n\n[r]: u"),
        ("![r]\n\n[R]: u", "![N][r]\n\n[R]: u"),
        ("| a |\n|---|\n| ![x\\|y](b) |", "| a |\n|---|\n| ![N](b) |"),
        ("a <img src='x'> b", "a <img src='x' alt='N'> b"),
        ("<p>\n<img src=x alt=q>\n</p>", '<p>\n<img src=x alt="N">\n</p>'),
        ("Head ![a](b)\n======", "Head ![N](b)\n======"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_text_changes(tmp_path: Path, before: str, after: str, newline: str) -> None:
    around = "---\ntitle: x\n---\n\n{}\n\n`![no](no)`\n"
    path = page(tmp_path, around.format(before).replace("\n", newline))
    written(path, "N")
    assert path.read_bytes().decode() == around.format(after).replace("\n", newline)


def test_marks_around_an_image_do_not_meet_those_in_its_text(tmp_path: Path) -> None:
    path = page(tmp_path, "a `tick ![](b) <b ![](c)\n\n| h |\n|---|\n| <img src=d> ` |\n")
    alt = "x` > | y"
    written(path, alt, alt, alt)
    assert [image.alt for image in opened(path).images] == [alt] * 3


def test_a_label_stays_when_the_text_was_its_name(tmp_path: Path) -> None:
    path = page(tmp_path, "![Map]\n\n[map]: m.png")
    written(path, "A map of the town")
    assert [image.alt for image in opened(path).images] == ["A map of the town"]
    written(path, None)
    assert path.read_text() == "![][Map]\n\n[map]: m.png"
    assert opened(path).images[0].decorative


@pytest.mark.parametrize(
    "alt",
    [
        "] [ ) (",
        "*a* _b_ ~~c~~ `d`",
        "<b>&amp;</b>",
        "a\\",
        "a|b",
        "![x](y)",
        "x\ny",
        "שלום 😀",
        "$x$",
    ],
)
@pytest.mark.parametrize("form", ["![old](a.png)", "| h |\n|---|\n| ![old](a.png) |"])
def test_hostile_texts_come_back(tmp_path: Path, alt: str, form: str) -> None:
    path = page(tmp_path, f"{form}\n\n**after**")
    written(path, alt)
    assert [image.alt for image in opened(path).images] == [alt.replace("\n", " ")]
    assert path.read_text(encoding="utf-8").endswith("](a.png)\n\n**after**" if "|" not in form
                                                     else "](a.png) |\n\n**after**")  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    alt=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs")), max_size=40),
    table=st.booleans(),
)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, alt: str, table: bool
) -> None:
    alt = " ".join(alt.split(" ")).strip()
    alt = " ".join(part for part in alt.split(" ") if part)
    before, after = ("| h |\n|---|\n| ![", "](a.png) |\n") if table else ("x ![", "](a.png) y")
    path = page(tmp_path_factory.mktemp("md"), f"{before}{after}")
    written(path, alt)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(before)
    assert text.endswith(after)
    tree = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    images = [child for one in tree for child in one.children or () if child.type == "image"]
    assert ["".join(part.content for part in one.children or ()) for one in images] == [alt]


def test_other_encodings_stay(tmp_path: Path) -> None:
    path = page(tmp_path, "\ufeff![ä](b)\r\n".encode("utf-16"))
    data = path.read_bytes()
    written(path, "☃")
    assert path.read_bytes() == data.replace("ä".encode("utf-16-le"), "☃".encode("utf-16-le"))
    path = page(tmp_path, b"\xe4 ![x](b)")
    written(path, "ä☃")
    assert path.read_bytes() == b"\xe4 ![\xe4&#x2603;](b)"


def test_places_are_told_apart(tmp_path: Path) -> None:
    path = page(tmp_path, "![](a) ![](a)\n\n<img src=a>")
    places = [image.place for image in opened(path).images]
    assert len(set(places)) == 3
    plan = planned(path, {places[1]: "second"})
    assert [edit.after for edit in plan.edits] == ["![](a) ![second](a)"]


def test_a_paragraph_that_would_take_for_ever_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageTooLarge):
        opened(page(tmp_path, "![a](b) " + "[" * 60_000))
    assert opened(page(tmp_path, "word " * 60_000 + "\n\n![a](b)")).images[0].alt == "a"
