"""The handler of all REST services of one node."""

import ssl

from standin.accounts import Accounts
from standin.configuration import Configuration
from standin.database import Database
from standin.http_server import Handler, Request, Response
from standin.portals.devportal import Devportal
from standin.portals.environments import environments_of
from standin.portals.publisher import Publisher
from standin.portals.registration import registration
from standin.portals.services import Publish
from standin.portals.webapps import CONTEXT, portals


def handler(
    configuration: Configuration,
    version: str,
    accounts: Accounts,
    apim_db: Database,
    *,
    trust: ssl.SSLContext,
    publish: Publish,
) -> Handler:
    """Return the handler, made of the node's own configuration with its first request."""
    publisher = Publisher(apim_db, environments_of(configuration.environments), publish)
    devportal = Devportal(apim_db, configuration.key_manager, trust, publish)
    registering = registration(accounts, apim_db)
    managing = portals(version, apim_db, publisher.routes(), devportal.routes())

    async def handle(request: Request) -> Response:
        is_managing = request.path.startswith(CONTEXT + "/")
        return await (managing if is_managing else registering)(request)

    return handle
