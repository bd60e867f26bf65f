"""A removal's head start, at a real socket that answers as an engine does."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

import pytest

from lab.launch.head_start import killed_ahead
from lab.launch.labels import LAB, PART, SWARM, Part

OWN = {"Name": "lab-t-complete", "Id": "1" * 64, "Labels": {LAB: "t"}}
OF_A_SWARM = {"Name": "swarm", "Id": "2" * 64, "Labels": {LAB: "t", SWARM: "a=b"}}
PROBER = {"Id": "3" * 64, "Labels": {LAB: "t", PART: str(Part.PROBER)}}
THERE = {
    "/volumes": {"Volumes": [OWN, OF_A_SWARM]},
    "/containers/json": [PROBER, OWN, OF_A_SWARM],
}


@contextmanager
def answering(folder: Path, answers: Mapping[str, Any], refused: str = "") -> Iterator[list[str]]:
    """Answer at a socket; give what was asked. Who begins with *refused* gets a 500."""
    asked: list[str] = []

    class Engine(BaseHTTPRequestHandler):
        def answer(self) -> None:
            request = f"{self.command} {self.path.partition('?')[0]}"
            asked.append(request)
            told = answers.get(self.path.partition("?")[0])
            body = b"" if told is None else json.dumps(told).encode()
            self.send_response(500 if refused and request.startswith(refused) else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815  # the names that the library calls

        def log_message(self, *_: object) -> None:
            """Keep the test's output."""

        def address_string(self) -> str:
            return "a socket"

    with ThreadingUnixStreamServer(str(folder / "engine"), Engine) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield asked
        # Served in the order in which they came: behind this one nothing is left unseen.
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(str(folder / "engine"))
            last.sendall(b"GET /last HTTP/1.0\r\n\r\n")
            last.recv(1)
        server.shutdown()
    asked.remove("GET /last")


def begun(folder: Path, url: str = "") -> bool:
    """Begin the removal of the lab `t`; tell whether there is anything of it."""
    with killed_ahead("t", {"DOCKER_HOST": url or f"unix://{folder}/engine"}) as found:
        return found


def changes(asked: list[str]) -> list[str]:
    return [request for request in asked if not request.startswith("GET")]


def test_a_lab_is_half_made_before_its_containers_are_killed_and_its_prober_is_left(
    tmp_path: Path,
) -> None:
    with answering(tmp_path, THERE) as asked:
        assert begun(tmp_path)
    assert changes(asked) == [
        "DELETE /volumes/lab-t-complete",
        f"POST /containers/{OWN['Id']}/kill",
    ]


def test_no_container_is_killed_of_a_lab_that_still_counts_as_complete(tmp_path: Path) -> None:
    with answering(tmp_path, THERE, refused="DELETE") as asked:
        begun(tmp_path)
    assert changes(asked) == ["DELETE /volumes/lab-t-complete"]


@pytest.mark.parametrize(
    "answers",
    [
        {"/volumes": {"Volumes": None}, "/containers/json": []},
        {"/volumes": {"message": "no"}},
        {"/volumes": [1]},
        {},
    ],
)
def test_who_has_nothing_of_the_lab_or_is_no_engine_is_asked_for_nothing(
    tmp_path: Path, answers: Mapping[str, Any]
) -> None:
    with answering(tmp_path, answers) as asked:
        assert not begun(tmp_path)
    assert changes(asked) == []


@pytest.mark.parametrize("url", ["unix:///nobody", "tcp://127.0.0.1:1", "ssh://somebody"])
def test_an_engine_that_is_not_there_or_elsewhere_is_the_removals_own_to_tell(
    tmp_path: Path, url: str
) -> None:
    assert not begun(tmp_path, url)


def test_a_context_that_is_not_there_is_the_removals_own_to_tell(tmp_path: Path) -> None:
    gone = {"DOCKER_CONTEXT": "gone", "DOCKER_CONFIG": str(tmp_path)}
    with killed_ahead("t", gone) as found:
        assert not found
