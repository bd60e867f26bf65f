"""The engine's refusals that somebody acts upon; all others are plain `EngineError`s."""

from lab.errors import EngineError, Problem


class GoneError(EngineError):
    """The object isn't there (any more)."""


class NameTakenError(EngineError):
    """A container of this name exists."""


class SubnetTakenError(EngineError):
    """Another network got this subnet first."""


class PortTakenError(EngineError):
    """Something else on this machine listens on the published port."""


class GoingError(EngineError):
    """Somebody else removes the object at this moment, maybe for a caller that was killed."""


class InUseError(EngineError):
    """The object still has users: endpoints of a network, containers of an image."""


_IN_USE = (
    "has active endpoints",
    "being used by",
    "is in use",
    "is using its referenced image",
    "dependent child images",
)
_NOT_FOUND, _CONFLICT = 404, 409
_MEND = "the engine's own words are above; its log tells more"


def refusal(status: int | None, said: str, where: str) -> EngineError:
    """Make the error that fits the engine's answer."""
    problem = Problem(f"the engine refuses: {said}", where, _MEND)
    return _kind(status, said.lower())(problem)


def _kind(status: int | None, said: str) -> type[EngineError]:
    if "overlap" in said:
        return SubnetTakenError
    if "port is already allocated" in said or "address already in use" in said:
        return PortTakenError
    if any(words in said for words in _IN_USE):
        return InUseError
    if status == _CONFLICT and "already in progress" in said:
        return GoingError
    if status == _CONFLICT and "already in use" in said:
        return NameTakenError
    return GoneError if status == _NOT_FOUND else EngineError
