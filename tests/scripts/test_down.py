"""`make lab-down` where there is little to take a lab down with."""

from typing import Any


def test_a_machine_without_docker_has_no_lab(machine: Any) -> None:
    done = machine.run(script="down.sh")
    assert done.returncode == 0
    assert done.stderr == "lab: there is no docker on this machine, so no lab is on it\n"


def test_a_checkout_that_is_not_set_up_says_how_to_set_it_up(
    machine: Any, three_lines: Any
) -> None:
    machine.has("docker", "exit 0")
    done = machine.run(script="down.sh")
    three_lines(done, "not set up", "`make setup`")


def test_the_verb_gets_the_arguments(machine: Any) -> None:
    machine.has("docker", "exit 0")
    environment = machine.checkout / ".venv" / "bin"
    environment.mkdir(parents=True)
    (environment / "lab").write_text('#!/bin/bash\necho "lab $*"\nexit 3\n')
    (environment / "lab").chmod(0o755)
    done = machine.run("one", "--all", script="down.sh")
    assert (done.returncode, done.stdout) == (3, "lab down one --all\n")
