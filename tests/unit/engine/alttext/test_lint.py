"""Every lint rule: what it speaks of, what it passes over, and what its fix makes of it."""

import subprocess
import sys

import pytest

from vlm_desktop import altstrings
from vlm_desktop.base.altchecks import Field, Finding, Weight
from vlm_desktop.base.alttext import DESTINATIONS, Decision, Destination, PageContext
from vlm_desktop.engine.alttext.lint import POINTS, RULES, LintContext, lint, put_right, score

PLAIN = LintContext()


def found(text: str, rule: str, context: LintContext = PLAIN, extended: str = "") -> Finding | None:
    return next((one for one in lint(text, extended, context) if one.rule == rule), None)


def fixed(text: str, context: LintContext = PLAIN) -> str:
    return put_right(text, "", context)[0]


def test_a_plain_sentence_has_no_findings() -> None:
    assert lint("Two dogs play in the snow.", "", PLAIN) == ()


def test_every_rule_has_a_sentence() -> None:
    of_decision = {"decorative-text", "no-text", "no-extended", "repeats-alt"}
    assert {rule.code for rule in RULES} | of_decision == set(altstrings.FINDINGS)


SPOKEN_OF = [
    # rule, text, the fix (None: a person must)
    ("image-of", "Image of a dog.", "A dog."),
    ("image-of", "A photo of a picture of two dogs.", "Two dogs."),
    ("image-of", "In this picture we can see a man.", "A man."),
    ("image-of", "This image shows two dogs.", "Two dogs."),
    ("image-of", "Photo: a dog.", "A dog."),
    ("image-of", "Bild von einem Hund.", None),
    ("image-of", "Das Foto zeigt zwei Hunde.", "Zwei Hunde."),
    ("image-of", "Das Foto zeigt einen Hund.", None),
    ("image-of", "Auf dem Bild sitzt ein Hund.", None),
    ("image-of", "Photo d'un chien.", "Un chien."),
    ("image-of", "L'image montre une tour.", "Une tour."),
    ("image-of", "Photo du chien.", None),
    ("image-of", "Foto de dos perros.", "Dos perros."),
    ("image-of", "Immagine di due cani.", "Due cani."),
    ("image-of", "Foto van twee honden.", "Twee honden."),
    ("image-of", "Foto de uma torre.", "Uma torre."),
    ("file-name", "IMG_1234", None),
    ("file-name", "DSC00012 two dogs.", "Two dogs."),
    ("file-name", "A dog (DSC_1234).", "A dog."),
    ("file-name", "two-dogs_in_snow", "two dogs in snow"),
    ("file-name", "two-dogs-in-snow", "two dogs in snow"),
    ("file-name", "550e8400-e29b-41d4-a716-446655440000", None),
    ("file-name", "d41d8cd98f00b204e9800998ecf8427e", None),
    ("file-name", "PXL_20210304_101112345", None),
    ("file-name", "p2.jpg", None),
    ("file-name", " hero(1).PNG", None),
    ("extension", "Two dogs.jpg", "Two dogs"),
    ("camera-name", "OLYMPUS DIGITAL CAMERA", None),
    ("camera-name", "Two dogs. Shot on iPhone 12.", "Two dogs."),
    ("camera-name", "Canon EOS 5D Mark III", None),
    ("credit", "Two dogs. © 2020 Jane Doe", "Two dogs."),
    ("credit", "Two dogs (Photo by Jane Doe)", "Two dogs"),
    ("credit", "Two dogs play / Getty Images", "Two dogs play"),
    ("credit", "Zwei Hunde. Foto: Jana Maier", "Zwei Hunde."),
    ("credit", "Photo by Jane Doe", None),
    ("placeholder", "alt text", None),
    ("placeholder", "Bild 3", None),
    ("placeholder", "Untitled", None),
    ("placeholder", "TODO: describe this", None),
    ("placeholder", "Lorem ipsum dolor sit amet.", None),
    ("placeholder", "...", None),
    (
        "placeholder",
        "A dog. Description automatically generated with medium confidence",
        "A dog.",
    ),
    ("trailing-noise", "Eiffel Tower - Wikipedia", "Eiffel Tower"),
    ("trailing-noise", "Two dogs play...", "Two dogs play"),
    ("trailing-noise", "Two dogs, click here to enlarge", "Two dogs"),
    ("trailing-noise", "  Two dogs. ", "Two dogs."),
    ("all-capitals", "TWO DOGS PLAYING IN THE SNOW.", "Two dogs playing in the snow."),
    ("no-full-stop", "Two dogs play", "Two dogs play."),
    ("no-full-stop", "Two dogs play,", "Two dogs play."),
    ("emoji-run", "A dog 🐶🐶🐶 plays.", "A dog 🐶 plays."),
    ("emoji-run", "A party 🎉 🎊", "A party 🎉"),
    ("double-spaces", "Two  dogs\nplay.", "Two dogs play."),
    ("markup", "Tom &amp; Jerry.", "Tom & Jerry."),
    ("markup", "A <b>big</b> dog.", "A big dog."),
    ("markup", "A [dog](https://example.org/a).", "A dog."),
    ("markup", "&lt;b&gt;", None),
    ("too-short", "Dog.", None),
]


