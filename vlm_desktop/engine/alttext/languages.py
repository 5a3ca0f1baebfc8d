"""Which language a short text is in. Reading the model takes about a second, asking it nothing."""

import threading
from collections.abc import Callable
from functools import lru_cache

from vlm_desktop.backends.late import resolve

_IDENTIFIER = "py3langid.langid:LanguageIdentifier"
_MODEL = "py3langid.langid:MODEL_FILE"
_PURPOSE = "Telling languages apart"
_lock = threading.Lock()


def identifier() -> Callable[[str], tuple[str, float]]:
    """A function from a text to its language (ISO 639) and a probability.

    Read once a process; from then on instant and for any thread. The first call belongs on a
    lane. Raises PartMissing.
    """
    with _lock:
        return _read()


@lru_cache(maxsize=1)
def _read() -> Callable[[str], tuple[str, float]]:
    # py3langid (BSD): a naive Bayes classifier over byte n-grams, after Lui and Baldwin (2012).
    model = resolve(_IDENTIFIER, _PURPOSE).from_model_file(
        resolve(_MODEL, _PURPOSE), norm_probs=True
    )

    @lru_cache(maxsize=1_024)
    def identify(text: str) -> tuple[str, float]:
        language, probability = model.classify(text)
        return str(language), float(probability)

    return identify
