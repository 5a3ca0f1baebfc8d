"""The model hub: what a repository holds, and its files as streams. Through huggingface_hub.

That library's own download can neither be cancelled within a second nor told apart from its
progress bars, so the metadata, addresses, errors and headers are its work and the reading of a
body is ours. Its offline switch stays on: requests are made by a client of our own, whose only
guard is the network gate (`vlm_desktop.base.network`).
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import huggingface_hub
from huggingface_hub import HfApi, constants, hf_hub_url
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

from vlm_desktop import __version__
from vlm_desktop.backends.apart import Apart
from vlm_desktop.backends.encoders.recipe import is_model_file
from vlm_desktop.backends.hubaccess import HubAccess
from vlm_desktop.base import network
from vlm_desktop.base.cancel import CancelToken
from vlm_desktop.base.errors import AppError, HubAbsent, HubGated, HubUnreachable
from vlm_desktop.base.events import Phase, Progress

_NAMES_US = {"library_name": "vlm-desktop", "library_version": __version__}
_CONNECT_SECONDS = 10.0
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}

# It would tell the hub which agent runs the program, after fetching a list of agents.
constants.HF_HUB_DISABLE_TELEMETRY = True
# No connection is kept for later: none stays behind when the sign says "off".
huggingface_hub.set_client_factory(
    lambda: httpx2.Client(
        follow_redirects=True,
        timeout=_CONNECT_SECONDS,
        limits=httpx2.Limits(max_keepalive_connections=0),
    )
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a repository. `sha256` is given for large ones, else `blob` (git's SHA-1)."""

    name: str
    size: int
    sha256: str
    blob: str


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A repository at one commit. `licence` is "" when it states none."""

    repository: str
    revision: str
    licence: str
    gated: bool
    files: tuple[RemoteFile, ...]


@dataclass(frozen=True, slots=True)
class BodyStart:
    """The answer begins: its first byte is the file's byte `offset`."""

    offset: int


