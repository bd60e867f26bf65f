"""Asks a lab by its own names through its published ports, as a program on this machine would.

Host, SNI and the name that the certificate must carry stay the lab's; only the way is the host's.
"""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from lab.plan.model import Account
from probes.failure import LinkError
from probes.http import Answer, Conversation
from probes.local import stand_here
from probes.result import Outcome
from probes.target import HttpRequest, Protocol, Target
from probes.trial import Trial

_LOOPBACK = "127.0.0.1"
_HTTPS = 443

Ways = Mapping[tuple[str, int], int]  # (name, port) → port of 127.0.0.1


@dataclass(frozen=True, slots=True)
class Question:
    """One request; *named* is the host that it is for, where that isn't the one that is dialled."""

    method: str
    url: str
    basic: Account | None = None
    token: str = ""
    form: Mapping[str, str] | None = None
    body: Any = None
    envelope: str = ""  # of a SOAP service
    named: str = ""

    def __str__(self) -> str:
        """Give method and URL, without what was sent."""
        return f"{self.method} {self.url}"


class NoAnswerError(Exception):
    """Nothing answered; the text says what came instead."""


class Asker:
    """Sends questions, each on a connection of its own; *ways* is asked for each."""

    def __init__(self, ways: Callable[[], Ways], trust: str, *, within: float) -> None:
        self._ways = ways
        self._trust = trust
        self._within = within

    async def ask(self, question: Question) -> Answer:
        """Give the answer, whatever its status. Raises `NoAnswerError`."""
        parts = urlsplit(question.url)
        host, port = parts.hostname or "", parts.port or _HTTPS
        way = self._ways().get((host.lower(), port))
        if way is None:
            raise NoAnswerError(f"{host}:{port} is not published on this machine")
        target = Target(question.url, Protocol.HTTPS, host, way)
        trial = Trial(target, stand_here(self._trust, {host: _LOOPBACK}))
        try:
            async with asyncio.timeout(self._within):
                connection = await trial.connect_tls(host, way)
                named = question.named or host
                trial.endpoint = named if port == _HTTPS else f"{named}:{port}"
                return await Conversation(trial, connection).ask(_request(question))
        except LinkError as error:
            raise NoAnswerError(f"{error.outcome}: {error}") from error
        except TimeoutError as error:
            raise NoAnswerError(f"{Outcome.SILENT}: no answer in {self._within:g} s") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            raise NoAnswerError(f"{Outcome.CLOSED}: {error}") from error
        finally:
            await trial.close()


def _request(question: Question) -> HttpRequest:
    parts = urlsplit(question.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers, body = [], ""
    if question.basic is not None:
        pair = f"{question.basic.username}:{question.basic.password}".encode()
        headers.append(("Authorization", f"Basic {base64.b64encode(pair).decode()}"))
    if question.token:
        headers.append(("Authorization", f"Bearer {question.token}"))
    if question.form is not None:
        headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        body = urlencode(question.form)
    elif question.body is not None:
        headers.append(("Content-Type", "application/json"))
        body = json.dumps(question.body)
    elif question.envelope:
        headers += [("Content-Type", "text/xml; charset=UTF-8"), ("SOAPAction", '""')]
        body = question.envelope
    elif question.method == "POST":
        headers.append(("Content-Length", "0"))  # Tomcat wants a length of every POST
    return HttpRequest(question.method, path, (), headers=tuple(headers), body=body)
