"""The steps at the gateway: a call that comes through, and one that is throttled."""

import time

from lab.gate.pace import Pace
from lab.gate.patience import Patience
from lab.smoke.answers import StepError, json_of, shown
from lab.smoke.asking import Asker, NoAnswerError, Question
from lab.smoke.made import RESOURCE, Made, Steps
from lab.smoke.site import Site
from lab.smoke.told import Blames
from probes.http import Answer

_OK = 200
_TOO_MANY = 429


class Calls:
    """Each step tells in a line what came, and raises `StepError`."""

    def __init__(
        self, site: Site, asker: Asker, made: Made, patience: Patience, blames: Blames
    ) -> None:
        self._site = site
        self._asker = asker
        self._made = made
        self._patience = patience
        self._blames = blames

    @property
    def steps(self) -> Steps:
        """Give the steps, in their order."""
        return (
            ("get a token for calls", self.get_call_token),
            ("call it through the gateway", self.call),
            ("be throttled", self.be_throttled),
        )

    async def get_call_token(self) -> str:
        """Get a token of the application's."""
        url = f"{self._site.key_manager}/oauth2/token"
        form = {"grant_type": "client_credentials"}
        question = Question("POST", url, basic=self._made.keys, form=form)
        found = await json_of(self._asker, question, self._blames.token)
        self._made.call_token = found["access_token"]
        return f"from {url}"

    async def call(self) -> str:
        """Call the API until the gateway lets it through."""
        calls, answer = await self._until(_OK, self._patience)
        if isinstance(answer, Answer) and answer.status == _OK:
            return f"200 after {calls} {'call' if calls == 1 else 'calls'}"
        status = answer.status if isinstance(answer, Answer) else 0
        raise StepError(str(self._call_question()), shown(answer), self._blames.call(status))

    async def be_throttled(self) -> str:
        """Call the API until it is throttled."""
        calls, answer = await self._until(_TOO_MANY, self._patience)
        if isinstance(answer, Answer) and answer.status == _TOO_MANY:
            return f"429 at call {calls}, by {self._made.application_policy}"
        asked = f"{self._call_question()}, {calls} times, for a 429"
        raise StepError(asked, shown(answer), self._blames.throttling())

    def _call_question(self) -> Question:
        url = f"{self._made.gateway}{RESOURCE}"
        return Question("GET", url, token=self._made.call_token, named=self._made.vhost)

    async def _until(self, status: int, patience: Patience) -> tuple[int, Answer | NoAnswerError]:
        """Call the API until it answers with *status* or the time is up; give the last answer."""
        calls, deadline = 0, time.monotonic() + patience.within

        async def attempt() -> Answer | NoAnswerError:
            nonlocal calls
            calls += 1
            try:
                return await self._asker.ask(self._call_question())
            except NoAnswerError as error:
                return error

        def is_enough(answer: Answer | NoAnswerError) -> bool:
            came = isinstance(answer, Answer) and answer.status == status
            return came or time.monotonic() > deadline

        answer = await Pace(patience, lambda: False).until(is_enough, attempt)
        return calls, answer
