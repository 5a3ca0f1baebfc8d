"""HTML pages: what is found, and that nothing but alt texts changes."""

import tracemalloc
from pathlib import Path

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.media.pages.pagemaking import opened, planned, png, written
from vlm_desktop.base.altpages import Page, PageImage, Spot
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.media.pages.htmlscan import scan
from vlm_desktop.media.pages.htmltags import Tag, tokens, unescape_value


def page(folder: Path, text: str | bytes, name: str = "page.html") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def only(read: Page) -> PageImage:
    (image,) = read.images
    return image


def test_what_stands_around_an_image_is_found(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(png())
    read = opened(
        page(
            tmp_path,
            '<!doctype html><html lang="de-AT"><head><title>Tea &amp; Co</title></head><body>'
            "<h1>Old</h1><p>far</p><h2>Our <b>teas</b></h2><p>Before &lt;it&gt;.</p>"
            '<figure><a href="shop.html?a=1&amp;b=2">Go <img src="a%20b.png" title="Hint"> there'
            "</a><figcaption>A tin of <i>tea</i></figcaption></figure><p>Af<b>ter</b></p>"
            "<h2>Next</h2><p>not this</p>",
        )
    )
    image = only(read)
    assert (read.title, read.language) == ("Tea & Co", "de-AT")
    assert (image.alt, image.path, image.name) == (None, tmp_path / "a b.png", "a b.png")
    context = image.context
    assert (context.page_title, context.heading) == ("Tea & Co", "Our teas")
    assert context.before == "Before <it>. Go"
    assert context.after == "there After"
    assert (context.caption, context.title) == ("A tin of tea", "Hint")
    assert (context.link_target, context.link_text) == ("shop.html?a=1&b=2", "Go there")


@pytest.mark.parametrize(
    ("markup", "spot", "alt"),
    [
        ("<img src=a.png>", Spot.IMG, None),
        ("<img src=a.png alt>", Spot.IMG, ""),
        ("<IMG SRC='a.png' ALT='it&#39;s'>", Spot.IMG, "it's"),
        ('<img alt=first alt="second" src=a>', Spot.IMG, "first"),
        ("<input type=image src=go.png alt=Search>", Spot.INPUT, "Search"),
        ("<map name=m><area href=x alt='North'></map>", Spot.AREA, "North"),
        ("<svg><title>A &amp; B</title><path/></svg>", Spot.SVG, "A & B"),
        ('<span role="img" aria-label="Four stars">****</span>', Spot.ROLE_IMG, "Four stars"),
    ],
)
def test_every_kind_of_image_is_found(
    tmp_path: Path, markup: str, spot: Spot, alt: str | None
) -> None:
    image = only(opened(page(tmp_path, markup)))
    assert (image.spot, image.alt) == (spot, alt)


@pytest.mark.parametrize(
    "markup",
    [
        "<!-- <img src=a> -->",
        "<script>'<img src=a>'</script>",
        "<script><!-- <script> </script><img src=a> --></script>",
        "<style>/* <img src=a> */</style>",
        "<textarea><img src=a></textarea>",
        "<title><img src=a></title>",
        "<noframes><img src=a></noframes>",
        "<p title='<img src=a>'>",
        "<img src='a",
        "<plaintext><img src=a>",
        "<!DOCTYPE html <img src=a",
    ],
)
def test_what_is_no_image_is_none(tmp_path: Path, markup: str) -> None:
    assert opened(page(tmp_path, markup)).images == ()


def test_what_assistive_technology_is_told_is_told(tmp_path: Path) -> None:
    read = opened(
        page(
            tmp_path,
            '<div aria-hidden="true"><div></div><img src="1"></div>'
            '<img src="2" role="presentation">'
            '<img src="3" alt=""><span id="x">By <b>label</b></span>'
            '<img src="4" alt="own" aria-labelledby="x" aria-describedby="y">'
            '<p id="y">Long words</p>',
        )
    )
    one, two, three, four = read.images
    assert one.hidden
    assert not two.hidden
    assert two.decorative
    assert three.decorative
    assert (four.label, four.description, four.decorative) == ("By label", "Long words", False)
    assert [image.needs_text for image in read.images] == [False] * 4


def test_files_beside_the_page_are_found(tmp_path: Path) -> None:
    (tmp_path / "blog").mkdir()
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "ä.png").write_bytes(png())
    for reference in ("../img/%C3%A4.png?v=2#top", "/img/ä.png", "../img/&auml;.png"):
        image = only(opened(page(tmp_path / "blog", f'<img src="{reference}">')))
        assert image.path is not None
        assert image.path.resolve() == tmp_path / "img" / "ä.png"
    based = page(tmp_path, '<base href="img/"><picture><source srcset="x.webp, ä.png 2x"><img>')
    assert only(opened(based)).path == tmp_path / "img" / "ä.png"


