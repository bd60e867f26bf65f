"""The database's JDBC driver, which no distribution brings: given, or fetched by Maven."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from lab.distributions.entry import Distribution
from lab.distributions.kept import kept_folder
from lab.errors import LabError, Problem
from lab.plan.model import Java
from lab.products.facts import Line

Progress = Callable[[str], None]

# Measured with 4.1.0 and with 2.1.0, both on MySQL 9.7.
USUAL: Mapping[Line, str] = {
    Line.TOML: (
        "com.mysql:mysql-connector-j:8.0.33"
        "@e2a3b2fc726a1ac64e998585db86b30fa8bf3f706195b78bb77c5f99bf877bd9"
    ),
    Line.XML: "mysql:mysql-connector-java:5.1.49"
    "@5bba9ff50e5e637a0996a730619dee19ccae274883a4d28c890d945252bb0e12",
}
# 5.1.34 can't connect to MySQL 8 and later at all (measured); 5.1.46 was the first that can.
_OLD = re.compile(r"mysql-connector-java-5\.(?:0\.\d+|1\.(?:[0-3]?\d|4[0-5]))\b.*")
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


def find_driver(
    java: Java, distribution: Distribution, progress: Progress, line: Line = Line.TOML
) -> Driver | None:
    """Give the driver to add: none where the distribution has one and no other is asked for.

    *line* is the products', each of which has a usual one. Raises `LabError` when it can't be had,
    isn't what its hash says, or is too old for the server.
    """
    if java.driver and not _COORDINATES.fullmatch(java.driver):
        _refuse_old(Path(java.driver).name, java.driver)
        return _from_file(Path(java.driver))
    there = list(filter(_JAR.fullmatch, _listed(distribution)))
    if not java.driver and there:
        for name in there:
            _refuse_old(name, distribution.where)
        return None
    return _from_maven(java.driver or USUAL[line], java.maven_url, progress)


def _refuse_old(name: str, where: str) -> None:
    """Raise `LabError` for a driver that can't speak to the lab's server."""
    if _OLD.fullmatch(name):
        raise LabError(
            Problem(
                f"{name} can't connect to MySQL 8 and later",
                where,
                "put Connector/J 5.1.49 in its place, or name one with `--driver`",
            )
        )


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
