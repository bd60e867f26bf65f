"""The first process of a node of the product, run here with a start script of the test's."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

START = Path(__file__).parents[3] / "images/product/start"
# Like the product's: it ignores how its program ends.
SCRIPT = """\
for word in "$@"; do echo "word $word"; done
python3 -c '
import os, signal, sys, time
def end(*_):
    print("clean end", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
if os.environ.get("NOTE"):
    open(os.environ["NOTE"], "w").write(str(os.getpid()))
print("up", flush=True)
time.sleep(float(os.environ["LIFE"]))
'
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "api-manager.sh"
    path.write_text(SCRIPT)
    return path


def begin(script: Path, life: str, *, noted: bool = True) -> subprocess.Popen[str]:
    home = script.parent
    environ = os.environ | {"WSO2_SERVER_HOME": str(home), "LIFE": life}
    if noted:
        environ["NOTE"] = str(home / "wso2carbon.pid")
    return subprocess.Popen(
        ["sh", str(START), str(script), "-Dprofile=control-plane"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("noted", [True, False])
def test_sigterm_reaches_the_jvm_which_ends_cleanly(script: Path, *, noted: bool):
    with begin(script, "30", noted=noted) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "word -Dprofile=control-plane\n"
        assert running.stdout.readline() == "up\n"
        asked = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert "clean end" in running.stdout.read()
        assert running.wait() == 143
    assert time.monotonic() - asked < 10


def test_a_jvm_that_ends_by_itself_is_no_clean_end(script: Path):
    with begin(script, "0") as running:
        assert running.stderr is not None
        assert "nobody had asked it to" in running.stderr.read()
        assert running.wait() == 1


def test_what_came_of_a_killed_jvm_is_told_behind_the_shells_own_word(script: Path):
    with begin(script, "30") as running:
        assert running.stdout is not None
        assert running.stderr is not None
        while running.stdout.readline() != "up\n":
            pass
        os.kill(int((script.parent / "wso2carbon.pid").read_text()), signal.SIGKILL)
        words = running.stderr.read().splitlines()
    assert words[0].endswith("Killed")
    assert words[-1] == "The start script has ended with 137, and nobody had asked it to."


def test_a_note_of_an_earlier_run_is_not_believed(script: Path):
    (script.parent / "wso2carbon.pid").write_text(str(os.getpid()))
    with begin(script, "30", noted=False) as running:
        assert running.stdout is not None
        while running.stdout.readline() != "up\n":
            pass
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 143
