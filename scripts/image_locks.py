"""Give the pins in images/*/requirements.txt the versions and hashes of requirements/dev.txt."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==.*(?:\n[ \t]+.*)*\n", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Return each package's pin with its hashes, as it stands in *lock*."""
    return {found[1]: found[0] for found in PIN.finditer(lock)}


def relocked(image_lock: str, lock: str) -> str:
    """Return *image_lock* with the pins of *lock*; a package that *lock* lacks is a KeyError."""
    known = pins(lock)
    return PIN.sub(lambda found: known[found[1]], image_lock)


if __name__ == "__main__":
    developed_with = (CHECKOUT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    for path in sorted(CHECKOUT.glob("images/*/requirements.txt")):
        path.write_text(relocked(path.read_text(encoding="utf-8"), developed_with), "utf-8")
