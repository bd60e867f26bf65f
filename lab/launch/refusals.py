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


class DeniedError(EngineError):
    """A registry wants a login, or another one; some say so of an image that they don't have."""


class LeaderlessError(EngineError):
    """A manager of a swarm can't answer: too few of its managers are there to elect a leader."""


LEADERLESS = "no manager leads the swarm"
RESTORE = (
    "start the lost managers' machines: more than half of all managers must answer; where they are"
    " lost for good, `docker swarm init --force-new-cluster` on one that is left"
)
_KINDS: tuple[tuple[type[EngineError], tuple[str, ...]], ...] = (
    # A manager gives a leader that it has just lost twenty seconds.
    (LeaderlessError, ("does not have a leader", "code = deadlineexceeded")),
    (SubnetTakenError, ("overlaps with other", "non-overlapping ipv4")),
    (PortTakenError, ("port is already allocated", "address already in use")),
    (
        InUseError,
        (
            "has active endpoints",
            "being used by",
            "is in use",
            "is using its referenced image",
            "dependent child images",
        ),
    ),
)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _CONFLICT = 401, 403, 404, 409
_MEND = "the engine's own words are above; its log tells more"
# What somebody did to a container behind the lab's back, by the engine's words.
_MENDS = (
    ("no such container", "somebody removed it; `lab down`, then `lab up` makes the lab again"),
    ("is paused", "`docker unpause` it"),
    ("paused container", "`docker unpause` it"),
    ("is not running", "`lab start` its node"),
)


def refusal(status: int | None, said: str, where: str) -> EngineError:
    """Make the error that fits the engine's answer."""
    kind = _kind(status, said.lower())
    if kind is LeaderlessError:
        return kind(Problem(f"{LEADERLESS}: {said}", where, RESTORE))
    mend = next((mend for words, mend in _MENDS if words in said.lower()), _MEND)
    return kind(Problem(f"the engine refuses: {said}", where, mend))


def _kind(status: int | None, said: str) -> type[EngineError]:
    for kind, words in _KINDS:
        if any(each in said for each in words):
            return kind
    if status == _CONFLICT and "already in progress" in said:
        return GoingError
    if status == _CONFLICT and "marked for removal" in said:
        return GoneError
    if status == _CONFLICT and "already in use" in said:
        return NameTakenError
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        return DeniedError
    return GoneError if status == _NOT_FOUND else EngineError
