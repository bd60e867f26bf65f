"""Which Python the set-up takes, and what it says where there is none that would do."""

from typing import Any

OLD = 'case "$2" in *version_info*) exit 1 ;; esac'
# Is new enough, and has no venv: as Debian's python3 without python3-venv.
WITHOUT_VENV = """case "$2" in
  *ensurepip*) exit 1 ;;
  *print*) echo python3.11-venv ;;
esac"""


def test_a_python_with_venv_needs_nothing(machine: Any) -> None:
    done = machine.run("python")
    assert (done.returncode, done.stderr) == (0, "")
    assert not machine.installs()


def test_no_python_that_is_new_enough_is_an_error(machine: Any, three_lines: Any) -> None:
    (machine.bin / "python3").unlink()
    machine.has("python3", OLD)
    done = machine.run("python")
    three_lines(done, "no Python 3.11 or later", "install one")
    assert not machine.installs()


def test_a_newer_python_is_taken_where_the_first_one_is_too_old(machine: Any) -> None:
    (machine.bin / "python3").unlink()
    machine.has("python3", OLD)
    machine.has("python3.12", "exit 0")
    done = machine.run("python")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_python_of_ones_own_without_venv_is_not_mended_with_packages(
    machine: Any, three_lines: Any
) -> None:
    machine.has("python3.13", WITHOUT_VENV)
    done = machine.run("python")
    three_lines(done, "no `venv`", "take it out of PATH")
    assert not machine.installs()


def test_an_existing_environment_is_enough(machine: Any) -> None:
    (machine.bin / "python3").unlink()
    environment = machine.checkout / ".venv" / "bin"
    environment.mkdir(parents=True)
    (environment / "python").write_text("#!/bin/bash\nexit 0\n")
    (environment / "python").chmod(0o755)
    done = machine.run("python")
    assert (done.returncode, done.stderr) == (0, "")
