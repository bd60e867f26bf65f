"""The key manager's token check: a token, its application and its subscription in apimgtdb."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from standin.classic.axis2 import AXIS2, Arguments, Service
from standin.database import Database, Row
from standin.oauth.tokens import expired

NAME = "APIKeyValidationService"
INVALID_CREDENTIALS, FORBIDDEN, BLOCKED, INACTIVE = 900901, 900908, 900907, 900909

_DTO = "http://dto.impl.apimgt.carbon.wso2.org/xsd"
_MODEL = "http://model.api.apimgt.carbon.wso2.org/xsd"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_HELD = (
    "SELECT T.TOKEN_STATE, T.VALIDITY_PERIOD, T.AUTHZ_USER, T.USER_TYPE, A.CONSUMER_KEY,"
    " CAST(UNIX_TIMESTAMP(T.TIME_CREATED) AS SIGNED) AS CREATED"
    " FROM IDN_OAUTH2_ACCESS_TOKEN T JOIN IDN_OAUTH_CONSUMER_APPS A ON A.ID = T.CONSUMER_KEY_ID"
    " WHERE T.ACCESS_TOKEN = %s"
)
_SUBSCRIPTION = (
    "SELECT SUB.TIER_ID, SUB.SUB_STATUS, APP.APPLICATION_ID, APP.NAME AS APP_NAME,"
    " APP.APPLICATION_TIER, AKM.KEY_TYPE, API.API_NAME, API.API_PROVIDER, API.API_TIER, S.USER_ID"
    " FROM AM_SUBSCRIPTION SUB"
    " JOIN AM_APPLICATION APP ON APP.APPLICATION_ID = SUB.APPLICATION_ID"
    " JOIN AM_SUBSCRIBER S ON S.SUBSCRIBER_ID = APP.SUBSCRIBER_ID"
    " JOIN AM_APPLICATION_KEY_MAPPING AKM ON AKM.APPLICATION_ID = APP.APPLICATION_ID"
    " JOIN AM_API API ON API.API_ID = SUB.API_ID"
    " WHERE API.CONTEXT = %s AND API.API_VERSION = %s AND AKM.CONSUMER_KEY = %s"
)
_TEMPLATES = (
    "SELECT M.HTTP_METHOD, M.AUTH_SCHEME, M.URL_PATTERN, M.THROTTLING_TIER"
    " FROM AM_API_URL_MAPPING M JOIN AM_API API ON API.API_ID = M.API_ID"
    " WHERE API.CONTEXT = %s AND API.API_VERSION = %s ORDER BY M.URL_MAPPING_ID"
)


@dataclass(frozen=True, slots=True)
class Validation:
    """`APIKeyValidationInfoDTO`, the part of it that a gateway uses; times in milliseconds."""

    authorized: bool
    validationStatus: int  # noqa: N815 - the names of the product's own element
    apiName: str = ""  # noqa: N815
    apiPublisher: str = ""  # noqa: N815
    apiTier: str = ""  # noqa: N815
    applicationId: str = ""  # noqa: N815
    applicationName: str = ""  # noqa: N815
    applicationTier: str = ""  # noqa: N815
    consumerKey: str = ""  # noqa: N815
    endUserName: str = ""  # noqa: N815
    subscriber: str = ""
    tier: str = ""
    type: str = ""
    userType: str = ""  # noqa: N815
    issuedTime: int = 0  # noqa: N815
    validityPeriod: int = 0  # noqa: N815


async def validate(apim_db: Database, context: str, version: str, token: str) -> Validation:
    """Return whether *token* may call the API *context* in *version*; raises DatabaseError."""
    found = await apim_db.query(_HELD, token)
    if not found or found[0]["TOKEN_STATE"] != "ACTIVE" or expired(found[0]):  # noqa: S105 - a state's name
        return Validation(authorized=False, validationStatus=INVALID_CREDENTIALS)
    held = found[0]
    subscribed = await apim_db.query(_SUBSCRIPTION, context, version, held["CONSUMER_KEY"])
    if not subscribed:
        return Validation(authorized=False, validationStatus=FORBIDDEN)
    row = subscribed[0]
    status = _judge(row["SUB_STATUS"], row["KEY_TYPE"])
    if status:
        return Validation(authorized=False, validationStatus=status)
    return _authorized(held, row)


def _judge(state: str | None, key_type: str) -> int:
    """Return the status of a subscription that may not be used, 0 for one that may."""
    if state == "BLOCKED" or (state == "PROD_ONLY_BLOCKED" and key_type == "PRODUCTION"):
        return BLOCKED
    return INACTIVE if state in {"ON_HOLD", "REJECTED"} else 0


def _authorized(held: Row, row: Row) -> Validation:
    return Validation(
        authorized=True,
        validationStatus=0,
        apiName=row["API_NAME"],
        apiPublisher=row["API_PROVIDER"],
        apiTier=row["API_TIER"] or "",
        applicationId=str(row["APPLICATION_ID"]),
        applicationName=row["APP_NAME"],
        applicationTier=row["APPLICATION_TIER"],
        consumerKey=held["CONSUMER_KEY"],
        endUserName=f"{held['AUTHZ_USER']}@carbon.super",
        subscriber=row["USER_ID"],
        tier=row["TIER_ID"],
        type=row["KEY_TYPE"],
        userType=held["USER_TYPE"] or "",
        issuedTime=held["CREATED"] * 1000,
        validityPeriod=-1 if held["VALIDITY_PERIOD"] is None else held["VALIDITY_PERIOD"],
    )


async def templates(apim_db: Database, context: str, version: str) -> list[Row]:
    """Return the resources of an API; raises DatabaseError."""
    return await apim_db.query(_TEMPLATES, context, version)


def key_validation(apim_db: Database) -> Service:
    """Return the SOAP service."""

    async def validate_key(given: Arguments) -> str:
        found = await validate(
            apim_db,
            given.get("context", ""),
            given.get("version", ""),
            given.get("accessToken", ""),
        )
        return _validation_element(found)

    async def all_templates(given: Arguments) -> str:
        rows = await templates(apim_db, given.get("context", ""), given.get("version", ""))
        return "".join(_template_element(row) for row in rows)

    operations = {
        "validateKey": validate_key,
        "validateKeyforHandshake": validate_key,
        "getAllURITemplates": all_templates,
    }
    return Service(AXIS2, operations, is_admin=True)


def _validation_element(found: Validation) -> str:
    names = sorted(Validation.__slots__)
    inner = "".join(_element("ax", name, getattr(found, name)) for name in names)
    return (
        f'<ns:return xmlns:ax="{_DTO}" xmlns:xsi="{_INSTANCE}"'
        f' xsi:type="ax:APIKeyValidationInfoDTO">{inner}</ns:return>'
    )


def _template_element(row: Row) -> str:
    inner = "".join(
        _element("ax", name, row[column] or "")
        for name, column in (
            ("HTTPVerb", "HTTP_METHOD"),
            ("authType", "AUTH_SCHEME"),
            ("throttlingTier", "THROTTLING_TIER"),
            ("uriTemplate", "URL_PATTERN"),
        )
    )
    return (
        f'<ns:return xmlns:ax="{_MODEL}" xmlns:xsi="{_INSTANCE}"'
        f' xsi:type="ax:URITemplate">{inner}</ns:return>'
    )


def _element(prefix: str, name: str, value: str | int | bool) -> str:  # noqa: FBT001 - a value of its own
    if value == "":
        return f'<{prefix}:{name} xsi:nil="true"/>'
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{prefix}:{name}>{text}</{prefix}:{name}>"
