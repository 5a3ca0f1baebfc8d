"""What the assistant takes from the starter's text tower: word vectors and questions' embeddings.

Training data is small, and most words are rare in it. Words that mean alike begin alike, and a
question that was never heard lies near some that were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer

from vlm_desktop.backends.chat.starter_prompt import SPECIAL, plain_question
from vlm_desktop.backends.encoders.onnx_dual import OnnxDualEncoder
from vlm_desktop.training.starter.assistant.readings import tell_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from vlm_desktop.training.starter.assistant.corpus import Picture

SPREAD = 0.03
"""Standard deviation of the vectors' numbers, near that of a fresh table."""


def word_table(text_tower: Path, vocabulary: int) -> NDArray[np.float32]:
    """The word table of the text tower, [vocabulary, width]: int8 rows with a scale each."""
    stored = {
        tuple(one.dims): numpy_helper.to_array(one)
        for one in onnx.load(str(text_tower)).graph.initializer
        if list(one.dims)[:1] == [vocabulary]
    }
    codes = next(array for shape, array in stored.items() if len(shape) == 2 and shape[1] > 1)
    scale = next((array for shape, array in stored.items() if shape[1:] in ((), (1,))), None)
    table = codes.astype(np.float32)
    if scale is not None:
        table *= scale.astype(np.float32).reshape(-1, 1)
    return table


@torch.no_grad()
def borrow_words(words: torch.nn.Embedding, tokenizer: Tokenizer, encoder: Path) -> int:
    """Fill the rows of `words` whose text the encoder's tokenizer knows; how many these are.

    A token is the mean of the encoder's pieces for its text, turned to its principal directions.
    """
    other = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    other.no_padding()
    other.no_truncation()
    table = word_table(encoder / "text.onnx", other.get_vocab_size())
    table -= table.mean(0)
    rows, vectors = [], []
    for token in range(len(SPECIAL), words.num_embeddings):
        text = tokenizer.decode([token]).strip()
        pieces = other.encode(text, add_special_tokens=False).ids if text else []
        if pieces:
            rows.append(token)
            vectors.append(table[pieces].mean(0))
    if not rows:
        return 0
    centred = np.stack(vectors) - np.mean(vectors, axis=0)  # [T,W]
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ directions[: words.embedding_dim].T
    width = turned.shape[1]  # fewer than wanted where there are few words
    turned *= SPREAD / max(turned.std(), 1e-6)
    words.weight[torch.tensor(rows), :width] = torch.from_numpy(turned.astype(np.float32))
    return len(rows)


def answer_meanings(answers: Sequence[str], encoder: Path) -> torch.Tensor:
    """The answers' embeddings, centred and of about unit size in every number [A,512]."""
    tower = OnnxDualEncoder(encoder, provider="cpu")
    vectors = tower.encode_texts(list(answers))
    tower.close()
    vectors = vectors - vectors.mean(0)
    return torch.from_numpy(vectors / max(float(vectors.std()), 1e-6))


def question_senses(
    pictures: Iterable[Picture], encoder: Path
) -> tuple[dict[str, int], torch.Tensor]:
    """Every question's row, by its plain form, and the questions' embeddings and readings
    [Q,512+R], which the text tower in the folder `encoder` tells from then on."""
    asked = [one.question for picture in pictures for one in (*picture.asked, *picture.made)]
    questions = list(dict.fromkeys(plain_question(one) for one in asked))
    tell_readings(encoder, "text.onnx", questions)
    tower = OnnxDualEncoder(encoder, provider="cpu")
    vectors = tower.read_texts(questions)
    tower.close()
    return {one: row for row, one in enumerate(questions)}, torch.from_numpy(vectors)
