import sys
from pathlib import Path

import pytest

from lab.distributions.kept import kept_folder, kept_whole
from lab.errors import LabError


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run outside a virtual environment, with a cache of the user's own."""
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "apim-lab"


def test_in_a_virtual_environment_it_is_kept_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert kept_folder("images", "one").parent == tmp_path / "share/apim-lab/images"


def test_outside_a_virtual_environment_every_call_gives_the_same_folder(cache: Path) -> None:
    folder = kept_folder("images", "one")
    assert folder.is_dir()
    assert folder.parent == cache / "images"
    assert kept_folder("images", "one") == folder
    assert kept_folder("images", "other") != folder


@pytest.mark.parametrize("configured", ["", "relative/cache"])
def test_without_a_cache_folder_that_may_be_used_it_is_the_usual_one(
    cache: Path, monkeypatch: pytest.MonkeyPatch, configured: str
) -> None:
    home = cache.parent / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", configured)
    assert kept_folder("images", "one").parent == home / ".cache/apim-lab/images"


def test_a_place_that_can_not_be_written_is_told(cache: Path) -> None:
    cache.write_text("in the way")
    with pytest.raises(LabError, match="can't be written"):
        kept_folder("images", "one")


@pytest.mark.usefixtures("cache")
def test_what_was_filled_once_is_not_filled_again() -> None:
    filled = []
    for _ in range(2):
        folder = kept_whole("site", "one", filled.append)
    assert len(filled) == 1
    assert filled[0].name == folder.name


def test_an_interrupted_filling_leaves_nothing(cache: Path) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept_whole("site", "one", interrupted)
    assert list((cache / "site").iterdir()) == []


@pytest.mark.usefixtures("cache")
def test_of_two_that_fill_at_once_the_quicker_one_s_is_kept() -> None:
    def quicker(folder: Path) -> None:
        (folder / "name").write_text("quicker")

    def slower(folder: Path) -> None:
        kept_whole("site", "one", quicker)
        (folder / "name").write_text("slower")

    assert (kept_whole("site", "one", slower) / "name").read_text() == "quicker"
