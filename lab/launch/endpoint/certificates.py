"""The certificates by which an engine behind TLS and this machine know each other."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True)
class Certificates:
    """A folder with `ca.pem`, and for an engine that asks for them `cert.pem` and `key.pem`.

    Who *verifies* refuses an engine whose certificate isn't that authority's.
    """

    folder: Path
    verifies: bool = True

    def context(self) -> "ssl.SSLContext":
        """Load them. Raises `OSError` with the file that can't be used."""
        import ssl  # noqa: PLC0415  # few engines are behind TLS

        made = ssl.create_default_context()
        next(self.folder.iterdir(), None)  # one that isn't there is named
        authority, own, key = (self.folder / f"{name}.pem" for name in ("ca", "cert", "key"))
        if not self.verifies:
            made.check_hostname = False
            made.verify_mode = ssl.CERT_NONE
        elif authority.exists():
            made = ssl.create_default_context(cafile=_readable(authority))
        if own.exists() or key.exists():
            made.load_cert_chain(_readable(own), _readable(key))
        return made

    @property
    def expiry(self) -> datetime | None:
        """Tell when this machine's own certificate expires; None when there is none to read."""
        from cryptography import x509  # noqa: PLC0415  # asked for when an engine refuses

        try:
            content = (self.folder / "cert.pem").read_bytes()
            return x509.load_pem_x509_certificate(content).not_valid_after_utc
        except (OSError, ValueError):
            return None


def _readable(path: Path) -> Path:
    """Give the path of a file that can be read; the error of OpenSSL would not name it."""
    with path.open("rb"):
        return path
