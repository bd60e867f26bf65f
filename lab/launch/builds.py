"""The one door to python-on-whales: builds an image from its context, telling each line of it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from python_on_whales import DockerClient, DockerException

from lab.errors import EngineError, Problem
from lab.launch.contexts import Context

Progress = Callable[[str], None]
_LAST_LINES = 12


def build(context: Context, tag: str, architecture: str, progress: Progress) -> None:
    """Build an image; raises `EngineError` with the build's last lines."""
    if shutil.which("docker") is None:  # python-on-whales would fetch a client of its own
        raise EngineError(
            Problem(
                "no docker client", "PATH", "install the `docker` command with its buildx plugin"
            )
        )
    with tempfile.TemporaryDirectory(prefix="lab-build-") as folder:
        context.lay_out(Path(folder), architecture)
        lines: list[str] = []
        try:
            for line in _run(DockerClient(), Path(folder), tag, context.base):
                if line.strip():
                    lines.append(line.rstrip())
                    progress(f"image {context.name}: {line.rstrip()}")
        except DockerException as error:
            said = lines[-_LAST_LINES:] or [str(error)]
            raise EngineError(
                Problem(
                    f"building the image {context.name} failed:\n" + "\n".join(said),
                    f"images/{context.name}/Dockerfile",
                    "mend the step that its last lines name, then run the same command again",
                )
            ) from error


def _run(client: DockerClient, folder: Path, tag: str, base: str) -> Iterator[str]:
    """Build with BuildKit in the engine itself: another builder does not see the base image."""
    context = str(client.context.inspect(None).name)
    lines = client.buildx.build(
        folder,
        build_args={"BASE": base},
        tags=tag,
        load=True,
        builder=context,
        progress="plain",
        stream_logs=True,
    )
    yield from cast("Iterator[str]", lines)
