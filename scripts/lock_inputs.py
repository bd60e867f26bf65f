"""Print what requirements/dev.txt is compiled from: everything that pyproject.toml asks for."""

import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
# The build backend's own needs, since the lab is installed without build isolation.
BUILD_NEEDS = ("editables", "pip")


def lock_inputs(pyproject: Path) -> list[str]:
    """Return the requirements of *pyproject*: runtime, development, build backend."""
    declared = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    return [
        *declared["project"]["dependencies"],
        *declared["dependency-groups"]["dev"],
        *declared["build-system"]["requires"],
        *BUILD_NEEDS,
    ]


if __name__ == "__main__":
    print("\n".join(lock_inputs(CHECKOUT / "pyproject.toml")))
