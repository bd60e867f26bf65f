"""`lab env`: published addresses and credentials of a lab, for scripts."""

import json
import shlex
from collections.abc import Mapping

from lab.launch.cluster import Cluster
from lab.launch.ports import LOOPBACK, read_ports, ways
from lab.verbs.found import found
from lab.verbs.shell import ListFormat, Shell


def env(name: str | None, shell: Shell, *, wanted: ListFormat) -> int:
    """Print `NAME=value` lines that a shell can evaluate, or a JSON object."""
    with found(name, shell, to_look=True) as cluster:
        values = values_of(cluster)
    if wanted is ListFormat.JSON:
        shell.say(json.dumps(values, indent=2))
    else:
        for key, value in values.items():
            shell.say(f"export {key}={shlex.quote(value)}")
    return 0


def values_of(cluster: Cluster) -> Mapping[str, str]:
    """Give addresses, credentials, and what leads curl and browsers to the lab's own names."""
    plan = cluster.plan
    values = {
        "LAB_NAME": plan.lab,
        "LAB_FOLDER": str(cluster.folder),
        "LAB_CA": str(cluster.folder / "ca" / "ca.pem"),
    }
    for (name, port), host in sorted(cluster.published().items()):
        values[f"LAB_{_word(name)}_{port}"] = f"{LOOPBACK}:{host}"
    for node in plan.nodes:
        values[f"LAB_{_word(node.name)}_USERNAME"] = node.super_admin.username
        if node.file is None:  # somebody else's is not for the screen
            values[f"LAB_{_word(node.name)}_PASSWORD"] = node.super_admin.password
    led = sorted(ways(plan, read_ports(cluster.folder)).items())
    # One word each for the shell's own splitting: no name and no number holds a space.
    values["LAB_CURL_OPTIONS"] = " ".join(
        f"--connect-to {name}:{port}:{LOOPBACK}:{host}" for (name, port), host in led
    )
    values["LAB_BROWSER_OPTION"] = "--host-resolver-rules=" + ",".join(
        f"MAP {name}:{port} {LOOPBACK}:{host}" for (name, port), host in led
    )
    return values


def _word(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name).upper()
