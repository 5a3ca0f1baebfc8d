"""Models in memory: loaded once, the least recently used first out, and what full memory does."""

import threading

import pytest

from tests.fakes import ALL_CAN, FakeChatModel
from tests.flow.chat.conftest import GREEDY, OpenChat, ask, drive, until
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.chaterrors import ChatOutOfMemory, ModelTooLarge
from vlm_desktop.base.conversations import AnswerRestarted, Attachment, TurnState
from vlm_desktop.base.errors import Cancelled, ModelOutOfMemory
from vlm_desktop.engine.chat import error_of
from vlm_desktop.engine.residents import Budgets, Residents

FULL = ModelOutOfMemory(model="m", detail="full")


class Holder:
    """A paused training run that holds memory until it is asked."""

    def __init__(self, model: FakeChatModel) -> None:
        self.model = model
        self.asked = 0

    def give_way(self) -> bool:
        self.asked += 1
        self.model.room = None
        return self.asked == 1


def residents(*models: FakeChatModel, memory: int = 10_000, gpu: int | None = None) -> Residents:
    by_id = {model.spec.model_id: model for model in models}
    sizes = {model.spec.memory_bytes: model.spec.model_id for model in models}
    return Residents(
        by_id.__getitem__,
        lambda: Budgets(memory, gpu),
        lambda most: max(((s, n) for s, n in sizes.items() if s <= most), default=(0, ""))[1],
    )


def use(held: Residents, model_id: str) -> None:
    with held.using(model_id, CancelToken()):
        pass


def loaded(held: Residents) -> list[str]:
    return [one.model_id for one in held.loaded()]


def test_a_model_is_loaded_once(open_chat: OpenChat, red: Attachment) -> None:
    model = FakeChatModel()
    services = open_chat(model)
    talk = services.chat.start()
    for question in ("one?", "two?", "three?"):
        ask(services.chat, talk, question, [red])
    assert (model.loads, model.unloads) == (1, 0)
    assert services.chat.models()[0].loaded
    assert services.chat.free_memory() == 1
    assert (model.unloads, services.chat.free_memory()) == (1, 0)
    ask(services.chat, talk, "four?")
    assert model.loads == 2


def test_looking_at_a_request_loads_nothing(open_chat: OpenChat, red: Attachment) -> None:
    model = FakeChatModel()
    chat = open_chat(model).chat
    talk = chat.start()
    assert chat.capabilities().max_images == 4
    drive(chat.context(talk.id, "what?", [red], GREEDY, CancelToken()))
    drive(chat.look(red, GREEDY, CancelToken()))
    assert model.loads == 0


def test_the_least_recently_used_makes_room() -> None:
    models = [FakeChatModel(name, memory=400) for name in "abc"]
    held = residents(*models, memory=1_000)
    for name in ("a", "b", "a", "c"):
        use(held, name)
    assert loaded(held) == ["a", "c"]
    assert [model.unloads for model in models] == [0, 1, 0]
    use(held, "b")
    assert loaded(held) == ["c", "b"]
    held.close()
    assert not any(model.is_loaded for model in models)


def test_what_a_device_has_counts_for_that_device_only() -> None:
    from dataclasses import replace

    on_gpu = FakeChatModel("gpu", memory=900)
    on_gpu.spec = replace(on_gpu.spec, device="cuda")
    other = FakeChatModel("cpu", memory=900)
    held = residents(on_gpu, other, memory=1_000, gpu=1_000)
    use(held, "gpu")
    use(held, "cpu")
    assert loaded(held) == ["gpu", "cpu"]


def test_a_model_beyond_the_budget_is_refused_with_one_that_fits() -> None:
    held = residents(FakeChatModel("big", memory=5_000), FakeChatModel("small", memory=200),
                     memory=1_000)  # fmt: skip
    use(held, "small")
    with pytest.raises(ModelTooLarge) as refused:
        use(held, "big")
    assert refused.value.fields == {
        "model": "big", "needed": 5_000, "limit": 1_000, "offer": "small",
    }  # fmt: skip
    assert loaded(held) == ["small"]


def test_a_smaller_picture_answers_when_memory_runs_out(
    open_chat: OpenChat, red: Attachment
) -> None:
    model = FakeChatModel(capabilities=ALL_CAN, room=20)
    chat = open_chat(model).chat
    talk = chat.start()
    events, turn = drive(chat.ask(talk.id, "what?", [red], GREEDY, CancelToken()))
    restarts = [one.max_image_tokens for one in events if isinstance(one, AnswerRestarted)]
    assert restarts == [64, 16]
    assert (turn.text, turn.options.max_image_tokens) == ("what? -> [red]", 16)
    assert (turn.state, model.is_loaded) == (TurnState.DONE, True)


