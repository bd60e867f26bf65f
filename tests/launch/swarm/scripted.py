"""Machines whose engines answer by a script, over real sockets."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from lab.launch.swarm.machines import Machine

LEADERLESS = "rpc error: code = Unknown desc = The swarm does not have a leader."


class Script:
    """What one engine answers. Without a leader its manager refuses whatever managers are asked.

    *leads_after* so many such questions it has one.
    """

    def __init__(
        self, node: str, *, manages: bool = True, leads: bool = True, leads_after: int = 0
    ) -> None:
        self.node = node
        self.manages = manages
        self.leads = leads
        self.leads_after = leads_after
        self.running: list[dict] = []

    def answer(self, path: str) -> tuple[int, object]:
        if path.endswith("/info"):
            return 200, self._info()
        if path.endswith("/containers/json"):
            return 200, self.running
        if path.endswith(("/networks", "/volumes")):
            return 200, {"Volumes": []} if path.endswith("/volumes") else []
        if not self.manages:
            return 503, {"message": "This node is not a swarm manager."}
        if not self.leads:
            self.leads_after -= 1
            self.leads = self.leads_after == 0
            return 500, {"message": LEADERLESS}
        return 200, [{"ID": self.node, "Spec": {}}] if path.endswith("/nodes") else []

    def _info(self) -> object:
        swarm = {"LocalNodeState": "active", "NodeID": self.node, "ControlAvailable": self.manages}
        if self.manages and not self.leads:
            swarm["Error"] = LEADERLESS
        row = {"ServerVersion": "20.10", "Driver": "overlay2", "Architecture": "x86_64"}
        return {**row, "SystemTime": "", "Swarm": swarm}


@contextmanager
def serving(script: Script, folder: Path) -> Iterator[Machine]:
    """Let an engine answer for a while; give the machine by the name of its node."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            status, told = (200, "OK") if path == "/_ping" else script.answer(path)
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Api-Version", "1.41")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "unix"

        def log_message(self, *_: object) -> None:
            pass

    socket = folder / f"{script.node}.sock"
    with socketserver.ThreadingUnixStreamServer(str(socket), Answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield Machine(script.node, host=f"unix://{socket}")
        server.shutdown()
