"""The assistant's figures on held-back photos: captions, answers, and both without the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from vlm_desktop.backends.chat.starter_choice import (
    AnswerTable,
    Seen,
    chances_of,
    question_tokens,
    tells_sides,
    weigh,
)
from vlm_desktop.backends.chat.starter_prompt import CAPTION, END, plain_question
from vlm_desktop.backends.chat.starter_writing import look_at, next_logits, search, write
from vlm_desktop.base.captionscores import cider_d, corpus_bleu
from vlm_desktop.base.captiontokens import tokenise
from vlm_desktop.base.vqascores import is_exact, vqa_accuracy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vlm_desktop.backends.chat.starter_network import StarterNetwork
    from vlm_desktop.training.starter.assistant.batches import Words
    from vlm_desktop.training.starter.assistant.corpus import Picture
    from vlm_desktop.training.starter.assistant.export import Choice
    from vlm_desktop.training.starter.assistant.features import Features
    from vlm_desktop.training.starter.assistant.questions import Asked

CHUNK = 50
LONGEST_CAPTION = 30
LONGEST_ANSWER = 8


@torch.no_grad()
def captions_of(
    network: StarterNetwork,
    words: Words,
    features: Features,
    photos: Sequence[int],
    *,
    beams: int = 1,
    length_power: float = 1.0,
) -> list[str]:
    """A caption for each photo as it is."""
    device = next(network.parameters()).device
    end, found = words.special[END], []
    for start in range(0, len(photos), CHUNK):
        part = photos[start : start + CHUNK]
        with torch.autocast(device.type, torch.bfloat16):
            seen = network.see(*features.take([0] * len(part), part, device))
            prompts = torch.full((len(part), 1), words.special[CAPTION], device=device)
            if beams > 1:
                written = search(
                    network, look_at(network, seen), prompts, end=end, longest=LONGEST_CAPTION,
                    beams=beams, length_power=length_power,
                )  # fmt: skip
            else:
                memory = look_at(network, seen, 1 + LONGEST_CAPTION)
                written = write(network, memory, prompts, end=end, longest=LONGEST_CAPTION)
        found += [words.tokenizer.decode(list(one.tokens)).strip() for one in written]
    return found


def caption_scores(
    captions: Sequence[str], references: Sequence[Sequence[str]]
) -> dict[str, float]:
    """CIDEr-D and BLEU-4 times 100, as papers print them."""
    said = [tokenise(one) for one in captions]
    human = [[tokenise(one) for one in several] for several in references]
    return {
        "cider_d": 100 * cider_d(said, human),
        "bleu_4": 100 * corpus_bleu(said, human)[3],
        "words": sum(map(len, said)) / max(1, len(said)),
    }


@torch.no_grad()
def answers_of(
    network: StarterNetwork,
    words: Words,
    features: Features,
    questions: Sequence[tuple[int, str]],
    *,
    blank: tuple[torch.Tensor, torch.Tensor] | None = None,
    senses: torch.Tensor | None = None,
) -> list[str]:
    """The greedy answer to each (photo, question); with `blank`, as if every photo were that.

    `senses` are embeddings of questions, in the rows that `words` knows them by.
    """
    device = next(network.parameters()).device
    prompts = [words.question(question) for _, question in questions]
    by_length: dict[int, list[int]] = {}
    for index, prompt in enumerate(prompts):
        by_length.setdefault(len(prompt), []).append(index)
    answers = [""] * len(questions)
    for length, members in sorted(by_length.items()):
        for start in range(0, len(members), CHUNK):
            part = members[start : start + CHUNK]
            photos = [questions[index][0] for index in part]
            cells, whole = features.take([0] * len(part), photos, device)
            if blank is not None:
                cells, whole = (one.expand(len(part), *one.shape[1:]) for one in blank)
            with torch.autocast(device.type, torch.bfloat16):
                memory = look_at(network, network.see(cells, whole), length + LONGEST_ANSWER)
                ids = torch.tensor([prompts[index] for index in part], device=device)
                sense = None
                if senses is not None and network.config.sense:
                    rows = [words.senses[plain_question(questions[index][1])] for index in part]
                    sense = network.understand(senses[rows].to(device), whole)
                written = write(
                    network, memory, ids, end=words.special[END], longest=LONGEST_ANSWER,
                    sense=sense,
                )  # fmt: skip
            for index, one in zip(part, written, strict=True):
                answers[index] = words.tokenizer.decode(list(one.tokens)).strip()
    return answers


@torch.no_grad()
def chosen_answers(
    network: StarterNetwork,
    choice: Choice,
    words: Words,
    features: Features,
    questions: Sequence[tuple[int, str]],
    senses: torch.Tensor,
    *,
    blank: tuple[torch.Tensor, torch.Tensor] | None = None,
) -> list[str]:
    """The answer that classifier and decoder choose together; see `answers_of`."""
    device = next(network.parameters()).device
    classifier, length = choice.classifier, choice.classifier.config.tokens
    table = AnswerTable(choice.answers, words.tokenizer)
    views = [0, 1] if len(features.cells) > 1 else [0]
    found = []
    for photo, question in questions:
        cells, whole = blank or features.take(views, [photo] * len(views), device)
        near = None
        if classifier.config.corners:
            near = torch.zeros_like(cells) if blank else features.near([photo], device)[0]
        seen = Seen(classifier.see(cells, near), whole)
        asked = senses[words.senses[plain_question(question)]][None].to(device)
        tokens = question_tokens(words.tokenizer, question, length)
        chances = chances_of(classifier, seen, asked, tokens, sides=tells_sides(question))
        memory = look_at(network, network.see(cells[:1], whole[:1]), words.longest)
        prompt = words.question(question)
        sense = network.understand(asked, whole[:1]) if network.config.sense else None
        ids = torch.tensor([prompt], device=device)
        logits = next_logits(network, memory, ids, 0, sense)[0]
        place = len(prompt)
        scores = weigh(chances, table, network, memory, logits, place, choice.share)
        best = max(scores, key=lambda one: scores[one])
        found.append(words.tokenizer.decode(list(best[:-1])).strip())
    return found


def answer_scores(answers: Sequence[str], asked: Sequence[Asked]) -> dict[str, float]:
    """Percent right: exact match where one answer is known, VQA v2's accuracy where ten are."""
    marks: dict[str, list[float]] = {}
    for answer, question in zip(answers, asked, strict=True):
        if len(question.answers) == 1:
            mark = float(is_exact(answer, question.answers))
            keys = ("one_word", f"one_word_{question.kind}")
        else:
            mark = vqa_accuracy(answer, question.answers)
            keys = ("vqa", f"vqa_{question.kind}")
        for key in keys:
            marks.setdefault(key, []).append(mark)
    return {key: 100 * sum(values) / len(values) for key, values in sorted(marks.items())}


