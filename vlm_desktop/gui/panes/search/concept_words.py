"""How good a taught name is, in sentences."""

from vlm_desktop.base.language import fill
from vlm_desktop.base.queries import ConceptScore, ConceptSummary
from vlm_desktop.gui.strings import query as strings

_GOOD_RECALL = 0.5


def score_sentences(name: str, score: ConceptScore) -> list[str]:
    """Precision, recall and how they were taken, as far as they could be."""
    said = []
    if score.precision is not None:
        said.append(fill(strings.SCORE_PRECISION, percent=100 * score.precision))
    said.append(fill(strings.SCORE_FOUND, found=score.found, examples=score.examples))
    if score.others:
        said.append(
            fill(strings.SCORE_MISTAKEN, others=score.others, mistaken=score.mistaken, name=name)
        )
    else:
        said.append(strings.SCORE_UNKNOWN)
    if score.recall is not None and score.recall < _GOOD_RECALL:
        said.append(strings.SCORE_MORE)
    said.append(fill(strings.SCORE_HOW, folds=score.folds))
    return said


def concept_row(concept: ConceptSummary) -> str:
    """A name in a list."""
    photos = strings.photos(len(concept.examples))
    score = concept.score
    if score is None or score.precision is None or score.recall is None:
        return fill(strings.NAMES_ROW, name=concept.name, photos=photos)
    return fill(
        strings.NAMES_ROW_SCORED,
        name=concept.name,
        photos=photos,
        recall=100 * score.recall,
        precision=100 * score.precision,
    )
