"""The database's JDBC driver, which no distribution brings: given, or fetched by Maven."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from lab.distributions.entry import Distribution
from lab.distributions.kept import kept_folder
from lab.errors import LabError, Problem
from lab.plan.model import Java

Progress = Callable[[str], None]

# Measured with 4.1.0 on MySQL 9.7.
USUAL = (
    "com.mysql:mysql-connector-j:8.0.33"
    "@e2a3b2fc726a1ac64e998585db86b30fa8bf3f706195b78bb77c5f99bf877bd9"
)
FOLDERS = ("repository/components/lib", "repository/components/dropins")
_JAR = re.compile(r"mysql-connector[-_].*\.jar")
_COORDINATES = re.compile(r"([\w.-]+):([\w.-]+):([\w.-]+?)(?:@([0-9a-f]{64}))?")
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_WAYS = "name a jar (`--driver PATH`), or install `mvn`, or put it into the distribution"
_LAST_LINES = 6


@dataclass(frozen=True, slots=True)
class Driver:
    """A jar as it goes into the product's `repository/components/lib`."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """Give the hash of its content."""
        return hashlib.sha256(self.content).hexdigest()


def find_driver(java: Java, distribution: Distribution, progress: Progress) -> Driver | None:
    """Give the driver to add: none where the distribution has one and no other is asked for.

    Raises `LabError` when it can't be had, or isn't what its hash says.
    """
    if java.driver and not _COORDINATES.fullmatch(java.driver):
        return _from_file(Path(java.driver))
    if not java.driver and any(map(_JAR.fullmatch, _listed(distribution))):
        return None
    return _from_maven(java.driver or USUAL, java.maven_url, progress)


def _listed(distribution: Distribution) -> list[str]:
    return [name for folder in FOLDERS for name in distribution.names(folder)]


def _from_file(path: Path) -> Driver:
    try:
        return Driver(path.name, path.read_bytes())
    except OSError as error:
        raise LabError(Problem(f"no JDBC driver: {error.strerror}", str(path), _WAYS)) from error


def _from_maven(coordinates: str, url: str, progress: Progress) -> Driver:
    matched = _COORDINATES.fullmatch(coordinates)
    group, artifact, version, digest = matched.groups() if matched else ("", "", "", None)
    place = kept_folder("drivers", f"{group}:{artifact}:{version}")
    path = place / f"{artifact}-{version}.jar"
    if not path.is_file():
        progress(f"JDBC driver: fetching {group}:{artifact}:{version} with mvn")
        _fetch(f"{group}:{artifact}:{version}", url, path)
    driver = _from_file(path)
    if digest and driver.digest != digest:
        path.unlink()
        raise LabError(
            Problem(
                f"the JDBC driver's SHA-256 is {driver.digest}, not {digest}",
                coordinates.partition("@")[0],
                "somebody changed it on its way: check the Maven repository that it came from",
            )
        )
    return driver


def _fetch(coordinates: str, url: str, path: Path) -> None:
    if shutil.which("mvn") is None:
        raise LabError(
            Problem("no JDBC driver for MySQL, and no `mvn` to fetch it", coordinates, _WAYS)
        )
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=path.parent) as folder:
        words = [*("mvn", "--batch-mode", "--quiet", "--strict-checksums", _PLUGIN)]
        words += [f"-Dartifact={coordinates}", f"-DoutputDirectory={folder}"]
        if url:
            # In a file, because an address may hold a password.
            settings = Path(folder) / "settings.xml"
            with os.fdopen(os.open(settings, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(_SETTINGS.format(escape(url)))
            words += ["--settings", str(settings)]
        done = subprocess.run(
            words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        fetched = Path(folder) / path.name
        if done.returncode != 0 or not fetched.is_file():
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:])
            shown = said.replace(url, "LAB_MAVEN_URL") if url else said
            raise LabError(
                Problem(
                    f"mvn could not fetch the JDBC driver:\n{shown}",
                    coordinates,
                    "check LAB_MAVEN_URL or ~/.m2/settings.xml; or name a jar: `--driver PATH`",
                )
            )
        fetched.rename(path)


_SETTINGS = (
    "<settings><mirrors><mirror><id>lab</id><mirrorOf>*</mirrorOf>"
    "<url>{}</url></mirror></mirrors></settings>\n"
)
