"""Why an engine behind TLS and this machine don't trust each other, each cause with its mend."""

import ssl
from datetime import UTC, datetime

from lab.errors import Problem
from lab.launch.endpoint.certificates import Certificates

_GIVE = (
    "`docker context create NAME --docker host=URL,ca=FILE,cert=FILE,key=FILE` and that context, or"
    " DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH"
)
_EXPIRED, _NOT_YET = 10, 9  # OpenSSL's numbers of what is wrong with a certificate
_OTHER_HOST = (62, 64)
# What an engine answers to a client's certificate that it doesn't take, or to none.
_REFUSED = ("CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE", "CERTIFICATE_EXPIRED", "UNKNOWN_CA")


def needs_certificates(where: str) -> Problem:
    """Say that an engine speaks TLS, and nobody has said with which certificates."""
    return Problem("the engine there speaks TLS, and no certificates are named", where, _GIVE)


def distrust(certificates: Certificates, cause: OSError, where: str) -> Problem | None:
    """Say why TLS with an engine fails; None when the error is not about that."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _not_trusted(certificates, cause, where)
    if isinstance(cause, ssl.SSLError):
        return _refused(certificates, cause, where)
    if cause.filename is not None:
        what = f"the engine's certificates can't be read: {cause.strerror}"
        return Problem(what, f"{where}: {cause.filename}", _GIVE)
    return None


def _not_trusted(
    certificates: Certificates, cause: ssl.SSLCertVerificationError, where: str
) -> Problem:
    if cause.verify_code in (_EXPIRED, _NOT_YET):
        what = "the engine's certificate has expired"
        if cause.verify_code == _NOT_YET:
            what = "the engine's certificate is not valid yet"
        mend = "give the engine a new one, or set the clock that is wrong"
    elif cause.verify_code in _OTHER_HOST:
        what = f"the engine's certificate is for another host: {cause.verify_message}"
        mend = "use a name that it is for, or give the engine one with this name or address"
    else:
        what = f"the engine's certificate is not trusted: {cause.verify_message}"
        mend = "use the `ca.pem` of the authority that signed it"
    return Problem(what, f"{where}: {certificates.folder}", mend)


def _refused(certificates: Certificates, cause: ssl.SSLError, where: str) -> Problem:
    place = f"{where}: {certificates.folder}"
    reason = cause.reason or str(cause)
    if reason == "WRONG_VERSION_NUMBER":
        mend = "use `tcp://` without certificates, or start the engine with --tlsverify"
        return Problem("the engine there doesn't speak TLS", place, mend)
    if not any(word in reason for word in _REFUSED):
        what = f"the engine's certificates can't be used: {reason}"
        return Problem(what, place, "see that `cert.pem` and `key.pem` belong together")
    expiry = certificates.expiry
    if expiry is None:
        what = "the engine asks for a certificate of this machine, and there is none"
        return Problem(what, place, _GIVE)
    if expiry < datetime.now(UTC):
        what = f"the engine refuses this machine's certificate: it expired on {expiry:%Y-%m-%d}"
        return Problem(what, place, "have a new `cert.pem` signed by the engine's authority")
    what = f"the engine refuses this machine's certificate: {reason}"
    return Problem(what, place, "use a `cert.pem` that the engine's authority has signed")
