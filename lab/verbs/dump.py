"""`lab dump`: one archive for a bug report; nothing in it is a secret."""

import codecs
import io
import tarfile
import time
from pathlib import Path

from lab.errors import LabError
from lab.launch.cluster import Cluster
from lab.report.json import report_json
from lab.report.table import report_table
from lab.verbs.found import found
from lab.verbs.look import look
from lab.verbs.output import check_place, write_output
from lab.verbs.redaction import keys_in, redact
from lab.verbs.shell import Shell
from lab.wiring.secret_values import secret_values

# The product's own words, which stand in every second line of any log.
_EVERYWHERE = frozenset({"admin", "root", "wso2carbon", "symmetric", "true", "false"})
_TEXTS = ("topology.toml", "compose.yaml", "ports.json", "options.json")


def dump(name: str | None, output: Path | None, shell: Shell) -> int:
    """Write the archive: report, redacted files, logs; print its path.

    Raises `LabError` where no file can be, before the lab is looked at.
    """
    with found(name, shell, to_look=True) as cluster:
        path = shell.folder / (output or Path(f"lab-{cluster.plan.lab}-dump.tar.gz"))
        check_place(path)
        parts = _parts(cluster)
    secrets = _secrets(cluster)
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for inside, text in parts.items():
            _add(archive, f"lab-{cluster.plan.lab}/{inside}", redact(text, secrets))
    write_output(path, content.getvalue(), mode=0o600)
    shell.say(str(path))
    return 0


def _parts(cluster: Cluster) -> dict[str, str]:
    parts = {}
    try:
        report = look(cluster)
        parts["report.json"], parts["report.txt"] = report_json(report), report_table(report)
    except LabError as error:
        parts["report.txt"] = str(error)
    for file in _TEXTS:
        if (cluster.folder / file).is_file():
            parts[file] = _text(cluster.folder / file)
    for pattern in ("nodes/*/deployment.toml", "nodes/*/*.xml", "balancers/*/haproxy.cfg"):
        for path in sorted(cluster.folder.glob(pattern)):
            parts[str(path.relative_to(cluster.folder))] = _text(path)
    for member in (one.name for one in cluster.plan.members):
        try:
            parts[f"logs/{member}.txt"] = "\n".join(cluster.logs(member))
        except LabError as error:
            parts[f"logs/{member}.txt"] = str(error)
    return parts


def _secrets(cluster: Cluster) -> frozenset[str]:
    """Give the secrets by value, save those that are a word of every log (`admin`, `root`)."""
    accounts = [node.super_admin for node in cluster.plan.nodes]
    accounts += [account for server in cluster.plan.servers for account in server.accounts]
    passwords = {a.password for a in accounts if a.password not in (a.username, "")}
    files = [*cluster.folder.glob("nodes/*/*.toml"), *cluster.folder.glob("nodes/*/*.xml")]
    given = {secret for path in files for secret in secret_values(path)}
    keys = {key for path in files if path.suffix == ".toml" for key in keys_in(_text(path))}
    return frozenset(passwords | (given - _EVERYWHERE) | keys)


def _text(path: Path) -> str:
    """Give what is readable of a file, whatever its encoding: a dump is for files in disorder."""
    content = path.read_bytes()
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if is_utf_16 else "utf-8", errors="replace")
    # Between others' zeros no redaction would find a password.
    return text if "\0" not in text else "(this file is no text)"


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), int(time.time()), 0o600
    archive.addfile(entry, io.BytesIO(content))
