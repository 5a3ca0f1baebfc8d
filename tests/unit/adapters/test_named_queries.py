"""Names that an encoder was taught are asked for as they are, other words in sentences."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.fakes import ColourEncoder
from vlm_desktop.backends.adapters.folder import Worn
from vlm_desktop.backends.adapters.names import NamedEncoder
from vlm_desktop.engine.encoding import Encoders
from vlm_desktop.engine.querytext import query_prompts


@pytest.fixture
def taught(tmp_path: Path) -> tuple[Worn, np.ndarray]:
    row = np.zeros((1, 32), np.float32)
    row[0, 3] = 1.0
    save_file({"vectors": row}, tmp_path / "adapter.safetensors")
    config = {"peft_type": "NAMES", "target_modules": [], "names": ["Brumaline"]}
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    return Worn(tmp_path), row[0]


def test_a_taught_name_is_its_vector_and_nothing_else(taught: tuple[Worn, np.ndarray]):
    worn, row = taught
    encoders = Encoders(lambda _: NamedEncoder(ColourEncoder(), [worn]))
    plain = Encoders(lambda _: ColourEncoder())
    found = encoders.queries("colours", ["brumaline", "red"])
    assert np.allclose(found[0], row)
    assert np.allclose(found[1], plain.queries("colours", ["red"])[0])
    assert len(query_prompts("brumaline")) > 1, "else this test says nothing"
