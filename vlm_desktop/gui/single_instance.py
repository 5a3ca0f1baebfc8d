"""One window per home folder: a second start hands over what it was asked and ends.

A lock file in the home folder says who is the one; a local socket carries the words of those who
come later. Both are taken over from a process that died. Qt's network module is imported only
when it is needed, and by the one window only after its first paint.
"""

import importlib
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

    from vlm_desktop.base.errors import AppError

_LOCK = "window.lock"
_ANSWER = b"ok\n"
_LARGEST = 64 * 1024
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.1
_TRY_MS = 500
_log = logging.getLogger(__name__)


class SingleInstance(QObject):
    """Main thread. `claim` first; the one window calls `listen` once it is shown."""

    asked = Signal(list)
    """Another start handed over its arguments (list of str): show the window, do as they say."""

    def __init__(
        self, home: Path, parent: QObject | None = None, *, patience: float = _PATIENCE_SECONDS
    ) -> None:
        super().__init__(parent)
        self._home = home
        self._patience = patience
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None

    def claim(self, arguments: Sequence[str] = ()) -> bool:
        """Whether this process is the one window of the home folder.

        Where another one is, it is handed the `arguments`, and the caller is to end. Raises
        `AlreadyRunning` when that one does not answer within some seconds, `HomeNotWritable`.
        """
        try:
            self._home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _error("HomeNotWritable")(
                path=self._home, detail=error.strerror or str(error)
            ) from error
        lock = QLockFile(str(self._home / _LOCK))
        lock.setStaleLockTime(0)  # stale is a lock whose process is gone, however young
        until = time.monotonic() + self._patience
        while True:
            if lock.tryLock(0):
                self._lock = lock
                return True
            if lock.error() == QLockFile.LockError.PermissionError:
                raise _error("HomeNotWritable")(path=self._home, detail="no permission to write")
            if self._hand_over(arguments):
                return False
            if time.monotonic() >= until:
                raise _error("AlreadyRunning")(path=self._home)
            time.sleep(_PAUSE_SECONDS)  # the other may be starting, or ending

    def listen(self) -> None:
        """Hear those who come later. A socket that cannot be had costs only that."""
        from PySide6.QtNetwork import QLocalServer

        if self._lock is None or self._server is not None:
            return
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        name = socket_name(self._home)
        if not server.listen(name):
            QLocalServer.removeServer(name)  # left by a process that was killed; ours is the lock
            if not server.listen(name):
                _log.warning("later starts cannot be heard: %s", server.errorString())
                return
        server.newConnection.connect(self._welcome)
        self._server = server

    def close(self) -> None:
        """Let the next start be the one."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    # --- the first ---------------------------------------------------------------------

    def _welcome(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda one=socket: self._hear(one))
            self._hear(socket)

    def _hear(self, socket: "QLocalSocket") -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LARGEST:
                socket.abort()
            return
        arguments = _arguments(bytes(socket.readLine().data()))
        socket.write(_ANSWER)
        socket.flush()
        socket.disconnectFromServer()
        if arguments is not None:
            self.asked.emit(arguments)

    # --- the second --------------------------------------------------------------------

    def _hand_over(self, arguments: Sequence[str]) -> bool:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(socket_name(self._home))
        try:
            if not socket.waitForConnected(_TRY_MS):
                return False
            socket.write(json.dumps(list(arguments)).encode() + b"\n")
            deadline = time.monotonic() + self._patience
            while not socket.canReadLine():
                left = int((deadline - time.monotonic()) * 1000)
                if left <= 0 or not socket.waitForReadyRead(left):
                    return False
            return bytes(socket.readLine().data()) == _ANSWER
        finally:
            socket.abort()


def _error(name: str) -> "type[AppError]":
    """A class of errors, imported when there is something to say: every start would wait for it."""
    found: type[AppError] = getattr(importlib.import_module("vlm_desktop.base.errors"), name)
    return found


def socket_name(home: Path) -> str:
    """The name of a home folder's socket: short, and the same for any way to write its path."""
    from hashlib import blake2b

    digest = blake2b(str(home.resolve()).encode("utf-8", "surrogateescape"), digest_size=10)
    return f"vlm-desktop-{digest.hexdigest()}"


def _arguments(line: bytes) -> list[str] | None:
    """What was handed over; None for what is no list of words."""
    try:
        heard = json.loads(line)
    except ValueError:
        return None
    if not isinstance(heard, list) or not all(isinstance(word, str) for word in heard):
        return None
    return heard
