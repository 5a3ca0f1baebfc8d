"""From a question in a conversation to an answer: pictures read, the file asked, then the model.

Needs no library, so that talks that are not kept are answered the same way.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chat import ChatImage, GenerationOptions
from vlm_desktop.base.conversations import (
    AnswerSource,
    Attachment,
    Conversation,
    Picture,
    Turn,
    Why,
)
from vlm_desktop.base.events import Event, Notice
from vlm_desktop.base.types import Size
from vlm_desktop.engine.answering import STARTER_FAMILY, Answerer, ModelAnswer
from vlm_desktop.engine.chatpictures import LoadedPicture, PictureLoader
from vlm_desktop.engine.directanswers import (
    DirectQuestion,
    Subject,
    answer_from_lines,
    answer_from_metadata,
    direct_question,
    metadata_context,
)
from vlm_desktop.engine.prompting import Plan, Request, plan, request, to_load
from vlm_desktop.store.conversations import letter


@dataclass(frozen=True, slots=True)
class Task:
    """One answer to be written. `direct` says whether the file may answer in the model's place.

    `decode` is the seconds that went into reading pictures of the question already.
    """

    conversation: Conversation
    question: Turn
    model_id: str
    options: GenerationOptions
    why: Why = Why.ASKED
    note: str = ""
    side: int = 0
    direct: bool = True
    decode: float = 0.0


@dataclass(frozen=True, slots=True)
class Ready:
    """A task with its pictures read. `direct` is the rule that the question fits, if any."""

    plan: Plan
    loaded: Mapping[int, LoadedPicture]
    context: str
    direct: DirectQuestion | None

    @property
    def source(self) -> AnswerSource:
        return self.direct.subject.source if self.direct else AnswerSource.MODEL

    @property
    def decode(self) -> float:
        """Seconds that reading the pictures took."""
        return sum(one.seconds for one in self.loaded.values())


def unread_picture(key: int, number: int, attachment: Attachment) -> Picture:
    """A picture of a conversation that is not kept: nothing but where it lies, and its letter."""
    return Picture(key, letter(number), attachment, "", Size(0, 0), b"")


class Preparer:
    """For the lane "answers"."""

    def __init__(self, answerer: Answerer, pictures: PictureLoader) -> None:
        self.answerer = answerer
        self.pictures = pictures

    def ready(
        self, task: Task, cancel: CancelToken, context: str | None = None
    ) -> Generator[Event, None, Ready]:
        """Read what the answer needs. `context` is what is said before the question; None: what
        the conversation tells of its pictures.

        Raises MediaRefused, BadRegion, ModelError, Cancelled.
        """
        capabilities, spec = self.answerer.about(task.model_id, cancel)
        chosen = plan(task.conversation, task.question, capabilities)
        loaded = {}
        for one in to_load(task.conversation, chosen):
            picture = task.conversation.picture(one)
            loaded[one] = self.pictures.load(picture.attachment, cancel)
            if picture.content_hash and loaded[one].content_hash != picture.content_hash:
                yield Notice("picture-changed", str(picture.attachment.path))
        direct = None
        if task.direct and spec.family == STARTER_FAMILY and chosen.pictures:
            direct = direct_question(task.question.text)
        if context is None:
            context = _told(task.conversation, chosen, loaded)
        return Ready(chosen, loaded, context, direct)

    def request(
        self, task: Task, ready: Ready, cancel: CancelToken, *, why: Why, blank: bool = False
    ) -> Request:
        """What the model is asked; with `blank` every picture is grey."""
        capabilities, _ = self.answerer.about(task.model_id, cancel)
        images: dict[int, ChatImage] = {
            one: loaded.blanked() if blank else loaded.image for one, loaded in ready.loaded.items()
        }
        return request(
            task.conversation,
            ready.plan,
            capabilities,
            images,
            model_id=task.model_id,
            context=ready.context,
            why=why,
            note=task.note,
        )

    def answer(
        self, task: Task, ready: Ready, cancel: CancelToken, *, why: Why, blank: bool = False
    ) -> Generator[Event, None, ModelAnswer]:
        """Have the model answer. Boxes of the reply name pictures of the conversation by id, and
        lie in pixels of their whole pages."""
        asked = self.request(task, ready, cancel, why=why, blank=blank)
        yield from asked.notices
        made = yield from self.answerer.answer(task.model_id, asked, task.options, cancel)
        boxes = tuple(
            (what, asked.pictures[image], ready.loaded[asked.pictures[image]].in_page(box))
            for what, image, box in made.reply.boxes
            if image < len(asked.pictures)
        )
        return replace(made, reply=replace(made.reply, boxes=boxes))

    def direct(self, ready: Ready) -> str:
        """What the file says; the question is about the picture that was spoken of last."""
        assert ready.direct is not None
        loaded = ready.loaded[ready.plan.pictures[-1]]
        if ready.direct.subject is Subject.TEXT:
            return answer_from_lines(ready.direct, self.answerer.read(loaded.image.pixels))
        return answer_from_metadata(ready.direct, loaded.metadata)

    def close(self) -> None:
        """End the decoding worker."""
        self.pictures.close()


def _told(conversation: Conversation, chosen: Plan, loaded: Mapping[int, LoadedPicture]) -> str:
    """Date, place and camera of the pictures that are shown, where the model is told."""
    if not conversation.metadata:
        return ""
    lines = [
        metadata_context(conversation.picture(one).letter, loaded[one].metadata)
        for one in chosen.pictures
    ]
    return "\n".join(line for line in lines if line)
