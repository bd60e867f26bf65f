"""The layers that a client library puts around an error of the system."""

from lab.launch.endpoint.connection import root_cause


def test_the_systems_own_error_is_dug_out_of_the_librarys_layers() -> None:
    inner = PermissionError(13, "Permission denied")
    outer = OSError("Error while fetching server API version")
    outer.__cause__ = RuntimeError("Connection aborted.", inner)
    assert root_cause(outer) is inner