def asked_of(pictures: Sequence[Picture], split: str) -> list[tuple[int, Asked]]:
    """The questions people asked about the photos of a split, with each photo's number."""
    return [
        (index, asked)
        for index, one in enumerate(pictures)
        if one.split == split and one.path.stem.startswith("COCO_")
        for asked in one.asked
    ]


def measure(
    network: StarterNetwork,
    words: Words,
    features: Features,
    pictures: Sequence[Picture],
    senses: torch.Tensor,
    choice: Choice | None = None,
) -> dict[str, dict[str, float]]:
    """Figures of every held-back split, greedy and by beams; answers also without the picture.

    With `choice` the answers are those of the classifier and the decoder together, to held-out
    photos only, since it learns from the tuning photos. Without the picture means its cells and
    embedding at zero.
    """
    network.eval()
    figures: dict[str, dict[str, float]] = {}
    device = next(network.parameters()).device
    config = network.config
    blank = (
        torch.zeros(1, config.cells, config.features, device=device),
        torch.zeros(1, config.embedding, device=device),
    )
    for split in ("tune", "dev"):
        photos = [i for i, one in enumerate(pictures) if one.split == split and one.captions]
        for beams in (1, 5) if photos else ():
            said = captions_of(network, words, features, photos, beams=beams)
            human = [pictures[photo].captions for photo in photos]
            figures[f"{split}_captions_{beams}"] = caption_scores(said, human)
    for split in ("held",) if choice else ("tune", "held"):
        asked = asked_of(pictures, split)
        questions = [(photo, one.question) for photo, one in asked]
        for name, put in (("", None), ("_blank", blank)) if asked else ():
            if choice is None:
                answers = answers_of(network, words, features, questions, blank=put, senses=senses)
            else:
                answers = chosen_answers(
                    network, choice, words, features, questions, senses, blank=put
                )
            figures[f"{split}_answers{name}"] = answer_scores(answers, [one for _, one in asked])
    return figures
