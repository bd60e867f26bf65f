"""The likely cause of each step's failure in the 4.x line, by what came."""

from lab.products.facts import Role
from lab.smoke.told import Blame, Blames, Suspect

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _SERVER_ERROR = 401, 403, 404, 500

_HUB_TOPICS = Suspect(Role.GATEWAY, "apim.event_hub.event_listening_endpoints")
_HUB_READS = Suspect(Role.GATEWAY, "apim.event_hub.service_url")
_OWN_HUB = Suspect(Role.CONTROL_PLANE, "apim.event_hub.publish")
_KEYS_OF_GATEWAY = Suspect(Role.GATEWAY, "apim.key_manager.service_url")
_KEYS_OF_CONTROL_PLANE = Suspect(Role.CONTROL_PLANE, "apim.key_manager.service_url")
_REQUESTS = Suspect(Role.GATEWAY, "apim.throttling.url_group")
_DECISIONS = Suspect(Role.GATEWAY, "apim.throttling.throttle_decision_endpoints")
_POLICIES = Suspect(Role.TRAFFIC_MANAGER, "apim.event_hub.service_url")


def blame_control_plane(status: int) -> Blame:
    """Say why a REST service of the control plane refuses; 0 is no answer at all."""
    if status == _UNAUTHORIZED:
        return Blame(
            "the control plane doesn't accept the credentials or the token",
            "compare `[super_admin]` of the control plane with the topology's",
        )
    if status >= _SERVER_ERROR:
        return Blame("the control plane fails inside", "read `lab logs` of the control plane")
    if status in (0, 302, _NOT_FOUND):
        return Blame(
            "the control plane doesn't have this web app, or hasn't deployed it yet",
            "see that the node runs the profile of its role; read its `lab logs`",
        )
    return Blame("the control plane refuses what was asked", "its answer says why")


def blame_key_generation(status: int) -> Blame:
    """Say why no keys are made: the control plane asks the key manager for them."""
    if status < _SERVER_ERROR:
        return blame_control_plane(status)
    return Blame(
        "the control plane could not register a client at the key manager",
        "look at this connection; read `lab logs` of the control plane and the key manager",
        (_KEYS_OF_CONTROL_PLANE,),
    )


def blame_token(status: int) -> Blame:
    """Say why the key manager issues no token."""
    if status in (400, _UNAUTHORIZED):
        return Blame(
            "the key manager doesn't know the client that the control plane registered",
            "both must have the same apim_db: compare `[database.apim_db]` of the two",
        )
    return Blame("the key manager fails", "read `lab logs` of the key manager")


def blame_call(status: int) -> Blame:
    """Say why a call to the API doesn't get through the gateway."""
    if status in (0, _NOT_FOUND):
        return Blame(
            "the gateway has not deployed the API",
            "its deployment event or its artifact doesn't arrive; see that `gateway_labels` holds"
            " the environment, and read `lab logs` of the gateway",
            (_HUB_TOPICS, _HUB_READS, _OWN_HUB),
        )
    if status == _FORBIDDEN:
        return Blame(
            "the gateway has not heard of the subscription",
            "subscriptions come by the event hub; read `lab logs` of the gateway",
            (_HUB_TOPICS, _HUB_READS),
        )
    if status == _UNAUTHORIZED:
        return Blame(
            "the gateway doesn't accept the key manager's token",
            "it reads the key manager's keys by this connection, and that one's certificate must"
            " be trusted",
            (_KEYS_OF_GATEWAY,),
        )
    return Blame(
        "the gateway can't pass the call on",
        "the API leads to the control plane's `/services/Version` on its HTTP port; read `lab"
        " logs` of the gateway",
    )


def blame_policies(member: str, *, is_silent: bool) -> Blame:
    """Say why a traffic manager decides nothing about requests that it was told of."""
    if not is_silent:
        return Blame(
            f"{member} can't be told of requests, or heard",
            "look at these connections",
            (_REQUESTS, _DECISIONS),
        )
    return Blame(
        f"{member} has no policies, so it never throttles",
        "it reads them once, and must start when the control plane answers:"
        f" `lab stop {member}`, then `lab start {member}`",
        (_POLICIES,),
    )


def blame_throttling() -> Blame:
    """Say why nobody is throttled although the quota is used up."""
    return Blame(
        "the traffic manager doesn't count the calls, or its decision doesn't reach the gateway",
        "one that started before the control plane answered has no policies and never throttles:"
        " `lab stop` and `lab start` it; else look at these connections",
        (_POLICIES, _REQUESTS, _DECISIONS),
    )


OF_4X = Blames(blame_control_plane, blame_key_generation, blame_token, blame_call, blame_throttling)
