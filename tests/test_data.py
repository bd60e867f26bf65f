import pytest

from lab.data import data_folder
from lab.errors import LabError


@pytest.mark.parametrize("name", ["compose", "topologies"])
def test_a_folder_of_data_is_found(name: str):
    assert any(data_folder(name).iterdir())


def test_a_folder_that_no_installation_has_is_told():
    with pytest.raises(LabError, match="install the lab again"):
        data_folder("nothing-of-this-name")
