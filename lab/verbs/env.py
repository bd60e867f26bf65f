"""`lab env`: published addresses and credentials of a lab, for scripts."""

import json
import shlex
from collections.abc import Mapping

from lab.launch.cluster import Cluster
from lab.launch.engine import Engine
from lab.verbs.find import find
from lab.verbs.shell import ListFormat, Shell


def env(name: str | None, shell: Shell, *, wanted: ListFormat) -> int:
    """Print `NAME=value` lines that a shell can evaluate, or a JSON object."""
    with Engine.connect(shell.environ) as engine:
        values = _values(find(engine, name, shell))
    if wanted is ListFormat.JSON:
        shell.say(json.dumps(values, indent=2))
    else:
        for key, value in values.items():
            shell.say(f"export {key}={shlex.quote(value)}")
    return 0


def _values(cluster: Cluster) -> Mapping[str, str]:
    plan = cluster.plan
    values = {
        "LAB_NAME": plan.lab,
        "LAB_FOLDER": str(cluster.folder),
        "LAB_CA": str(cluster.folder / "ca" / "ca.pem"),
    }
    for (name, port), host in sorted(cluster.published().items()):
        values[f"LAB_{_word(name)}_{port}"] = f"127.0.0.1:{host}"
    for node in plan.nodes:
        values[f"LAB_{_word(node.name)}_USERNAME"] = node.super_admin.username
        values[f"LAB_{_word(node.name)}_PASSWORD"] = node.super_admin.password
    return values


def _word(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name).upper()
