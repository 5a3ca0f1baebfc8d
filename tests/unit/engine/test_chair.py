import pytest

from vlm_desktop.engine.chair import ObjectWords, chair, coco_words


@pytest.fixture(scope="module")
def words() -> ObjectWords:
    return coco_words()


COCO = (
    "person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant"
    " stop_sign parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe"
    " backpack umbrella handbag tie suitcase frisbee skis snowboard sports_ball kite baseball_bat"
    " baseball_glove skateboard surfboard tennis_racket bottle wine_glass cup fork knife spoon bowl"
    " banana apple sandwich orange broccoli carrot hot_dog pizza donut cake chair couch"
    " potted_plant bed dining_table toilet tv laptop mouse remote keyboard cell_phone microwave"
    " oven toaster sink refrigerator book clock vase scissors teddy_bear hair_drier toothbrush"
)


def test_every_class_is_known_by_its_name(words: ObjectWords) -> None:
    names = [name.replace("_", " ") for name in COCO.split()]
    assert len(names) == 80
    assert [words.class_of(name) for name in names] == names


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Two men and their puppies play with a ball.", ("person", "dog", "sports ball")),
        ("a hot dog beside a teddy bear", ("hot dog", "teddy bear")),
        ("children on skis near the ski lift", ("person", "skis")),
        ("a woman's knives and wine glasses", ("person", "knife", "wine glass")),
        ("mice, geese and people", ("mouse", "bird", "person")),
        ("an adult bear, a baby giraffe, a baby", ("bear", "giraffe", "person")),
        ("a couple of zebras by a train track", ("zebra",)),
        ("a couple walks", ("person",)),
        ("a man in an orange shirt eats an orange", ("person", "orange")),
        ("oranges and an orange on a plate", ("orange", "orange")),
        ("a toilet seat at home plate", ("toilet",)),
        ("sky, grass and a tree", ()),
        ("", ()),
    ],
)
def test_objects_named(words: ObjectWords, text: str, named: tuple[str, ...]) -> None:
    assert words.named(text) == named


def test_labels_are_classes_or_nothing(words: ObjectWords) -> None:
    assert [words.class_of(label) for label in ("Dogs", "sofa", "home plate", "sunset", "")] == [
        "dog",
        "couch",
        None,
        None,
        None,
    ]


def test_figures_are_those_worked_out_by_hand(words: ObjectWords) -> None:
    captions = ["a dog and a cat on a sofa", "a man", "grass", "a dog, a dog, a car"]
    present = [["dog", "couch"], ["person", "bicycle"], ["sheep"], ["dog"]]
    figures = chair(captions, present, words)
    assert figures is not None
    assert (figures.named, figures.hallucinated, figures.captions) == (7, 2, 4)
    assert figures.sentences == pytest.approx(50)  # the cat; the car
    assert figures.instances == pytest.approx(100 * 2 / 7)
    assert figures.recall == pytest.approx(100 * 4 / 6)  # neither bicycle nor sheep
    assert figures.most_hallucinated == (("car", 1), ("cat", 1))


def test_nothing_to_judge(words: ObjectWords) -> None:
    assert chair([], [], words) is None
    silent = chair(["grass"], [[]], words)
    assert silent is not None
    assert (silent.sentences, silent.instances, silent.recall) == (0, 0, 0)
