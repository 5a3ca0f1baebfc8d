"""A folder of weights in the hub's layout, known by its small files."""

from dataclasses import dataclass
from pathlib import Path

from vlm_desktop.backends.modelfolder import count_weights, read_config, revision
from vlm_desktop.base.chat import ChatSpec


@dataclass(frozen=True, slots=True)
class ChatFolder:
    """What can be told of a model without reading its weights.

    `revision` changes with the weights or the configuration. `image_token_id` is 0 and
    `context_length` is 0 where config.json does not say.
    """

    path: Path
    model_id: str
    model_type: str
    image_token_id: int
    context_length: int
    parameters: int
    revision: str

    @classmethod
    def read(cls, path: Path, model_id: str) -> "ChatFolder":
        """Raises `ModelBroken`, and `ModelUnsupported` for code of its own."""
        config = read_config(path, model_id)
        text = config.get("text_config") or config.get("decoder") or config
        return cls(
            path=path,
            model_id=model_id,
            model_type=str(config.get("model_type", "")),
            image_token_id=int(
                config.get("image_token_id") or config.get("image_token_index") or 0
            ),
            context_length=int(text.get("max_position_embeddings") or 0),
            parameters=count_weights(path, model_id),
            revision=revision(path),
        )

    def spec(
        self, *, device: str = "", precision: str = "", memory_bytes: int = 0, vision: str = "torch"
    ) -> ChatSpec:
        """In words for the engine; device, precision and memory once they are known."""
        return ChatSpec(
            model_id=self.model_id,
            family=self.model_type,
            revision=self.revision,
            device=device or "cpu",
            precision=precision or "fp32",
            vision=vision,
            context_length=self.context_length,
            parameters=self.parameters,
            memory_bytes=memory_bytes or 4 * self.parameters,
        )
