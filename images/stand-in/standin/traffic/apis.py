"""The APIs of one gateway: what it reads of them from the event hub, and the calls to them."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standin import http_client, log
from standin.bootstrap import Bootstrap
from standin.configuration import KeyManager
from standin.databridge.streams import THROTTLE_REQUEST
from standin.http_server import Request, Response, json_response

_DEPLOYER = "org.wso2.carbon.apimgt.gateway.InMemoryAPIDeployer"
_THROTTLED, _INVALID, _MISSING, _FORBIDDEN = "900803", "900901", "900902", "900908"
_READS = ("subscriptions", "applications", "application-key-mappings")
_NOT_PASSED_ON = frozenset(
    {"authorization", "host", "connection", "content-length", "transfer-encoding", "user-agent"}
)
_OK = 200

Publish = Callable[[str, Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class _Api:
    identifier: str
    name: str
    version: str
    context: str  # with the version
    endpoint: str
    operations: frozenset[tuple[str, str]]  # (verb, target)


class Apis:
    """What is deployed, who may call it, and whose quota is used up."""

    def __init__(self, hub: Bootstrap, manager: KeyManager, publish: Publish) -> None:
        self._hub = hub
        self._introspection = (
            manager.service_url.partition("/services")[0].rstrip("/") + "/oauth2/introspect"
        )
        self._account = manager.account
        self._publish = publish
        self._apis: dict[str, _Api] = {}
        self._known: dict[str, list[dict[str, Any]]] = {key: [] for key in _READS}
        self._throttled: dict[str, int] = {}  # throttle key → when it ends, ms since the epoch
        self._reading = asyncio.Lock()

    async def read(self) -> None:
        """Read everything anew from the event hub; what can't be read stays as it was."""
        async with self._reading:
            try:
                artifacts = await self._hub.list_artifacts()
                known = {name: await self._hub.list_of(name) for name in _READS}
                apis = {api.context: api for api in map(_api, artifacts)}
            except (OSError, TimeoutError, ValueError, KeyError) as fault:
                log.error(_DEPLOYER, f"Error while deploying the APIs in Gateway: {fault!r}")
                return
            self._apis = apis
            self._known = known
        names = ", ".join(sorted(f"{one.name}:{one.version}" for one in self._apis.values()))
        log.info(_DEPLOYER, f"stand-in gateway: deployed APIs: {names or 'none'}")

    def throttle(self, payload: Mapping[str, Any]) -> None:
        """Take a decision of the traffic manager; a message of another kind changes nothing."""
        key = payload.get("throttleKey")
        if key is None:
            return
        if payload.get("isThrottled"):
            self._throttled[str(key)] = int(payload["expiryTimeStamp"])
        else:
            self._throttled.pop(str(key), None)

    async def answer(self, request: Request) -> Response | None:
        """Answer a call to an API; None when its path is none's."""
        api = next((self._apis[one] for one in self._apis if _leads(request.path, one)), None)
        if api is None:
            return None
        target = request.path.removeprefix(api.context) or "/"
        if not {(request.method, target), (request.method, "/*")} & api.operations:
            return _refusal(404, "404", "Not Found", "The requested resource is not available.")
        token = await self._token(request)
        if isinstance(token, Response):
            return token
        event = self._event(api, target, request.method, token)
        if event is None:
            return _refusal(
                403,
                _FORBIDDEN,
                "Resource forbidden ",
                "User is NOT authorized to access the Resource. API Subscription validation"
                " failed.",
            )
        now = time.time() * 1000
        if any(self._throttled.get(str(key), 0) > now for key in (event[1], event[5])):
            return _refusal(
                429, _THROTTLED, "Message throttled out", "You have exceeded your quota"
            )
        self._publish(THROTTLE_REQUEST, event)
        return await self._pass_on(api, target, request)

    async def _token(self, request: Request) -> Mapping[str, Any] | Response:
        """Return what the key manager says of the request's token, or the refusal."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not value:
            return _refusal(
                401,
                _MISSING,
                "Missing Credentials",
                "Invalid Credentials. Make sure your API invocation call has a header:"
                " 'Authorization : Bearer ACCESS_TOKEN'",
            )
        try:
            answer = await http_client.send(
                "POST",
                self._introspection,
                self._account,
                self._hub.trust,
                body=f"token={value}".encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
            told = json.loads(answer.body) if answer.status == _OK else {}
        except (OSError, TimeoutError, ValueError) as fault:
            log.error(_DEPLOYER, f"Error while introspecting a token: {fault!r}")
            return _refusal(500, "900900", "Unclassified Authentication Failure", "")
        if not told.get("active"):
            return _refusal(
                401,
                _INVALID,
                "Invalid Credentials",
                "Access failure. Make sure you have provided the correct security credentials",
            )
        return dict(told)

    def _event(
        self, api: _Api, target: str, verb: str, token: Mapping[str, Any]
    ) -> tuple[object, ...] | None:
        """Return the call's request event, None for a token without a subscription."""
        client = token.get("client_id")
        owned = {
            one["applicationId"]
            for one in self._known["application-key-mappings"]
            if one["consumerKey"] == client
        }
        for subscription in self._known["subscriptions"]:
            if (
                subscription["apiUUID"] == api.identifier
                and subscription["appId"] in owned
                and subscription["subscriptionState"] == "UNBLOCKED"
            ):
                break
        else:
            return None
        number, user = subscription["appId"], str(token.get("username", ""))
        tier = next(
            (one["policy"] for one in self._known["applications"] if one["id"] == number),
            "Unlimited",
        )
        key = f"{api.context}:{api.version}"
        resource = f"{api.context}{target}:{verb}"
        return (
            *(str(uuid.uuid4()), f"{number}:{user}", tier, key, "Unlimited"),
            *(f"{number}:{key}", subscription["policyId"], resource, "Unlimited", user),
            *(api.context, api.version, "carbon.super", "carbon.super", str(number), api.name),
            "{}",
        )

    async def _pass_on(self, api: _Api, target: str, request: Request) -> Response:
        path = "" if target == "/" else target
        headers = {
            name: value for name, value in request.headers.items() if name not in _NOT_PASSED_ON
        }
        try:
            answer = await http_client.send(
                request.method,
                api.endpoint.rstrip("/") + path,
                None,
                self._hub.trust,
                body=request.body,
                headers=headers,
            )
        except (OSError, TimeoutError) as fault:
            log.error(_DEPLOYER, f"Error connecting to the back end {api.endpoint}: {fault!r}")
            return _refusal(503, "101503", "Runtime Error", "Error connecting to the back end")
        return Response(answer.status, answer.body, answer.headers.get("content-type", ""))


def _api(artifact: Mapping[str, Any]) -> _Api:
    return _Api(
        artifact["apiId"],
        artifact["name"],
        artifact["version"],
        artifact["context"],
        artifact["endpoint"],
        frozenset((one["verb"], one["target"]) for one in artifact["operations"]),
    )


def _leads(path: str, context: str) -> bool:
    return path == context or path.startswith(context + "/")


def _refusal(status: int, code: str, message: str, description: str) -> Response:
    fault = {"code": code, "message": message, "description": description}
    return json_response(fault, status)