@pytest.mark.parametrize(("rule", "text", "fix"), SPOKEN_OF)
def test_a_rule_speaks_and_offers_its_fix(rule: str, text: str, fix: str | None) -> None:
    finding = found(text, rule)
    assert finding is not None
    assert finding.fix == fix
    assert 0 <= finding.start <= finding.end <= len(text)


PASSED_OVER = [
    ("image-of", "A painting of a dog."),
    ("image-of", "A map of Rome."),
    ("image-of", "Beeld van Beethoven."),
    ("image-of", "Illustration d'un chien."),
    ("image-of", "Picturesque valley."),
    ("image-of", "Photographer in the snow."),
    ("image-of", "A person takes a photo of a dog."),
    ("file-name", "The year 2021 in Rome."),
    ("file-name", "A well-known, state-of-the-art engine."),
    ("file-name", "Deadbeef and cafe."),
    ("extension", "The end.A new sentence"),
    ("extension", "A site called example.org."),
    ("camera-name", "A hand holds an iPhone 12."),
    ("camera-name", "A Canon camera on a table."),
    ("credit", "A person waits for a courtesy bus."),
    ("credit", "Someone takes credit cards at a till."),
    ("credit", "A photo by the door."),
    ("credit", "Photographs by the window."),
    ("placeholder", "An image hangs on the wall."),
    ("placeholder", "5 €"),
    ("trailing-noise", "Water runs from an outdoor tap."),
    ("trailing-noise", "A sign says “Click here”."),
    ("all-capitals", "NASA and ESA logos."),
    ("all-capitals", "Logo of UNICEF."),
    ("no-full-stop", "Is this a dog?"),
    ("no-full-stop", "A sign says “Stop.”"),
    ("no-full-stop", "A dog (asleep.)"),
    ("emoji-run", "A dog 🐶 and a cat 🐱."),
    ("emoji-run", "A family 👨‍👩‍👧 eats."),
    ("markup", "Fish & chips, 3 < 5."),
    ("markup", "R&D; a laboratory."),
    ("too-short", "東京タワー"),
    ("double-spaces", "Two dogs play."),
]


@pytest.mark.parametrize(("rule", "text"), PASSED_OVER)
def test_a_rule_passes_over_what_is_fine(rule: str, text: str) -> None:
    assert found(text, rule) is None


# --- what stands around the image ----------------------------------------------------------


def test_the_files_own_name_is_no_text() -> None:
    assert found("dog", "file-name", LintContext(file_name="dog.jpg"))
    assert found("Beach_Party", "file-name", LintContext(file_name="beach-party.png"))
    described = LintContext(file_name="two-dogs-in-snow.jpg")
    assert found("Two dogs in snow.", "file-name", described) is None


