"""What this project's tests share: an application of its own, registered in the key manager."""

from collections.abc import Iterator

import httpx
import pytest
from lab.fixture.lab import Lab

KEY, SECRET = "orders-app", "orders-secret"


@pytest.fixture(scope="session")
def gateway(lab: Lab) -> Iterator[httpx.Client]:
    """Give a client that asks the gateway by its own name."""
    with lab.client(base_url=lab.url("gw", 8243)) as client:
        yield client


@pytest.fixture(scope="session")
def key_manager(lab: Lab) -> Iterator[httpx.Client]:
    """Give a client that asks the key manager as a registered application."""
    with lab.database("apim_db", autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO IDN_OAUTH_CONSUMER_APPS (CONSUMER_KEY, CONSUMER_SECRET, USERNAME,"
            " TENANT_ID, APP_NAME, GRANT_TYPES) VALUES (%s, %s, 'admin', -1234, 'orders', %s)",
            (KEY, SECRET, "client_credentials"),
        )
    with lab.client(base_url=lab.url("km", 9443), auth=(KEY, SECRET)) as client:
        yield client
