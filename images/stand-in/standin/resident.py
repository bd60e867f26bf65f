"""The resident key manager in a control plane's `/keymanagers`."""

import json
import ssl
from collections.abc import Mapping
from typing import Any

from standin import http_client, rows
from standin.configuration import Account
from standin.database import Database

_OK = 200
_NAME = "Resident Key Manager"
_DISCOVERY = "/oauth2/token/.well-known/openid-configuration"


class KeyManagerError(Exception):
    """The key manager can't be asked."""


def key_managers_with_resident(
    service_url: str, account: Account, trust: ssl.SSLContext
) -> rows.Read:
    """Return a read of `/keymanagers` that asks the key manager at *service_url* first.

    While that one can't be asked the read fails, as measured on 4.1.0.
    """
    url = service_url.partition("/services")[0].rstrip("/") + _DISCOVERY

    async def read(apim_db: Database, query: Mapping[str, str]) -> Any:
        try:
            answer = await http_client.send("GET", url, account, trust)
            if answer.status != _OK:
                raise KeyManagerError(f"feign.FeignException: status {answer.status} reading {url}")
            configuration = json.loads(answer.body)
        except (OSError, TimeoutError, ValueError) as fault:
            raise KeyManagerError(
                f"feign.RetryableException: Connect to {url} failed: {fault!r}"
            ) from fault
        resident = {
            "name": _NAME,
            "type": "default",
            "enabled": True,
            "tenantDomain": "carbon.super",
            "tokenType": "DIRECT",
            "configuration": configuration,
        }
        others = await rows.key_managers(apim_db, query)
        return [resident, *(each for each in others if each["name"] != _NAME)]

    return read
