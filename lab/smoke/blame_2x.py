"""The likely cause of each step's failure in the 2.x line, by what came."""

from lab.products.facts import Role
from lab.smoke.told import Blame, Blames, Suspect

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _SERVER_ERROR = 401, 403, 404, 500

_LOGINS = Suspect(Role.API_MANAGER, "api-manager.AuthManager.ServerURL")
_KEYS = Suspect(Role.API_MANAGER, "api-manager.APIKeyValidator.ServerURL")
_GATEWAYS = Suspect(Role.API_MANAGER, "api-manager.APIGateway.Environments")
_THROTTLING = Suspect(Role.API_MANAGER, "api-manager.ThrottlingConfigurations")
_KEY_DATABASES = (
    Suspect(Role.API_MANAGER, "master-datasources.WSO2AM_DB"),
    Suspect(Role.KEY_MANAGER, "master-datasources.WSO2AM_DB"),
)


def _blame_portals(status: int) -> Blame:
    if status == _UNAUTHORIZED:
        return Blame(
            "API Manager doesn't accept the credentials or the token",
            "compare `<AdminUser>` in its `user-mgt.xml` with the topology's",
            (_LOGINS,),
        )
    if status >= _SERVER_ERROR:
        return Blame("API Manager fails inside", "read its `lab logs`")
    if status in (0, 302, _NOT_FOUND):
        return Blame(
            "API Manager doesn't have this web app, or hasn't deployed it yet",
            "see `repository/deployment/server/webapps` of its home, and read its `lab logs`",
        )
    return Blame("API Manager refuses what was asked", "its answer says why")


def _blame_key_generation(status: int) -> Blame:
    if status < _SERVER_ERROR:
        return _blame_portals(status)
    return Blame(
        "API Manager could not register a client at the key manager",
        "look at this connection; read `lab logs` of both",
        (_KEYS,),
    )


def _blame_token(status: int) -> Blame:
    if status in (400, _UNAUTHORIZED):
        return Blame(
            "the key manager doesn't know the client that API Manager registered",
            "`WSO2AM_DB` must be the same database for both",
            _KEY_DATABASES,
        )
    return Blame("the key manager fails", "read its `lab logs`")


def _blame_call(status: int) -> Blame:
    if status in (0, _NOT_FOUND):
        return Blame(
            "the gateway has not deployed the API",
            "publishing it deploys it by this connection; read `lab logs` of API Manager",
            (_GATEWAYS,),
        )
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        return Blame(
            "the key manager doesn't tell the gateway that the token is valid for this API",
            "the gateway asks by this connection, and both must have the same `WSO2AM_DB`",
            (_KEYS, *_KEY_DATABASES),
        )
    return Blame(
        "the gateway can't pass the call on",
        "the API leads to API Manager's `/services/Version` on its HTTP port; read its `lab logs`",
    )


def _blame_throttling() -> Blame:
    return Blame(
        "API Manager doesn't count the calls, or its decision doesn't come back",
        "look at these connections, by which it tells itself of requests and hears decisions",
        (_THROTTLING,),
    )


OF_2X = Blames(_blame_portals, _blame_key_generation, _blame_token, _blame_call, _blame_throttling)
