"""Makes a root file system of Debian's packages by mmdebstrap, from this machine's mirror."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from lab.errors import EngineError, Problem
from lab.launch.recipes import Recipe

Progress = Callable[[str], None]

# How this machine gets through to its mirror; never what it installs.
_WAY_THERE = re.compile(
    r"^Acquire::(?:https?::.*|ftp::.*|Retries|Check-Valid-Until|Check-Date) \"[^\"]+\";$"
)
_DEBIAN_SUITES = re.compile(r"^(?:sid|unstable|bullseye|bookworm|trixie|forky)$")
_LAST_LINES, _LINE = 8, 200


def can_bootstrap() -> bool:
    """Tell whether mmdebstrap is here."""
    return shutil.which("mmdebstrap") is not None


def bootstrap(
    recipe: Recipe,
    archive: Path,
    progress: Progress,
    *,
    started: Callable[[subprocess.Popen[str]], None],
) -> None:
    """Write a recipe's root file system as a tar; *started* gets the process that makes it.

    Raises `EngineError` with mmdebstrap's last lines.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as options:
        # In a file, because a proxy's address may hold a password.
        options.write(way_there(_output("apt-config", "dump")))
        options.flush()
        mirror = mirror_of(_output("apt-get", "indextargets", "--format", _TARGET))
        words = mmdebstrap_words(recipe, archive, options.name, mirror)
        with subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            started(process)
            _follow(process, recipe, progress)


_TARGET = "$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)"


def mmdebstrap_words(recipe: Recipe, archive: Path, options: str, mirror: str) -> list[str]:
    """Give the command; without a mirror mmdebstrap takes the suite's own default."""
    return [
        "mmdebstrap",
        "--variant=essential",
        "--format=tar",
        f"--include={','.join(recipe.packages)}",
        f"--aptopt={options}",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        *(f"--dpkgopt=path-exclude={path}" for path in recipe.exclude),
        *(f"--customize-hook={hook}" for hook in _hooks(recipe)),
        recipe.suite,
        str(archive),
        *((mirror,) if mirror else ()),
    ]


def mirror_of(targets: str) -> str:
    """Choose the Debian mirror among apt's index targets, "" when this machine uses none."""
    for line in targets.splitlines():
        match line.split(maxsplit=3):  # a repository may leave a field empty
            case "Packages", "main", release, uri if _DEBIAN_SUITES.match(release):
                return uri
    return ""


def way_there(configuration: str) -> str:
    """Give the lines of apt's configuration that say how to reach a mirror."""
    return "".join(f"{line}\n" for line in configuration.splitlines() if _WAY_THERE.match(line))


def _hooks(recipe: Recipe) -> Iterable[str]:
    for pattern in recipe.remove:
        yield f'rm -rf "$1"{pattern}'
    if recipe.user is None:
        return
    name, uid = recipe.user.name, recipe.user.uid
    yield f'echo "{name}:x:{uid}:{uid}::/nonexistent:/usr/sbin/nologin" >>"$1/etc/passwd"'
    yield f'echo "{name}:x:{uid}:" >>"$1/etc/group"'
    for folder in recipe.folders:
        yield f'mkdir -p "$1{folder}" && chown {uid}:{uid} "$1{folder}"'


def _output(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout


def _follow(process: subprocess.Popen[str], recipe: Recipe, progress: Progress) -> None:
    lines: list[str] = []
    for line in process.stderr or ():
        lines.append(line.rstrip()[:_LINE])
        if line.startswith("I: ") and "hook" not in line:
            progress(f"image {recipe.name}: {line[3:].rstrip()}")
    if process.wait() != 0:
        raise EngineError(
            Problem(
                f"making the image {recipe.name} of Debian's packages failed:\n"
                + "\n".join(lines[-_LAST_LINES:]),
                f"mmdebstrap {recipe.suite}",
                "`apt-get update` must work here; or let the engine reach a registry",
            )
        )
