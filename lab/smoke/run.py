"""A smoke test from its first step to the clean-up: in their order, up to the first that fails."""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from lab.gate.patience import Patience
from lab.products.facts import Line
from lab.smoke import blame
from lab.smoke.answers import StepError, shown
from lab.smoke.asking import Asker, NoAnswerError
from lab.smoke.blame_2x import OF_2X
from lab.smoke.calls import Calls
from lab.smoke.made import Made, Steps
from lab.smoke.portals import Portals
from lab.smoke.portals_2x import Portals2x
from lab.smoke.site import Site
from lab.smoke.told import Blame, Blames, Step, StepVerdict, Told
from probes.result import Outcome, Result

_GONE = (200, 202, 204, 404)

_LINES: Mapping[Line, tuple[type[Portals | Portals2x], Blames]] = {
    Line.TOML: (Portals, blame.OF_4X),
    Line.XML: (Portals2x, OF_2X),
}

# Asks each traffic manager whether it throttles: by a policy's name, and its quota of requests.
AskPolicies = Callable[[str, int], Awaitable[Sequence[tuple[str, Result]]]]


class Smoke:
    """One smoke test of one lab; *told* hears each step as it ends."""

    def __init__(
        self,
        site: Site,
        asker: Asker,
        patience: Patience,
        ask_policies: AskPolicies,
        told: Callable[[Step], None],
    ) -> None:
        self._ask_policies = ask_policies
        self._asker = asker
        self._told = told
        self._made = Made(f"lab-smoke-{secrets.token_hex(4)}")
        portals, blames = _LINES[site.line]
        self._portals = portals(site, asker, self._made)
        self._calls = Calls(site, asker, self._made, patience, blames)
        self._line = site.line
        self._steps: list[Step] = []
        self._began = time.monotonic()

    async def run(self) -> None:
        """Take the steps up to the first that fails."""
        failed = False
        for name, work in self._work():
            if failed:
                self._steps.append(Step(name, StepVerdict.SKIPPED))
            else:
                await self._take(name, work)
                failed = self._steps[-1].verdict is StepVerdict.FAILED

    async def clean_up(self) -> Told:
        """Remove what was made, the last thing first, and tell how all went."""
        began, left = time.monotonic(), []
        for what, question in reversed(self._made.removals):
            asked = question()
            try:
                answer = await self._asker.ask(asked)
            except NoAnswerError as error:
                left.append(f"{what}: {asked}: {error}")
            else:
                if answer.status not in _GONE:
                    left.append(f"{what}: {asked}: {shown(answer)}")
        verdict = StepVerdict.FAILED if left else StepVerdict.OK
        why = (
            Blame("not everything could be removed", "`lab reset` takes it away") if left else None
        )
        came = "; ".join(left) or f"{len(self._made.removals)} removed"
        spent = (time.monotonic() - began) * 1000
        step = Step("clean up", verdict, spent, "everything made to be removed", came, why)
        self._steps.append(step)
        self._told(step)
        return Told(tuple(self._steps), time.monotonic() - self._began, tuple(left))

    def _work(self) -> Steps:
        policies: Steps = (("traffic managers have them", self._prove_policies),)
        return (
            *self._portals.beginning,
            *(policies if self._line is Line.TOML else ()),  # API Manager 2.x is its own
            *self._portals.making,
            *self._calls.steps,
        )

    async def _take(self, name: str, work: Callable[[], Awaitable[str]]) -> None:
        began = time.monotonic()
        asked, why = "", None
        try:
            came, verdict = await work(), StepVerdict.OK
        except StepError as error:
            asked, came, why, verdict = error.asked, error.came, error.why, StepVerdict.FAILED
        except (KeyError, IndexError) as error:
            came, verdict = f"an answer without {error}", StepVerdict.FAILED
            why = Blame("another version of the product answers", "compare it with the topology's")
        step = Step(name, verdict, (time.monotonic() - began) * 1000, asked, came, why)
        self._steps.append(step)
        self._told(step)

    async def _prove_policies(self) -> str:
        policy = self._made.application_policy
        results = await self._ask_policies(policy, self._made.quota)
        for member, result in results:
            if not result.ok:
                asked = f"{member}, told of {self._made.quota} requests of {policy}"
                came = f"{result.outcome} at {result.endpoint}: {result.seen}"
                is_silent = result.outcome is Outcome.SILENT
                why = blame.blame_policies(member, is_silent=is_silent)
                raise StepError(f"{asked}, for {result.expected}", came, why)
        names = ", ".join(member for member, _ in results)
        return f"{names}: {policy} is used up" if names else "none is told and heard by one gateway"
