"""Commands in an engine's containers."""

import threading
from collections.abc import Iterable

from lab.launch.engine.door import Door, asked
from lab.launch.exec_stream import STDERR, STDOUT, ExecStream
from lab.launch.seen import Ran


class Commands(Door):
    """Runs commands in containers."""

    def open_exec(
        self, container: str, argv: Iterable[str], *, user: str = "", stdin: bool = True
    ) -> tuple[str, ExecStream]:
        """Start a command with its streams attached; give the exec's id and the streams."""
        with asked(f"container {container}"):
            made = self._api.exec_create(container, list(argv), stdin=stdin, user=user)["Id"]
            raw = self._api.exec_start(made, socket=True)
        # Output that came in one packet with the headers lies in the reader above the raw socket,
        # which the SDK's own socket would lose.
        response = raw._response  # noqa: SLF001
        reader = response.raw._fp.fp  # noqa: SLF001
        connection_ = getattr(raw, "_sock", raw)
        connection_.settimeout(None)
        return str(made), ExecStream(connection_, reader, response)

    def exec_exit_code(self, exec_id: str) -> int | None:
        """Give the exit code of an exec'd command; None while it runs."""
        with asked(f"exec {exec_id}"):
            code = self._api.exec_inspect(exec_id)["ExitCode"]
        return None if code is None else int(code)

    def run(
        self, container: str, argv: Iterable[str], *, stdin: bytes = b"", user: str = ""
    ) -> Ran:
        """Run a command in a container to its end."""
        exec_id, stream = self.open_exec(container, argv, user=user)
        pieces: dict[int, bytearray] = {STDOUT: bytearray(), STDERR: bytearray()}
        writer = threading.Thread(target=_feed, args=(stream, stdin), daemon=True)
        writer.start()
        try:
            while (frame := stream.read()) is not None:
                pieces.setdefault(frame[0], bytearray()).extend(frame[1])
        finally:
            stream.close()
            writer.join()
        code = self.exec_exit_code(exec_id)
        return Ran(-1 if code is None else code, bytes(pieces[STDOUT]), bytes(pieces[STDERR]))


def _feed(stream: ExecStream, content: bytes) -> None:
    try:
        stream.write(content)
    except OSError:
        return  # the command ended before it had read everything; its exit code tells
    stream.end_input()