class Hub:
    """The hub as one model's download needs it. Not for several threads at once."""

    def __init__(self, access: HubAccess, model: str, repository: str) -> None:
        self.access = access
        self.model = model
        self.repository = repository
        self._token: str | bool | None = None

    @property
    def page(self) -> str:
        """The model's page for a person."""
        return f"{self.access.endpoint}/{self.repository}"

    @property
    def has_token(self) -> bool:
        """Whether the last `look_up` had an access token to show."""
        return bool(self._token)

    def look_up(
        self, revision: str | None, cancel: CancelToken
    ) -> Generator[Progress, None, RemoteModel]:
        """Ask what the repository holds at `revision`, or now. Yields while it waits.

        Raises `HubUnreachable`, `HubAbsent`, `HubGated`, `Cancelled`.
        """
        pause = self.access.pause_seconds
        for attempt in range(1, self.access.attempts + 1):
            try:
                return (yield from self._ask(revision, cancel))
            except (OSError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
                if isinstance(error, AppError):
                    raise
                self.raise_if_final(error, f"revision {revision}")
                if attempt == self.access.attempts or not is_transient(error):
                    raise HubUnreachable(host=self.access.host, detail=told(error)) from error
            cancel.wait(pause)
            cancel.raise_if_cancelled()
            pause *= 2
        raise AssertionError("the last attempt returns or raises")

    def _ask(
        self, revision: str | None, cancel: CancelToken
    ) -> Generator[Progress, None, RemoteModel]:
        def work(apart: Apart[Any]) -> None:
            with network.opened(self.model, self.access.host):
                self._token = self.access.token() or huggingface_hub.get_token() or False
                api = HfApi(endpoint=self.access.endpoint, token=self._token, **_NAMES_US)
                try:
                    info = api.model_info(
                        self.repository,
                        revision=revision,
                        files_metadata=True,
                        timeout=self.access.stall_seconds,
                    )
                    found = _remote_model(self.repository, info)
                except (TypeError, KeyError, AttributeError) as error:
                    raise ValueError(f"the answer is not a hub's: {error}") from error
            apart.put(found)

        apart: Apart[Any] = Apart(work)
        found = None
        try:
            for item in apart:
                cancel.raise_if_cancelled()
                if item is None:
                    yield Progress(Phase.DOWNLOAD, 0, None)
                else:
                    found = item
        finally:
            apart.leave()
        return found

    def body(self, file: RemoteFile, revision: str, offset: int) -> Apart[BodyStart | bytes]:
        """The bytes of a file from `offset` on, as they arrive, after one `BodyStart`.

        The iteration raises what `told` and `is_transient` understand.
        """
        url = hf_hub_url(
            self.repository, file.name, revision=revision, endpoint=self.access.endpoint
        )
        headers = build_hf_headers(token=self._token, **_NAMES_US)
        headers["Accept-Encoding"] = "identity"  # or a range would be one of packed bytes
        if offset:
            headers["Range"] = f"bytes={offset}-"
        timeout = httpx2.Timeout(self.access.stall_seconds, connect=_CONNECT_SECONDS)

        def work(apart: Apart[BodyStart | bytes]) -> None:
            with (
                network.opened(self.model, self.access.host),
                httpx2.Client(follow_redirects=True, timeout=timeout) as client,
                client.stream("GET", url, headers=headers) as response,
            ):
                hf_raise_for_status(response)
                apart.waits_for(response.extensions["network_stream"].get_extra_info("socket"))
                apart.put(BodyStart(_offset(response)))
                for piece in _pieces(response):
                    apart.put(piece)
                apart.waits_for(None)

        return Apart(work)

    def raise_if_final(self, error: BaseException, what: str) -> None:
        """Raise what an answer of the hub means when asking again would not change it."""
        status = getattr(getattr(error, "response", None), "status_code", 0)
        gated = HubGated(model=self.model, page=self.page, has_token=self.has_token)
        absent = {"model": self.model, "host": self.access.host}
        match error:
            case GatedRepoError():
                raise gated from error
            case RepositoryNotFoundError():
                raise HubAbsent(**absent, what=f"repository {self.repository}") from error
            case RevisionNotFoundError():
                what = f"{what} of {self.repository}"
                raise HubAbsent(**absent, what=what) from error
            case RemoteEntryNotFoundError():
                raise HubAbsent(**absent, what=f"{what} in {self.repository}") from error
            case HfHubHTTPError() if status in (401, 403):
                raise gated from error
            case HfHubHTTPError() if status == 404:
                raise HubAbsent(**absent, what=f"{what} in {self.repository}") from error


def is_transient(error: BaseException) -> bool:
    """Whether asking again may help."""
    if isinstance(error, HfHubHTTPError):
        return error.response is not None and error.response.status_code in _TRANSIENT
    return isinstance(error, httpx2.TransportError | ConnectionError)


def told(error: BaseException) -> str:
    """A few words about a failed request."""
    match error:
        case HfHubHTTPError():
            status = error.response.status_code if error.response is not None else "?"
            return f"it answered with the error {status}"
        case ValueError() | httpx2.InvalidURL() | httpx2.UnsupportedProtocol():
            return "what answers there is no model hub"
        case httpx2.TimeoutException():
            return "nothing came for too long"
        case httpx2.ConnectError() | httpx2.ProxyError():
            return "no connection could be made"
        case httpx2.TransportError() | ConnectionError():
            return "the connection was cut"
    return str(error) or type(error).__name__


def _pieces(response: httpx2.Response) -> Iterator[bytes]:
    """The body as it arrives: collecting equal pieces would lose the last one to a cut."""
    return (piece for piece in response.iter_bytes() if piece)


def _offset(response: httpx2.Response) -> int:
    """Where in the file the body begins. Raises ValueError for a range that does not read."""
    if response.status_code != 206:
        return 0
    text = response.headers.get("Content-Range", "")
    return int(text.removeprefix("bytes").strip().partition("-")[0])


def _remote_model(repository: str, info: Any) -> RemoteModel:
    """Raises ValueError for an answer that is not a hub's."""
    if not info.sha or info.siblings is None:
        raise ValueError("no revision or no files")
    files = tuple(
        RemoteFile(
            name=one.rfilename,
            size=int(one.lfs.size if one.lfs else one.size),
            sha256=one.lfs.sha256 if one.lfs else "",
            blob=one.blob_id or "",
        )
        for one in info.siblings
        if is_model_file(one.rfilename) and one.size is not None and (one.lfs or one.blob_id)
    )
    return RemoteModel(repository, info.sha, _licence(info.card_data), bool(info.gated), files)


def _licence(card_data: Any) -> str:
    """The licence the repository states; a licence of its own by its name."""
    if card_data is None:
        return ""
    licence = card_data.get("license") or ""
    if isinstance(licence, list):
        licence = licence[0] if licence else ""
    if str(licence).casefold() == "other":
        licence = card_data.get("license_name") or licence
    return str(licence)
