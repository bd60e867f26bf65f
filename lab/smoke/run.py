"""The steps of a smoke test, in their order, and what each leaves to be removed."""

import json
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lab.gate.pace import Pace
from lab.gate.patience import Patience
from lab.plan.model import Account
from lab.smoke import blame
from lab.smoke.asking import Asker, NoAnswerError, Question
from lab.smoke.site import Site
from lab.smoke.told import Blame, Step, StepVerdict, Told
from probes.http import Answer
from probes.result import Outcome, Result

_OK = 200
_MADE = (200, 201)
_GONE = (200, 202, 204, 404)
_TOO_MANY = 429
_CAME_LIMIT = 300
_VERSION = "1.0.0"
_RESOURCE = "/Version"
_SCOPES = (
    "apim:api_view apim:api_create apim:api_publish apim:api_delete apim:api_manage"
    " apim:subscribe apim:app_manage apim:sub_manage"
)
# Few calls use it up: the product's own policy of ten a minute, if it has one.
_MOST_CALLS_A_MINUTE = 60
_MINUTES = {"sec": 1 / 60, "min": 1, "minute": 1, "hour": 60, "hours": 60, "day": 1440}


# Asks each traffic manager whether it throttles: by a policy's name, and its quota of requests.
AskPolicies = Callable[[str, int], Awaitable[Sequence[tuple[str, Result]]]]


class StepError(Exception):
    """A step's question was not answered as it must be."""

    def __init__(self, asked: str, came: str, why: Blame) -> None:
        super().__init__(came)
        self.asked = asked
        self.came = came
        self.why = why