def test_what_was_written_before_memory_ran_out_is_written_anew(
    open_chat: OpenChat, red: Attachment
) -> None:
    model = FakeChatModel(say=lambda *_: "one two three", fails=(2, FULL))
    chat = open_chat(model).chat
    talk = chat.start()
    turn = ask(chat, talk, "count", [red])
    assert turn.text == "one two three"
    assert chat.open(talk.id).path()[-1].text == "one two three"


def test_when_nothing_helps_the_offer_is_a_model_that_fits(
    open_chat: OpenChat, red: Attachment
) -> None:
    big = FakeChatModel("big", memory=10_000, room=8)
    small = FakeChatModel("small", memory=500)
    chat = open_chat(big, small, chat_model="big").chat
    talk = chat.start()
    with pytest.raises(ChatOutOfMemory) as full:
        ask(chat, talk, "what?", [red])
    assert full.value.offer == "small"
    assert not big.is_loaded
    error = error_of(chat.open(talk.id).path()[-1])
    assert isinstance(error, ChatOutOfMemory)
    assert error.fields == full.value.fields

    assert ask(chat, talk, "what?", model_id="small").state is TurnState.DONE
    big.room = None
    assert ask(chat, talk, "and now?").state is TurnState.DONE


def test_text_alone_has_no_smaller_picture_to_offer(open_chat: OpenChat) -> None:
    chat = open_chat(FakeChatModel(fails=(0, FULL))).chat
    with pytest.raises(ChatOutOfMemory):
        ask(chat, chat.start(), "hello")


def test_others_and_whoever_trains_make_room_before_pictures_shrink(
    open_chat: OpenChat, red: Attachment
) -> None:
    model = FakeChatModel(room=8)
    services = open_chat(model, FakeChatModel("other"))
    talk = services.chat.start()
    holder = Holder(model)
    services.residents.register(holder)
    ask(services.chat, talk, "warm up", model_id="other")
    events, turn = drive(services.chat.ask(talk.id, "what?", [red], GREEDY, CancelToken()))
    assert [one.max_image_tokens for one in events if isinstance(one, AnswerRestarted)] == [None]
    assert (holder.asked, turn.options.max_image_tokens) == (1, None)
    assert loaded(services.residents) == ["starter"]
    services.residents.unregister(holder)


def test_memory_that_is_short_while_loading_is_asked_for_once(
    open_chat: OpenChat, red: Attachment
) -> None:
    model = FakeChatModel(fails=(-1, FULL))
    other = FakeChatModel("other")
    chat = open_chat(model, other).chat
    talk = chat.start()
    ask(chat, talk, "warm up", model_id="other")
    assert ask(chat, talk, "what?", [red]).state is TurnState.DONE
    assert (other.is_loaded, model.loads) == (False, 1)

    alone = FakeChatModel("alone", fails=(-1, FULL))
    chat = open_chat(alone).chat
    with pytest.raises(ChatOutOfMemory):
        ask(chat, talk, "what?", model_id="alone")
    assert ask(chat, talk, "what?", model_id="alone").state is TurnState.DONE


def test_training_gets_the_device_when_the_answer_is_written(
    open_chat: OpenChat, red: Attachment
) -> None:
    gate = threading.Semaphore(0)
    model = FakeChatModel(say=lambda *_: "one two", gate=gate)
    services = open_chat(model)
    talk = services.chat.start()
    verb = services.chat.ask(talk.id, "count", [red], GREEDY, CancelToken())
    gate.release()
    until(verb, 1)
    freed: list[int] = []
    trainer = threading.Thread(
        target=lambda: freed.append(services.residents.free_device(CancelToken()))
    )
    trainer.start()
    assert model.is_loaded
    gate.release()
    assert drive(verb)[1].text == "one two"
    trainer.join(10)
    assert (freed, model.is_loaded) == ([1], False)

    busy = services.chat.ask(talk.id, "count", [], GREEDY, CancelToken())
    gate.release()
    until(busy, 1)
    impatient = CancelToken()
    impatient.cancel()
    with pytest.raises(Cancelled):
        services.residents.free_device(impatient)
    busy.close()


def test_a_changed_device_opens_models_anew(open_chat: OpenChat, red: Attachment) -> None:
    from dataclasses import replace

    model = FakeChatModel()
    services = open_chat(model)
    talk = services.chat.start()
    ask(services.chat, talk, "one?", [red])
    services.use_settings(replace(services.settings, provider="cpu"))
    assert model.is_loaded
    ask(services.chat, talk, "two?")
    assert (model.loads, model.unloads) == (2, 1)
