"""Boxes that answers name: in pixels of the whole page, whatever the model was shown of it."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes import FakeChatModel
from tests.flow.chat.conftest import GREEDY, OpenChat, ask, drive
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage, GenerationOptions, Message, Reply, Token
from vlm_desktop.base.conversations import Attachment, Turn
from vlm_desktop.base.types import Box, Size
from vlm_desktop.engine.pictures import in_page


class Pointing(FakeChatModel):
    """Says that a cup is in the lower right quarter of each picture it is shown."""

    def stream(
        self,
        messages: Sequence[Message],
        images: Sequence[ChatImage],
        options: GenerationOptions,
        cancel: CancelToken,
    ) -> Generator[Token, None, Reply]:
        reply = yield from super().stream(messages, images, options, cancel)
        boxes = []
        for number, image in enumerate(images):
            height, width = image.pixels.shape[:2]
            boxes.append(("cup", number, Box(width / 2, height / 2, width, height)))
        return replace(reply, boxes=tuple(boxes))


def picture(path: Path, width: int, height: int) -> Attachment:
    Image.new("RGB", (width, height), (40, 60, 220)).save(path)
    return Attachment(path)


def sides(turn: Turn) -> list[tuple[float, ...]]:
    return [(box.x0, box.y0, box.x1, box.y1) for _, _, box in turn.boxes]


def test_boxes_of_a_picture_that_was_decoded_smaller_lie_in_its_own_pixels(
    open_chat: OpenChat, tmp_path: Path
) -> None:
    model = Pointing()
    chat = open_chat(model).chat
    talk = chat.start()
    large = picture(tmp_path / "large.jpg", 6_000, 5_000)
    turn = ask(chat, talk, "where?", [large])
    shown = model.asked[-1][1][0].pixels.shape
    assert shown[0] < 5_000, "else nothing is to be converted"
    (found,) = sides(turn)
    assert found == pytest.approx((3_000, 2_500, 6_000, 5_000), abs=1)
    kept = chat.open(talk.id)
    assert kept.turn(turn.id).boxes == turn.boxes
    assert [number for _, number, _ in turn.boxes] == [kept.pictures[0].id]


def test_boxes_in_a_part_and_in_its_whole_picture_are_told_apart(
    open_chat: OpenChat, tmp_path: Path
) -> None:
    chat = open_chat(Pointing()).chat
    talk = chat.start()
    whole = picture(tmp_path / "halves.png", 200, 80)
    region = replace(whole, box=Box(120, 10, 160, 70))
    turn = drive(chat.ask_region(talk.id, "here?", region, GREEDY, CancelToken()))[1]
    part, all_of_it = sides(turn)
    assert part == pytest.approx((140, 40, 160, 70))
    assert all_of_it == pytest.approx((100, 40, 200, 80))
    kept = chat.open(talk.id)
    boxes = [kept.picture(number).attachment.box for _, number, _ in turn.boxes]
    assert boxes == [region.box, None]


def test_a_part_that_reaches_beyond_its_picture_begins_at_the_edge() -> None:
    """As it is cut out; and a page is told in points, whatever it was drawn in."""
    page, shown = Size(600, 800), Size(100, 50)
    part = Box(-20, 700, 200, 900)
    found = in_page(Box(0, 0, 50, 50), shown, page, part)
    assert (found.x0, found.y0, found.x1, found.y1) == pytest.approx((0, 700, 100, 800))
    turned = in_page(Box(0, 0, 100, 50), shown, page, Box(200, 300, 100, 100))
    assert (turned.x0, turned.y0, turned.x1, turned.y1) == (100, 100, 200, 300)


def test_a_thumb_is_there_when_the_conversation_is_opened_again(
    open_chat: OpenChat, red: Attachment
) -> None:
    services = open_chat()
    talk = services.chat.start()
    turn = ask(services.chat, talk, "what colour?", [red])
    assert services.chat.open(talk.id).turn(turn.id).vote == 0
    assert services.training.sources.vote(turn.id, -1) == 0
    assert open_chat().chat.open(talk.id).turn(turn.id).vote == -1
    assert services.training.sources.vote(turn.id, 1) == -1
    assert services.chat.open(talk.id).turn(turn.id).vote == 1
    services.training.sources.vote(turn.id, 0)
    assert services.chat.open(talk.id).turn(turn.id).vote == 0


def test_what_one_can_learn_from_is_what_training_takes(
    open_chat: OpenChat, red: Attachment, blue: Attachment
) -> None:
    services = open_chat()
    chat = services.chat
    talk = chat.start()
    alone = ask(chat, talk, "what colour?", [red])
    both = ask(chat, talk, "and these?", [red, blue])
    after = ask(chat, talk, "sure?")
    region = replace(blue, box=Box(1, 2, 40, 50))
    part = ask(chat, talk, "and here?", [region])
    answers = [alone, both, after, part]
    for one in answers:
        services.training.sources.vote(one.id, 1)
    kept = chat.open(talk.id)
    taken = {one.source for one in services.training.sources.answers().examples}
    assert taken == {f"chat: answer {one.id}" for one in answers if kept.is_lesson(one)}
    assert len(taken) == 1
    chat.drop_picture(talk.id, kept.pictures[0].id)
    assert not chat.open(talk.id).is_lesson(alone)
    assert services.training.sources.answers().examples == ()


def test_what_was_read_in_the_file_is_not_learned_from_its_pixels(
    open_chat: OpenChat, red: Attachment
) -> None:
    model = FakeChatModel(family="starter-assistant")
    services = open_chat(model)
    talk = services.chat.start()
    turn = ask(services.chat, talk, "When was it taken?", [red])
    assert turn.source.value == "metadata", "else this says nothing"
    services.training.sources.vote(turn.id, 1)
    assert services.training.sources.answers().examples == ()
    assert not services.chat.open(talk.id).is_lesson(turn)
