"""What the prober's image is made of, without building it."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
_PIN = re.compile(r"^([a-z0-9_.-]+)==([^ ]+) ", re.MULTILINE)


def pins(path: str) -> dict[str, str]:
    return dict(_PIN.findall((CHECKOUT / path).read_text()))


def test_the_prober_runs_the_versions_that_the_tests_run():
    tested = pins("requirements/dev.txt")
    prober = pins("images/prober/requirements.txt")
    assert prober == {name: tested[name] for name in prober}


def test_every_package_that_the_probes_import_is_in_the_image():
    imported = {
        name
        for file in (CHECKOUT / "probes").glob("*.py")
        for name in re.findall(r"^(?:from|import) (\w+)", file.read_text(), re.MULTILINE)
    }
    packages = {"dnslib": "dnslib", "h11": "h11", "pamqp": "pamqp", "pymysql": "pymysql"}
    installed = pins("images/prober/requirements.txt")
    assert {packages[name] for name in imported & set(packages)} <= set(installed)
    assert not imported & {"httpx", "lab", "docker", "cryptography"}
