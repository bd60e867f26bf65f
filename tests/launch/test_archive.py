import io
import tarfile
from pathlib import PurePosixPath

from lab.launch.archive import PlacedFile, tar_of

FILES = (
    PlacedFile(PurePosixPath("/lab/data"), None, 999, 999, 0o755),
    PlacedFile(PurePosixPath("/home/x/deployment.toml"), b"[server]\n", 802, 802),
)


def test_files_keep_their_place_owner_and_mode() -> None:
    with tarfile.open(fileobj=io.BytesIO(tar_of(FILES))) as archive:
        folder, file = archive.getmembers()
        content = archive.extractfile(file)
        assert content is not None
        assert content.read() == b"[server]\n"
    assert (folder.name, folder.isdir(), folder.uid, folder.mode) == ("lab/data", True, 999, 0o755)
    assert (file.name, file.uid, file.gid, file.mode) == (
        "home/x/deployment.toml",
        802,
        802,
        0o600,
    )


def test_the_same_files_give_the_same_bytes() -> None:
    assert tar_of(FILES) == tar_of(FILES)
