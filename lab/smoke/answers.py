"""Answers as the steps need them: the JSON of one that says yes, or an error with what came."""

import json
from collections.abc import Callable
from typing import Any

from lab.smoke.asking import Asker, NoAnswerError, Question
from lab.smoke.told import Blame
from probes.http import Answer

_MADE = (200, 201)
_CAME_LIMIT = 300  # characters


class StepError(Exception):
    """A step's question was not answered as it must be."""

    def __init__(self, asked: str, came: str, why: Blame) -> None:
        super().__init__(came)
        self.asked = asked
        self.came = came
        self.why = why


async def said_yes(asker: Asker, question: Question, why: Callable[[int], Blame]) -> Answer:
    """Give an answer that says yes. Raises `StepError`."""
    try:
        answer = await asker.ask(question)
    except NoAnswerError as error:
        raise StepError(str(question), shown(error), why(0)) from error
    if answer.status not in _MADE:
        raise StepError(str(question), shown(answer), why(answer.status))
    return answer


async def json_of(asker: Asker, question: Question, why: Callable[[int], Blame]) -> Any:
    """Give the JSON of an answer that says yes. Raises `StepError`."""
    answer = await said_yes(asker, question, why)
    try:
        return json.loads(answer.body)
    except ValueError as error:
        # Not shown: it may be a token that somebody wrapped in something else.
        raise StepError(str(question), f"{answer.status}, and no JSON", why(0)) from error


def shown(answer: Answer | NoAnswerError) -> str:
    """Give what came in one line, and not all of it."""
    text = " ".join(str(answer).split())
    return text if len(text) <= _CAME_LIMIT else text[: _CAME_LIMIT - 1] + "…"