@pytest.mark.parametrize(
    ("reference", "missing"),
    [
        ("https://example.org/a.png", False),
        ("//example.org/a.png", False),
        ("\\\\share\\a.png", False),
        ("file://host/a.png", False),
        ("gone.png", True),
        ("x" * 5000, True),
        ("a%00.png", True),
    ],
)
def test_nothing_far_away_or_gone_is_opened(tmp_path: Path, reference: str, missing: bool) -> None:
    image = only(opened(page(tmp_path, f'<img src="{reference}">')))
    assert (image.path, image.missing) == (None, missing)


def test_an_image_inside_the_page_is_copied_out(tmp_path: Path) -> None:
    image = only(opened(page(tmp_path, '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">')))
    assert image.path is not None
    assert image.path.read_bytes().startswith(b"GIF89a")
    assert "R0lG" not in image.source


def test_places_are_found_again_after_other_edits(tmp_path: Path) -> None:
    before = opened(page(tmp_path, "<p>x</p><img src=a><img src=b><img src=a>"))
    after = opened(page(tmp_path, "<h1>New</h1><img src=c><p>x</p><img src=a><b><img src=b></b>"))
    assert {image.place for image in before.images} - {image.place for image in after.images} == {
        before.images[2].place
    }


# --- writing -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<img src=a.png>", '<img src=a.png alt="N &amp; &quot;q&quot;">'),
        ("<img src='a.png'>", "<img src='a.png' alt='N &amp; \"q\"'>"),
        ("<IMG SRC=a.png>", '<IMG SRC=a.png ALT="N &amp; &quot;q&quot;">'),
        ("<img\n alt=x src=a/>", '<img\n alt="N &amp; &quot;q&quot;" src=a/>'),
        ("<img alt src=a>", '<img alt="N &amp; &quot;q&quot;" src=a>'),
        ("<img alt=>", '<img alt="N &amp; &quot;q&quot;">'),
        ("<img/>", '<img alt="N &amp; &quot;q&quot;"/>'),
        ("<img alt = 'x'\tsrc=a >\r\n", "<img alt = 'N &amp; \"q\"'\tsrc=a >\r\n"),
    ],
)
def test_only_the_text_changes(tmp_path: Path, before: str, after: str) -> None:
    path = page(tmp_path, f"\r\n<p>{before}</p>\n")
    written(path, 'N & "q"')
    assert path.read_bytes() == f"\r\n<p>{after}</p>\n".encode()


@pytest.mark.parametrize(
    ("data", "after"),
    [
        (b"\xef\xbb\xbf<img alt=''>\xc3\xa4", "\ufeff<img alt='é☃'>ä".encode()),
        (
            "\ufeff<img alt=''>ä😀".encode("utf-16-le"),
            "\ufeff<img alt='é☃'>ä😀".encode("utf-16-le"),
        ),
        ("\ufeff<img alt=''>ä".encode("utf-16-be"), "\ufeff<img alt='é☃'>ä".encode("utf-16-be")),
        (
            b"<meta charset=iso-8859-1>\xe4\x81<img alt=''>",
            b"<meta charset=iso-8859-1>\xe4\x81<img alt='\xe9&#x2603;'>",
        ),
        (
            b"<meta charset=utf-8>broken \xff\xfe<img alt=''>",
            b"<meta charset=utf-8>broken \xff\xfe<img alt='\xc3\xa9\xe2\x98\x83'>",
        ),
        (b"<img alt=''>", b"<img alt='&#xE9;&#x2603;'>"),
        (
            b"<meta charset=shift_jis>\x83\x5c<img alt=''>",
            b"<meta charset=shift_jis>\x83\x5c<img alt='&#xE9;&#x2603;'>",
        ),
    ],
    ids=["utf-8 mark", "utf-16-le", "utf-16-be", "latin-1", "broken", "undeclared", "shift-jis"],
)
def test_the_encoding_stays(tmp_path: Path, data: bytes, after: bytes) -> None:
    path = page(tmp_path, data)
    written(path, "é☃")
    assert path.read_bytes() == after


def test_decorative_is_said_by_an_empty_text(tmp_path: Path) -> None:
    path = page(tmp_path, "<img src=a><img src=b alt='x'><img src=c alt=''>")
    assert written(path, None, None, None).written == 2
    assert path.read_bytes() == b"<img src=a alt=\"\"><img src=b alt=''><img src=c alt=''>"