@dataclass(slots=True)
class Made:
    """What the steps have made so far, by which later ones go on."""

    name: str
    token: str = field(default="", repr=False)
    api: str = ""
    application: str = ""
    keys: Account = field(default_factory=lambda: Account("", ""))
    environment: str = ""
    gateway: str = ""  # URL of the API
    vhost: str = ""
    subscription_policy: str = ""
    application_policy: str = ""
    quota: int = 0  # its requests
    call_token: str = field(default="", repr=False)


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
        self._site = site
        self._asker = asker
        self._patience = patience
        self._told = told
        self._made = Made(f"lab-smoke-{secrets.token_hex(4)}")
        self._removals: list[tuple[str, Callable[[], Question]]] = []
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
        for what, question in reversed(self._removals):
            asked = question()
            try:
                answer = await self._asker.ask(asked)
            except NoAnswerError as error:
                left.append(f"{what}: {asked}: {error}")
            else:
                if answer.status not in _GONE:
                    left.append(f"{what}: {asked}: {_shown(answer)}")
        verdict = StepVerdict.FAILED if left else StepVerdict.OK
        why = (
            Blame("not everything could be removed", "`lab reset` takes it away") if left else None
        )
        came = "; ".join(left) or f"{len(self._removals)} removed"
        spent = (time.monotonic() - began) * 1000
        step = Step("clean up", verdict, spent, "everything made to be removed", came, why)
        self._steps.append(step)
        self._told(step)
        return Told(tuple(self._steps), time.monotonic() - self._began, tuple(left))

    def _work(self) -> Sequence[tuple[str, Callable[[], Awaitable[str]]]]:
        return (
            ("register a client", self._register),
            ("get a token", self._get_token),
            ("find environment and policies", self._look_around),
            ("traffic managers have them", self._prove_policies),
            ("create an API", self._create_api),
            ("create and deploy a revision", self._deploy),
            ("publish it", self._publish),
            ("create an application", self._create_application),
            ("subscribe", self._subscribe),
            ("generate keys", self._generate_keys),
            ("get a token for calls", self._get_call_token),
            ("call it through the gateway", self._call),
            ("be throttled", self._be_throttled),
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

    # The steps

    async def _register(self) -> str:
        admin, base = self._site.admin, self._site.control_plane
        found = await self._ask(
            Question(
                "POST",
                f"{base}/client-registration/v0.17/register",
                basic=admin,
                body={
                    "callbackUrl": "",
                    "clientName": self._made.name,
                    "owner": admin.username,
                    "grantType": "password client_credentials",
                    "saasApp": True,
                },
            ),
            blame.blame_control_plane,
        )
        self._made.keys = Account(found["clientId"], found["clientSecret"])
        identity = f"{base}/api/identity/oauth2/dcr/v1.1/register/{found['clientId']}"
        self._removals.append(("the client", lambda: Question("DELETE", identity, basic=admin)))
        return f"client {self._made.name}"

    async def _get_token(self) -> str:
        admin = self._site.admin
        form = {
            "grant_type": "password",
            "username": admin.username,
            "password": admin.password,
            "scope": _SCOPES,
        }
        url = f"{self._site.control_plane}/oauth2/token"
        question = Question("POST", url, basic=self._made.keys, form=form)
        found = await self._ask(question, blame.blame_control_plane)
        self._made.token = found["access_token"]
        granted = str(found.get("scope", "")).split()
        missing = sorted(set(_SCOPES.split()) - set(granted))
        if missing:
            why = Blame(
                f"{admin.username} lacks the roles of these scopes",
                "the super admin of a fresh database has them all",
            )
            raise StepError(str(question), f"a token without {', '.join(missing)}", why)
        return f"a token with {len(granted)} scopes"

    async def _look_around(self) -> str:
        settings = await self._portal("GET", f"{self._site.publisher}/settings")
        environment = self._environment(settings)
        levels = f"{self._site.publisher}/throttling-policies/subscription"
        names = [one["name"] for one in (await self._portal("GET", levels))["list"]]
        self._made.subscription_policy = "Unlimited" if "Unlimited" in names else names[0]
        levels = f"{self._site.devportal}/throttling-policies/application"
        found = (await self._portal("GET", levels))["list"]
        slowest: Any = min(found, key=_calls_a_minute, default=None)
        if slowest is None or _calls_a_minute(slowest) > _MOST_CALLS_A_MINUTE:
            why = Blame(
                "no application policy is small enough to be used up in a moment",
                "the product brings 10PerMin; make such a policy in the admin portal",
            )
            raise StepError(f"GET {levels}", ", ".join(one["name"] for one in found), why)
        self._made.application_policy = slowest["name"]
        self._made.quota = int(slowest["requestCount"])
        return f"environment {environment}, application policy {slowest['name']}"

    def _environment(self, settings: Any) -> str:
        """Choose the environment that a gateway of the lab serves, and its virtual host."""
        told = settings.get("environment") or ()
        for environment in told:
            name = str(environment["name"])
            base = self._site.gateways.get(name)
            if base is None:
                continue
            vhost = (environment.get("vhosts") or [{}])[0]
            self._made.vhost = vhost.get("host") or urlsplit(base).hostname or ""
            self._made.gateway = f"{base}/{self._made.name}/{_VERSION}"
            self._made.environment = name
            return name
        names = ", ".join(one["name"] for one in told) or "none"
        why = Blame(
            f"no gateway serves one of these; the gateways' labels are"
            f" {', '.join(self._site.gateways)}",
            "name them alike: `[[apim.gateway.environment]]` of the control plane and"
            " `gateway_labels` of a gateway",
        )
        raise StepError(f"GET {self._site.publisher}/settings", f"environments: {names}", why)

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

    async def _create_api(self) -> str:
        backend = {"url": self._site.backend}
        found = await self._portal(
            "POST",
            f"{self._site.publisher}/apis",
            {
                "name": self._made.name,
                "context": f"/{self._made.name}",
                "version": _VERSION,
                "type": "HTTP",
                "transport": ["http", "https"],
                "visibility": "PUBLIC",
                "policies": [self._made.subscription_policy],
                "securityScheme": ["oauth2", "oauth_basic_auth_api_key_mandatory"],
                "endpointConfig": {
                    "endpoint_type": "http",
                    "production_endpoints": backend,
                    "sandbox_endpoints": backend,
                },
                "operations": [
                    {
                        "target": _RESOURCE,
                        "verb": "GET",
                        "authType": "Application & Application User",
                        "throttlingPolicy": "Unlimited",
                    }
                ],
            },
        )
        self._made.api = found["id"]
        self._remove_later("the API", f"{self._site.publisher}/apis/{found['id']}")
        return f"{self._made.name}:{_VERSION}, which leads to {self._site.backend}{_RESOURCE}"

    async def _deploy(self) -> str:
        api = f"{self._site.publisher}/apis/{self._made.api}"
        made = await self._portal("POST", f"{api}/revisions", {"description": "lab smoke"})
        environment = self._made.environment
        place = {"name": environment, "vhost": self._made.vhost, "displayOnDevportal": True}
        await self._portal("POST", f"{api}/deploy-revision?revisionId={made['id']}", [place])
        return f"{made.get('displayName', 'a revision')} to {environment}"

    async def _publish(self) -> str:
        query = f"apiId={self._made.api}&action=Publish"
        await self._portal("POST", f"{self._site.publisher}/apis/change-lifecycle?{query}")
        return "published"

    async def _create_application(self) -> str:
        found = await self._portal(
            "POST",
            f"{self._site.devportal}/applications",
            {
                "name": self._made.name,
                "throttlingPolicy": self._made.application_policy,
                "description": "",
                "tokenType": "JWT",
            },
        )
        self._made.application = found["applicationId"]
        place = f"{self._site.devportal}/applications/{found['applicationId']}"
        self._remove_later("the application", place)
        return f"with {self._made.application_policy}"

    async def _subscribe(self) -> str:
        found = await self._portal(
            "POST",
            f"{self._site.devportal}/subscriptions",
            {
                "apiId": self._made.api,
                "applicationId": self._made.application,
                "throttlingPolicy": self._made.subscription_policy,
            },
        )
        place = f"{self._site.devportal}/subscriptions/{found['subscriptionId']}"
        self._remove_later("the subscription", place)
        return f"with {self._made.subscription_policy}"

    async def _generate_keys(self) -> str:
        place = f"{self._site.devportal}/applications/{self._made.application}/generate-keys"
        found = await self._ask(
            Question(
                "POST",
                place,
                token=self._made.token,
                body={
                    "keyType": "PRODUCTION",
                    "keyManager": "Resident Key Manager",
                    "grantTypesToBeSupported": ["client_credentials"],
                    "callbackUrl": "",
                    "scopes": ["default"],
                    "validityTime": "3600",
                    "additionalProperties": {},
                },
            ),
            blame.blame_key_generation,
        )
        self._made.keys = Account(found["consumerKey"], found["consumerSecret"])
        return f"of {found.get('keyManager', 'the key manager')}"

    async def _get_call_token(self) -> str:
        url = f"{self._site.key_manager}/oauth2/token"
        form = {"grant_type": "client_credentials"}
        question = Question("POST", url, basic=self._made.keys, form=form)
        found = await self._ask(question, blame.blame_token)
        self._made.call_token = found["access_token"]
        return f"from {url}"

    async def _call(self) -> str:
        calls, answer = await self._until(_OK, self._patience)
        if isinstance(answer, Answer) and answer.status == _OK:
            return f"200 after {calls} {'call' if calls == 1 else 'calls'}"
        status = answer.status if isinstance(answer, Answer) else 0
        raise StepError(str(self._call_question()), _shown(answer), blame.blame_call(status))

    async def _be_throttled(self) -> str:
        calls, answer = await self._until(_TOO_MANY, self._patience)
        if isinstance(answer, Answer) and answer.status == _TOO_MANY:
            return f"429 at call {calls}, by {self._made.application_policy}"
        asked = f"{self._call_question()}, {calls} times, for a 429"
        raise StepError(asked, _shown(answer), blame.blame_throttling())

    # How they ask

    def _call_question(self) -> Question:
        url = f"{self._made.gateway}{_RESOURCE}"
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

    def _remove_later(self, what: str, url: str) -> None:
        self._removals.append((what, lambda: Question("DELETE", url, token=self._made.token)))

    async def _portal(self, method: str, url: str, body: Any = None) -> Any:
        question = Question(method, url, token=self._made.token, body=body)
        return await self._ask(question, blame.blame_control_plane)

    async def _ask(self, question: Question, why: Callable[[int], Blame]) -> Any:
        """Give the JSON of an answer that says yes. Raises `StepError`."""
        try:
            answer = await self._asker.ask(question)
        except NoAnswerError as error:
            raise StepError(str(question), _shown(error), why(0)) from error
        if answer.status not in _MADE:
            raise StepError(str(question), _shown(answer), why(answer.status))
        try:
            return json.loads(answer.body)
        except ValueError as error:
            # Not shown: it may be a token that somebody wrapped in something else.
            raise StepError(str(question), f"{answer.status}, and no JSON", why(0)) from error


def _calls_a_minute(policy: Any) -> float:
    """Give the quota of an application policy as calls a minute; one without counts for endless."""
    count = policy.get("requestCount") or 0
    minutes = _MINUTES.get(str(policy.get("timeUnit")), 0) * (policy.get("unitTime") or 0)
    return count / minutes if count > 0 and minutes else float("inf")


def _shown(answer: Answer | NoAnswerError) -> str:
    text = " ".join(str(answer).split())
    return text if len(text) <= _CAME_LIMIT else text[: _CAME_LIMIT - 1] + "…"
