"""Routes the requests of `/oauth2` and answers its discovery document and its keys."""

import base64
import hashlib
import re
import ssl
import subprocess

from standin.http_server import Handler, Request, Response, json_response
from standin.keystore import Identity

CONTEXT = "/oauth2"
_DISCOVERY = "/oauth2/token/.well-known/openid-configuration"


def oauth(
    base_url: str, identity: Identity, introspect: Handler, token: Handler, revoke: Handler
) -> Handler:
    """Return the handler of the web app at *base_url*, `https://host:port`."""
    posts = {"/oauth2/introspect": introspect, "/oauth2/token": token, "/oauth2/revoke": revoke}

    async def handle(request: Request) -> Response:
        path = request.path.rstrip("/")
        if path == _DISCOVERY and request.method == "GET":
            return json_response(discovery(base_url))
        if path == "/oauth2/jwks" and request.method == "GET":
            return json_response({"keys": _keys(identity)})
        if path in posts:
            if request.method != "POST":
                return Response(405, headers={"Allow": "POST"})
            return await posts[path](request)
        return Response(404)

    return handle


def discovery(base_url: str) -> dict[str, object]:
    """Return the OpenID discovery document of a key manager at *base_url*."""
    oauth2 = f"{base_url}/oauth2"
    return {
        "issuer": f"{oauth2}/token",
        "authorization_endpoint": f"{oauth2}/authorize",
        "token_endpoint": f"{oauth2}/token",
        "userinfo_endpoint": f"{oauth2}/userinfo",
        "jwks_uri": f"{oauth2}/jwks",
        "registration_endpoint": f"{base_url}/api/identity/oauth2/dcr/v1.1/register",
        "introspection_endpoint": f"{oauth2}/introspect",
        "revocation_endpoint": f"{oauth2}/revoke",
        "grant_types_supported": ["client_credentials", "password"],
        "response_types_supported": ["none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }


def _keys(identity: Identity) -> list[dict[str, str]]:
    """Return the certificate's RSA key as a JWK; none for a key of another kind."""
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-modulus", "-text"],
        input=identity.chain.encode(),
        capture_output=True,
        check=False,
    ).stdout.decode("utf-8", "replace")
    modulus = re.search(r"^Modulus=([0-9A-F]+)$", shown, re.MULTILINE)
    exponent = re.search(r"Exponent: (\d+)", shown)
    if modulus is None or exponent is None:
        return []
    leaf = ssl.PEM_cert_to_DER_cert(
        identity.chain.partition("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----"
    )
    number = int(exponent[1])
    thumbprint = _base64url(hashlib.sha256(leaf).digest())
    return [
        {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": f"{thumbprint}_RS256",
            "x5t#S256": thumbprint,
            "n": _base64url(bytes.fromhex(modulus[1])),
            "e": _base64url(number.to_bytes((number.bit_length() + 7) // 8, "big")),
        }
    ]


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