def test_the_files_camera_is_known_from_its_metadata() -> None:
    context = LintContext(camera=("Canon", "Canon EOS 80D"))
    finding = found("Two dogs. Canon EOS 80D", "camera-name", context)
    assert finding is not None
    assert finding.fix == "Two dogs."
    assert found("A Canon camera on a table.", "camera-name", context) is None


def test_what_is_said_beside_the_image_is_not_said_again() -> None:
    page = PageContext(
        caption="Two dogs play in the deep snow today",
        title="Winter in Bonn",
        link_text="Read the report",
    )
    context = LintContext(page=page)
    assert found("Two dogs play in the deep snow today.", "repeats-caption", context)
    assert found("Winter in Bonn.", "repeats-title", context)
    assert found("Read the report.", "repeats-link", context)
    assert found("A dog jumps over a log.", "repeats-caption", context) is None


def test_texts_of_a_set_differ() -> None:
    others = ("A dog plays.", "Two people in red jackets climb a steep snowy hill at dawn.")
    context = LintContext(others=others)
    assert found("a dog plays", "repeats-in-set", context)
    nearly = "Two people in red jackets climb a steep snowy hill at the dawn."
    assert found(nearly, "repeats-in-set", context)
    assert found("A dog runs.", "repeats-in-set", context) is None


def test_a_sites_name_is_known_from_the_pages_title() -> None:
    context = LintContext(page=PageContext(page_title="Snow in Bonn | The Daily"))
    finding = found("Two dogs in the snow | The Daily", "trailing-noise", context)
    assert finding is not None
    assert finding.fix == "Two dogs in the snow"


def test_length_is_counted_as_the_destination_does() -> None:
    family = "👨‍👩‍👧" * 60 + "."
    web, mastodon = LintContext(), LintContext(destination=Destination("m", 100, graphemes=True))
    assert found(family, "too-long", web)
    assert found(family, "too-long", mastodon) is None


def test_what_is_too_long_keeps_whole_sentences() -> None:
    text = "A dog sleeps. " * 12
    finding = found(text.strip(), "too-long")
    assert finding is not None
    assert finding.detail == "167/125"
    assert finding.fix is not None
    assert finding.fix.endswith("sleeps.")
    assert len(finding.fix) <= 125
    one_sentence = found("a " * 100 + "dog.", "too-long")
    assert one_sentence is not None
    assert one_sentence.fix is None


def test_advice_weighs_less_than_a_limit() -> None:
    weights = [
        found("dog " * 600, "too-long", LintContext(destination=one)) for one in DESTINATIONS
    ]
    assert [one.weight for one in weights if one] == [Weight.WARNING, *[Weight.ERROR] * 3]


# --- decisions -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "alt", "extended", "rule"),
    [
        (Decision.DECORATIVE, "A dog.", "", "decorative-text"),
        (Decision.INFORMATIVE, "", "", "no-text"),
        (Decision.FUNCTIONAL, " ", "", "no-text"),
        (Decision.COMPLEX, "A chart of sales.", "", "no-extended"),
        (Decision.COMPLEX, "A chart of the sales.", "A chart of the sales", "repeats-alt"),
    ],
)
def test_a_decision_asks_for_its_texts(
    decision: Decision, alt: str, extended: str, rule: str
) -> None:
    assert found(alt, rule, LintContext(decision=decision), extended)


def test_a_decorative_image_without_text_is_right() -> None:
    assert lint("", "", LintContext(decision=Decision.DECORATIVE)) == ()
    assert lint("", "", PLAIN) == ()


def test_a_link_says_what_it_does() -> None:
    def functional(text: str, target: str = "https://www.acme.org/team.html") -> bool:
        page = PageContext(link_target=target)
        context = LintContext(decision=Decision.FUNCTIONAL, page=page)
        return found(text, "no-action", context) is None

    assert functional("Search")
    assert functional("Zur Startseite")
    assert functional("Acme")
    assert functional("Our team")
    assert not functional("Magnifying glass")
    assert not functional("Blue arrow", "button")


