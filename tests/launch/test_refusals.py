import pytest

from lab.errors import EngineError
from lab.launch.refusals import (
    DeniedError,
    GoingError,
    GoneError,
    InUseError,
    LeaderlessError,
    NameTakenError,
    PortTakenError,
    SubnetTakenError,
    refusal,
)


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (404, "No such container: x", GoneError),
        (
            409,
            'Conflict. The container name "/x" is already in use by container "1"',
            NameTakenError,
        ),
        (403, "Pool overlaps with other one on this address space", SubnetTakenError),
        (
            409,
            'Conflict. The container name "/lab-overlap-gw" is already in use by "0"',
            NameTakenError,
        ),
        (400, "invalid pool request: Pool overlaps with other one", SubnetTakenError),
        (
            500,
            "driver failed: Bind for 127.0.0.1:9443 failed: port is already allocated",
            PortTakenError,
        ),
        (500, "listen tcp4 127.0.0.1:9443: bind: address already in use", PortTakenError),
        (403, "error while removing network: network x has active endpoints", InUseError),
        (409, "conflict: unable to remove (must be forced) - image is being used by x", InUseError),
        (409, "removal of container x is already in progress", GoingError),
        (409, "can not get logs from container which is dead or marked for removal", GoneError),
        (
            500,
            "rpc error: code = Unknown desc = The swarm does not have a leader.",
            LeaderlessError,
        ),
        (
            500,
            "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
            LeaderlessError,
        ),
        (401, "unauthorized: authentication required", DeniedError),
        (403, "denied: requested access to the resource is denied", DeniedError),
        (500, "something else", EngineError),
    ],
)
def test_what_somebody_acts_upon_has_a_type_of_its_own(
    status: int, said: str, kind: type[EngineError]
) -> None:
    error = refusal(status, said, "container x")
    assert type(error) is kind
    assert said in error.problems[0].what


@pytest.mark.parametrize(
    ("status", "said", "mend"),
    [
        (404, "No such container: lab-x-km", "`lab down`"),
        (500, "cannot start a paused container, try unpause instead", "`docker unpause` it"),
        (409, "Container 1f is paused, unpause the container before exec", "`docker unpause` it"),
        (409, "Container 1f is not running", "`lab start`"),
    ],
)
def test_what_was_done_behind_the_labs_back_has_a_mend(status: int, said: str, mend: str) -> None:
    assert mend in refusal(status, said, "container lab-x-km").problems[0].mend
