"""How the model hub is reached: its address, the access token, and how patient to be."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vlm_desktop.base.errors import HomeNotWritable

HUB_ADDRESS = "https://huggingface.co"
_TOKEN_FILE = ".hub-token"


@dataclass(frozen=True, slots=True)
class HubAccess:
    """`endpoint` is the hub's address; `token_folder` is where an access token may be kept.

    A connection on which nothing arrives for `stall_seconds` is given up and made anew, after a
    wait of `pause_seconds` that doubles; `attempts` in a row without a single byte end a download.
    """

    endpoint: str = HUB_ADDRESS
    token_folder: Path | None = None
    stall_seconds: float = 20.0
    attempts: int = 5
    pause_seconds: float = 1.0

    @property
    def host(self) -> str:
        """The name a person knows the hub by."""
        return urlsplit(self.endpoint).hostname or self.endpoint

    def token(self) -> str:
        """The token that was entered here, else $HF_TOKEN; "" without either."""
        if self.token_folder is not None:
            with contextlib.suppress(OSError, ValueError):
                kept = (self.token_folder / _TOKEN_FILE).read_text(encoding="ascii").strip()
                if kept:
                    return kept
        return os.environ.get("HF_TOKEN", "").strip()

    def keep_token(self, token: str) -> None:
        """Keep an access token where only this user can read it; "" forgets it.

        Raises `HomeNotWritable`.
        """
        if self.token_folder is None:
            return
        path = self.token_folder / _TOKEN_FILE
        try:
            path.unlink(missing_ok=True)
            if token.strip():
                self.token_folder.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    file.write(token.strip())
        except (OSError, ValueError) as error:
            detail = getattr(error, "strerror", None) or str(error)
            raise HomeNotWritable(path=path, detail=detail) from error


def hub_access(endpoint: str, token_folder: Path) -> HubAccess:
    """Access to the hub at `endpoint`, else at $HF_ENDPOINT, else at the public one."""
    address = endpoint.strip() or os.environ.get("HF_ENDPOINT", "").strip() or HUB_ADDRESS
    return HubAccess(address.rstrip("/"), token_folder)
