"""The starter's table of short answers: a classifier that says how right each of them is.

Most short answers are the same few hundred. Choosing among them by how many people would say each
(Teney et al. 2018, "Tips and Tricks for Visual Question Answering") needs fewer examples than
writing them does, so a few small networks over the question and the picture stand beside the
decoder, and both decide together (`starter_choice`).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812


@dataclass(frozen=True, slots=True)
class AnswersConfig:
    """Shape of the classifier.

    `answers` it knows, `vocabulary` tokens of the assistant's tokenizer, `tokens` of a question
    that it reads, `directions` that a cell's `features` are reduced to, `members` whose
    probabilities are averaged, `corners` of the picture that it also sees larger, 4 or none.
    `readings` are what the text tower tells of a question beside its embedding; the first `readers`
    of the members take them, the others do without: they err differently, and better on numbers.
    """

    answers: int
    vocabulary: int
    width: int = 384
    words: int = 128
    directions: int = 384
    features: int = 1280
    embedding: int = 512
    tokens: int = 16
    members: int = 2
    corners: int = 0
    readings: int = 0
    readers: int = 0
    dropout: float = 0.25
    question_dropout: float = 0.2


class AnswerMember(nn.Module):
    """One network of the classifier: the question gates what the picture shows."""

    def __init__(self, config: AnswersConfig, *, reads: bool = False) -> None:
        super().__init__()
        width, size = config.width, config.embedding
        self.words = nn.Embedding(config.vocabulary, config.words)
        self.sense = nn.Linear(size, width)
        self.reading = nn.Linear(config.readings, width) if reads else None
        self.edges = nn.Linear(3 * config.words, width)
        self.phrases = nn.Conv1d(config.words, width, 3, padding=1)
        self.norm_asked = nn.LayerNorm(width)
        self.seen = nn.Linear((4 if config.corners else 2) * config.directions, width)
        self.whole = nn.Linear(size, width)
        self.fit = nn.Linear(size, width)
        self.norm_seen = nn.LayerNorm(width)
        self.gate = nn.Linear(width, width)
        self.both = nn.Linear(2 * width, width)
        self.out = nn.Linear(width, config.answers)
        self.drop = nn.Dropout(config.dropout)
        self.drop_asked = nn.Dropout(config.question_dropout)
        nn.init.normal_(self.words.weight, std=0.05)
        nn.init.constant_(self.out.bias, -4.0)  # most answers are wrong

    def understand(self, asked: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Questions' embeddings, of length 1, and readings [B,512+R], and tokens [B,T], 0 is none,
        to [B,W]."""
        said = self.drop_asked(self.words(tokens))  # [B,T,w]
        real = (tokens > 0).to(said.dtype)[..., None]
        phrases = F.relu(self.phrases(said.transpose(1, 2)).transpose(1, 2)) * real
        mean = (said * real).sum(1) / real.sum(1).clamp(min=1.0)
        edges = self.edges(torch.cat([said[:, 0], said[:, 1], mean], -1))
        size = self.sense.in_features
        sense = self.sense(self.drop_asked(asked[:, :size] * size**0.5))
        if self.reading is not None:
            sense = sense + self.reading(self.drop_asked(asked[:, size:]))
        return F.gelu(self.norm_asked(sense + phrases.amax(1) + edges))

    def forward(
        self, pooled: torch.Tensor, whole: torch.Tensor, asked: torch.Tensor, tokens: torch.Tensor
    ) -> torch.Tensor:
        """Logits of every answer, of each alone [B,A]. See `AnswerClassifier` for the arguments."""
        size = whole.shape[-1]
        whole, vector = F.normalize(whole, dim=-1), F.normalize(asked[:, :size], dim=-1)
        asked = torch.cat([vector, asked[:, size:]], -1)
        question = self.understand(asked, tokens).expand(len(pooled), -1)
        picture = self.seen(self.drop(pooled))
        picture = picture + self.whole(self.drop_asked(whole * size**0.5))
        picture = picture + self.fit(self.drop_asked(whole * vector * size))
        met = self.norm_seen(picture) * F.gelu(self.gate(question))
        hidden = F.gelu(self.both(self.drop(torch.cat([met, question], -1))))
        out: torch.Tensor = self.out(self.drop(hidden))
        return out


class AnswerClassifier(nn.Module):
    """Several members, each trained from another beginning, over the same reduced cells."""

    middle: torch.Tensor
    directions: torch.Tensor

    def __init__(self, config: AnswersConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("middle", torch.zeros(config.features))
        self.register_buffer("directions", torch.zeros(config.features, config.directions))
        self.members = nn.ModuleList(
            AnswerMember(config, reads=number < config.readers) for number in range(config.members)
        )

    def pool(self, cells: torch.Tensor) -> torch.Tensor:
        """Cells of pictures [B,N,1280] to the mean and the maximum of each direction [B,2*D]."""
        turned = (cells - self.middle) @ self.directions
        return torch.cat([turned.mean(1), turned.amax(1)], -1)

    def see(self, cells: torch.Tensor, corners: torch.Tensor | None) -> torch.Tensor:
        """Views of one picture [V,49,1280] and its corners [4,49,1280], which all views share, to
        what the members see of each view [V,2*D], or [V,4*D] with corners."""
        pooled = self.pool(cells)
        if corners is None:
            return pooled
        near = self.pool(corners.flatten(0, 1)[None])
        return torch.cat([pooled, near.expand(len(pooled), -1)], -1)

    def forward(
        self, pooled: torch.Tensor, whole: torch.Tensor, asked: torch.Tensor, tokens: torch.Tensor
    ) -> torch.Tensor:
        """How right each answer is, 0..1 [B,A]: the mean of the members.

        Args:
            pooled: the pictures, from `see`.
            whole: the pictures' embeddings [B,512].
            asked: the questions' embeddings and readings [B,512+R], or one for all; zeros where
                nothing is asked.
            tokens: the questions' tokens [B,T], or one's, 0 behind their end.
        """
        chances = [one(pooled, whole, asked, tokens).float().sigmoid() for one in self.members]
        return torch.stack(chances).mean(0)