def test_functional_and_text_images_need_no_full_stop() -> None:
    for decision in (Decision.FUNCTIONAL, Decision.TEXT):
        assert found("Go to the shop", "no-full-stop", LintContext(decision=decision)) is None


@pytest.mark.parametrize(
    ("language", "text", "fix"),
    [
        ("ja", "東京の塔と 空", "東京の塔と 空。"),
        ("hi", "दो कुत्ते", "दो कुत्ते।"),
        ("de", "Zwei Hunde", "Zwei Hunde."),
    ],
)
def test_a_sentence_ends_as_its_language_does(language: str, text: str, fix: str) -> None:
    finding = found(text, "no-full-stop", LintContext(language=language))
    assert finding is not None
    assert finding.fix == fix


def test_capitals_keep_names_and_codes() -> None:
    context = LintContext(names=("Rocky McCoy",))
    text = "ROCKY MCCOY RIDES A BMX IN BONN IN 2021. PEOPLE CHEER."
    assert fixed(text, context) == "Rocky McCoy rides a BMX in bonn in 2021. People cheer."


# --- language ------------------------------------------------------------------------------


def test_the_language_is_asked_only_where_it_can_be_told() -> None:
    asked: list[str] = []

    def identify(text: str) -> tuple[str, float]:
        asked.append(text)
        return "de", 0.99

    context = LintContext(identify=identify)
    assert found("Ein Hund und eine Katze im Garten.", "language", context)
    assert found("Ein Hund.", "language", context) is None
    assert found("Two dogs “Ein Hund und eine Katze”.", "language", context) is None
    assert len(asked) == 1
    unsure = LintContext(identify=lambda _: ("de", 0.6))
    assert found("Ein Hund und eine Katze im Garten.", "language", unsure) is None
    german = LintContext(identify=identify, language="de-AT")
    assert found("Ein Hund und eine Katze im Garten.", "language", german) is None


# --- all together --------------------------------------------------------------------------


def test_one_key_after_the_other_puts_a_text_right() -> None:
    text = " Image of a &quot;big&quot;  dog.jpg - Wikipedia"
    assert fixed(text) == 'A "big" dog.'
    assert lint(fixed(text), "", PLAIN) == ()


def test_both_fields_are_put_right() -> None:
    alt, extended, applied = put_right("A photo of two dogs", "They  play", PLAIN)
    assert (alt, extended) == ("Two dogs.", "They play.")
    assert set(applied) == {"image-of", "no-full-stop", "double-spaces"}


def test_the_extended_description_may_have_paragraphs_and_any_length() -> None:
    long = "A line.\nAnother line.\n" * 40
    rules = {one.rule for one in lint("Two dogs.", long.strip(), PLAIN)}
    assert not rules & {"too-long", "double-spaces"}


def test_where_all_is_to_be_written_anew_nothing_else_is_said() -> None:
    assert [one.rule for one in lint("IMG_1234", "", PLAIN)] == ["file-name"]
    assert [one.rule for one in lint("alt text", "", PLAIN)] == ["placeholder"]


def test_the_score_is_the_sum_of_the_findings_points() -> None:
    findings = lint("Image of a dog.jpg", "", PLAIN)
    assert sorted(one.rule for one in findings) == ["extension", "image-of", "no-full-stop"]
    assert score(findings) == sum(POINTS[one.weight] for one in findings) == 14
    assert score(()) == 0


def test_findings_name_their_field() -> None:
    (finding,) = lint("Two dogs.", "They play", PLAIN)
    assert finding.field is Field.EXTENDED


def test_the_window_may_load_it_at_any_time() -> None:
    code = (
        "import vlm_desktop.engine.alttext.lint, vlm_desktop.engine.alttext.lengths, sys\n"
        "assert not {'numpy', 'torch', 'PIL', 'py3langid'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