def test_what_cannot_be_written_says_why(tmp_path: Path) -> None:
    path = page(tmp_path, "<svg><title>t</title></svg><i role=img aria-label=x></i><img alt=same>")
    svg, role, image = (one.place for one in opened(path).images)
    plan = planned(path, {svg: "new", role: None, image: "same", "img:nowhere#1": "x"})
    assert dict(plan.skipped) == {
        svg: "svg",
        role: "role",
        image: "same",
        "img:nowhere#1": "gone",
    }
    assert plan.edits == ()


def test_a_change_is_shown_with_its_line(tmp_path: Path) -> None:
    path = page(tmp_path, "one\n<p><img src=a alt=old> two</p>\nthree")
    (edit,) = planned(path, {opened(path).images[0].place: "<b>"}).edits
    assert (edit.line, edit.old, edit.alt) == (2, "old", "<b>")
    assert edit.before == "<p><img src=a alt=old> two</p>"
    assert edit.after == '<p><img src=a alt="&lt;b&gt;"> two</p>'


def test_markup_in_a_text_stays_text(tmp_path: Path) -> None:
    hostile = "'\"><script>alert(1)</script><img src=x onerror=y>"
    path = page(tmp_path, "<img src=a>")
    written(path, hostile)
    tree = html5lib.parse(path.read_text(), namespaceHTMLElements=False)
    assert [one.get("alt") for one in tree.iter("img")] == [hostile]
    assert not list(tree.iter("script"))
    assert only(opened(path)).alt == hostile


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs"), include_characters="\n"),
    max_size=60,
).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(
    alt=TEXTS,
    quote=st.sampled_from(["", '"', "'"]),
    encoding=st.sampled_from(["utf-8", "iso-8859-15", "koi8-r", "gb18030"]),
)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, alt: str, quote: str, encoding: str
) -> None:
    folder = tmp_path_factory.mktemp("page")
    head = f'<meta charset="{encoding}"><p>'.encode()
    path = page(folder, head + f"<img src={quote}a{quote}><b alt=x>&amp;".encode())
    written(path, alt)
    assert only(opened(path)).alt == alt
    data = path.read_bytes()
    assert data.startswith(head)
    assert data.endswith(b"><b alt=x>&amp;")
    tree = html5lib.parse(data, namespaceHTMLElements=False)
    assert [one.get("alt") for one in tree.iter("img")] == [alt]


MARKUP = st.lists(
    st.sampled_from(
        ["<img src=a>", "<img alt='x' src=\"b\">", "<!--", "-->", "<script>", "</script>", "<p ",
         "'", '"', ">", "<", "=", "/", "text", "<svg>", "</svg>", "<title>", "</title>", "\n",
         "<a href=x>", "</a>", "<style>", "</style>", "<![CDATA[", "]]>", "&amp"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(MARKUP)
def test_images_are_those_that_another_parser_finds(markup: str) -> None:
    """html5lib follows the whole standard, and builds a tree; only names are compared."""
    if "<svg" in markup or "<![CDATA[" in markup:
        return  # its tree moves images out of drawings
    found = scan(markup, CancelToken()).found
    tree = html5lib.parse(markup, namespaceHTMLElements=False)
    assert [one.source for one in found] == [one.get("src", "") for one in tree.iter("img")]


def test_what_is_never_closed_ends_the_page() -> None:
    """And is not looked for again from every further place, which would take for ever."""
    for markup in ("<a x='" * 20_000, "<!--" * 20_000, "<" * 100_000, "<a " * 50_000):
        assert len(list(tokens(markup))) <= 1


def test_a_large_page_takes_little_more_memory_than_its_text() -> None:
    row = '<tr class="r"><td><a href="/x?id=3">Some &amp; words</a></td><td><b>x</b></td></tr>\n'
    text = row * 8_000
    cancel = CancelToken()
    tracemalloc.start()
    try:
        found = scan(text + "<img src=a>", cancel)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.context(found.found[0]).before.endswith("Some & words x")
    assert most < 2.5 * len(text)


def test_attributes_are_read_as_browsers_do() -> None:
    (tag,) = [one for one in tokens("<a b=c/d e = 'f' =g h=\"i\"j k=>") if isinstance(one, Tag)]
    assert [one.name for one in tag.attributes] == ["b", "e", "=g", "h", "j", "k"]
    assert unescape_value("&copy=1 &copy; &notit; &amp;x &#65;&#x41;") == "&copy=1 © &notit; &x AA"
