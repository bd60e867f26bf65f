"""Probes a SOAP service of the 2.x line, where a refused login is a fault with status 500."""

import dataclasses
import html
import re

from probes import http
from probes.failure import LinkError
from probes.http import Answer
from probes.result import Outcome, Phase
from probes.target import HttpRequest
from probes.trial import Trial

_ACCESS_DENIED = ("Access Denied", "50977")
_FAULT = re.compile(r"<(?:\w+:)?(?:faultstring|Text)[^>]*>([^<]*)<")
_SERVER_FAULT = 500


async def call(trial: Trial) -> str:
    """Send the target's envelopes in order over TLS, its credentials put where they name them.

    `{username}` and `{password}` in a body stand for the target's own.
    """
    target = trial.target
    requests = tuple(_filled(trial, request) for request in target.requests)
    return await http.ask_in_order(
        trial,
        requests,
        lambda: trial.connect_tls(target.host, target.port),
        lambda request, answer: _judge(trial, request, answer),
    )


def _filled(trial: Trial, request: HttpRequest) -> HttpRequest:
    body = request.body.replace("{username}", html.escape(trial.target.username, quote=False))
    return dataclasses.replace(
        request, body=body.replace("{password}", html.escape(trial.target.password, quote=False))
    )


def _judge(trial: Trial, request: HttpRequest, answer: Answer) -> None:
    """Compare an answer with what its request expects. Raises `LinkError`."""
    fault = _FAULT.search(answer.body)
    if answer.status == _SERVER_FAULT and fault is not None:
        said = f"{answer.status} {fault[1].strip()}"
        if any(words in answer.body for words in _ACCESS_DENIED):
            trial.phases.enter(Phase.AUTH)
            raise LinkError(Outcome.CREDENTIALS_REFUSED, said)
        raise LinkError(Outcome.WRONG_ANSWER, said)
    if _logs_in(trial, request) and answer.status in request.expect:
        _judge_login(trial, request, answer)
        return
    http.judge(request, answer)


def _logs_in(trial: Trial, request: HttpRequest) -> bool:
    """Tell whether the credentials stand in the request's own body."""
    return any(
        "{password}" in each.body and each.path == request.path for each in trial.target.requests
    )


def _judge_login(trial: Trial, request: HttpRequest, answer: Answer) -> None:
    if request.contains not in answer.body:
        trial.phases.enter(Phase.AUTH)
        raise LinkError(Outcome.CREDENTIALS_REFUSED, str(answer))
