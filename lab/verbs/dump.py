"""`lab dump`: one archive for a bug report; nothing in it is a secret."""

import io
import re
import tarfile
import time
from pathlib import Path

from lab.errors import LabError
from lab.launch.cluster import Cluster
from lab.report.json import report_json
from lab.report.table import report_table
from lab.verbs.engines import engine_of
from lab.verbs.find import find
from lab.verbs.look import look
from lab.verbs.shell import Shell
from lab.wiring.secret_values import secret_values

# The product's own words, which stand in every second line of any log.
_EVERYWHERE = frozenset({"admin", "root", "wso2carbon", "true", "false"})
_TEXTS = ("topology.toml", "compose.yaml", "ports.json", "options.json")
# A value under a key that speaks of a secret, in TOML, YAML, JSON or properties.
_SECRET = re.compile(
    r"""(?ix) ( ["']? [\w.\-]* (?:pass(?:word|phrase|wd)?|secret|token|key_?store_pass|credential)
        [\w.\-]* ["']? \s* [=:] \s* ) ( "(?:[^"\\\n]|\\.)*" | '[^'\n]*' | [^\s,}\]]+ )"""
)
# The encryption key of a node's file or of the topology.
_KEY = re.compile(
    r"""(?<![\w.-]) ( (?:encryption\.)? key \s* = \s* ) ( "(?:[^"\\\n]|\\.)*" | '[^'\n]*' )""",
    re.VERBOSE,
)
# The same of an element, or of a `<Property name="…">`.
_IN_XML = re.compile(r"""(?i)(<[\w.:-]*password[^<>]*>|name="[\w.-]*password"\s*>)[^<]+""")
# User and password inside a URL.
_IN_URL = re.compile(r"(?<=://)[^/\s:@]+:[^@\s]+(?=@)")


def dump(name: str | None, output: Path | None, shell: Shell) -> int:
    """Write the archive: report, redacted files, logs; print its path."""
    with engine_of(name, shell, to_look=True) as engine:
        cluster = find(engine, name, shell)
        path = shell.folder / (output or Path(f"lab-{cluster.plan.lab}-dump.tar.gz"))
        parts = _parts(cluster)
    secrets = _secrets(cluster)
    with tarfile.open(path, "w:gz") as archive:
        for inside, text in parts.items():
            _add(archive, f"lab-{cluster.plan.lab}/{inside}", redact(text, secrets))
    path.chmod(0o600)
    shell.say(str(path))
    return 0


def redact(text: str, secrets: frozenset[str]) -> str:
    """Blank every password: by its key, in a URL, and by its value wherever it stands."""
    text = _KEY.sub(r'\1"***"', _SECRET.sub(r'\1"***"', text))
    text = _IN_XML.sub(r"\1***", text)
    text = _IN_URL.sub("***:***", text)
    for secret in sorted(secrets, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", "***", text)
    return text


def _parts(cluster: Cluster) -> dict[str, str]:
    parts = {}
    try:
        report = look(cluster)
        parts["report.json"], parts["report.txt"] = report_json(report), report_table(report)
    except LabError as error:
        parts["report.txt"] = str(error)
    for file in _TEXTS:
        if (cluster.folder / file).is_file():
            parts[file] = (cluster.folder / file).read_text(encoding="utf-8")
    for pattern in ("nodes/*/deployment.toml", "nodes/*/*.xml", "balancers/*/haproxy.cfg"):
        for path in sorted(cluster.folder.glob(pattern)):
            parts[str(path.relative_to(cluster.folder))] = path.read_text(encoding="utf-8")
    for member in (one.name for one in cluster.plan.members):
        try:
            parts[f"logs/{member}.txt"] = "\n".join(cluster.logs(member))
        except LabError as error:
            parts[f"logs/{member}.txt"] = str(error)
    return parts


def _secrets(cluster: Cluster) -> frozenset[str]:
    """Give the passwords by value, save those that are a word of every log (`admin`, `root`)."""
    accounts = [node.super_admin for node in cluster.plan.nodes]
    accounts += [account for server in cluster.plan.servers for account in server.accounts]
    passwords = {a.password for a in accounts if a.password not in (a.username, "")}
    given = {
        secret
        for node in cluster.plan.nodes
        if node.file is not None
        for path in (cluster.folder / "nodes" / node.name).iterdir()
        if path.suffix in (".toml", ".xml")
        for secret in secret_values(path)
    }
    return frozenset(passwords | (given - _EVERYWHERE) | _keys(cluster.folder))


def _keys(folder: Path) -> set[str]:
    """Give the encryption keys as the nodes' files hold them, edited by hand or not."""
    files = folder.glob("nodes/*/deployment.toml")
    found = (_KEY.finditer(path.read_text(encoding="utf-8", errors="replace")) for path in files)
    return {match[2][1:-1] for matches in found for match in matches} - {""}


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), int(time.time()), 0o600
    archive.addfile(entry, io.BytesIO(content))
