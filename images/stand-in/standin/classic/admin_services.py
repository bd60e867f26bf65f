"""The two other services that a 2.1 node asks of its key manager: logins and subscribers."""

import asyncio
import uuid
from xml.sax.saxutils import escape

from standin import log
from standin.accounts import Accounts
from standin.classic.axis2 import AXIS2, Arguments, Service, SoapFaultError
from standin.database import Database, Row

AUTHENTICATION, SUBSCRIBER = "AuthenticationAdmin", "APIKeyMgtSubscriberService"

_AUTHENTICATION_NAMESPACE = "http://authentication.services.core.carbon.wso2.org"
_MODEL = "http://model.api.apimgt.carbon.wso2.org/xsd"
_DTO = "http://dto.impl.apimgt.carbon.wso2.org/xsd"
_LOGIN = "org.wso2.carbon.core.services.util.CarbonAuthenticationUtil"
_TENANT = -1234
_APPLICATION = (
    "SELECT CONSUMER_KEY, CONSUMER_SECRET, APP_NAME, CALLBACK_URL, USERNAME"
    " FROM IDN_OAUTH_CONSUMER_APPS WHERE CONSUMER_KEY = %s"
)
_SUBSCRIBED = (
    "SELECT API.API_PROVIDER, API.API_NAME, API.API_VERSION, API.CONTEXT"
    " FROM AM_SUBSCRIPTION SUB JOIN AM_API API ON API.API_ID = SUB.API_ID"
    " JOIN AM_APPLICATION APP ON APP.APPLICATION_ID = SUB.APPLICATION_ID"
    " JOIN AM_SUBSCRIBER S ON S.SUBSCRIBER_ID = APP.SUBSCRIBER_ID"
    " WHERE S.USER_ID = %s ORDER BY SUB.SUBSCRIPTION_ID"
)
_ADD = (
    "INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, CONSUMER_SECRET, USERNAME, TENANT_ID,"
    " USER_DOMAIN, APP_NAME, OAUTH_VERSION, CALLBACK_URL, GRANT_TYPES)"
    " VALUES (%s, %s, %s, %s, 'PRIMARY', %s, 'OAuth-2.0', %s, %s)"
)
_GRANTS = "password client_credentials refresh_token"
_REVOKE = (
    "UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'REVOKED', TOKEN_STATE_ID = %s"
    " WHERE ACCESS_TOKEN = %s AND TOKEN_STATE = 'ACTIVE'"
)


def authentication_admin(accounts: Accounts) -> Service:
    """Return the service that logs users of publisher and store in; it takes nobody's word."""

    async def login(given: Arguments) -> str:
        name, password = given.get("username", ""), given.get("password", "")
        known = await asyncio.to_thread(accounts.knows, name, password)
        if not known:
            log.warn(_LOGIN, f"Failed Administrator login attempt '{name}[-1234]'")
        return f"<ns:return>{str(known).lower()}</ns:return>"

    async def logout(_given: Arguments) -> None:
        return None

    operations = {"login": login, "logout": logout}
    return Service(_AUTHENTICATION_NAMESPACE, operations, is_admin=False)


def subscriber_service(apim_db: Database) -> Service:
    """Return the service that keeps the OAuth clients of applications."""

    async def create(given: Arguments) -> str:
        key, secret = uuid.uuid4().hex, uuid.uuid4().hex
        name, callback = given.get("applicationName", ""), given.get("callbackUrl", "")
        user = given.get("userId", "")
        await apim_db.query(_ADD, key, secret, user, _TENANT, name, callback, _GRANTS)
        return await retrieve({"consumerKey": key})

    async def retrieve(given: Arguments) -> str:
        found = await apim_db.query(_APPLICATION, given.get("consumerKey", ""))
        if not found:
            raise SoapFaultError("Error occurred while getting the OAuth application information")
        return _application(found[0])

    async def subscribed(given: Arguments) -> str:
        rows = await apim_db.query(_SUBSCRIBED, given.get("userId", ""))
        return "".join(_api(row) for row in rows)

    async def revoke(given: Arguments) -> None:
        await apim_db.query(_REVOKE, str(uuid.uuid4()), given.get("key", ""))

    async def clear_cache(_given: Arguments) -> None:
        return None

    operations = {
        "createOAuthApplication": create,
        "retrieveOAuthApplication": retrieve,
        "getSubscribedAPIsOfUser": subscribed,
        "revokeAccessToken": revoke,
        "clearOAuthCache": clear_cache,
    }
    return Service(AXIS2, operations, is_admin=True)


def _application(row: Row) -> str:
    fields = {
        "appOwner": row["USERNAME"],
        "callBackURL": row["CALLBACK_URL"],
        "clientId": row["CONSUMER_KEY"],
        "clientName": row["APP_NAME"],
        "clientSecret": row["CONSUMER_SECRET"],
    }
    return f'<ns:return xmlns:ax="{_MODEL}">{_elements(fields)}</ns:return>'


def _api(row: Row) -> str:
    fields = {
        "apiName": row["API_NAME"],
        "context": row["CONTEXT"],
        "providerId": row["API_PROVIDER"],
        "version": row["API_VERSION"],
    }
    return f'<ns:return xmlns:ax="{_DTO}">{_elements(fields)}</ns:return>'


def _elements(fields: dict[str, str | None]) -> str:
    return "".join(f"<ax:{name}>{escape(v or '')}</ax:{name}>" for name, v in fields.items())
