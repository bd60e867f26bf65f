"""What the machine script decides; every program that could change a machine is a fake."""

from typing import Any

import pytest

CLIENT = """
case "$1" in
  --version) echo "Docker version 20.10.24" ;;
  version) %(version)s ;;
  context) echo %(context)s ;;
  image) echo sha256:1 ;;
  compose | buildx) %(plugin)s ;;
esac
"""
SILENT = 'echo >&2; echo "Cannot connect to the Docker daemon at unix:///x.sock." >&2; exit 1'
DENIED = 'echo "permission denied while trying to connect to the daemon socket" >&2; exit 1'
ANSWERS = 'echo "Engine containerd runc "'


def client(version: str, *, context: str = "default", plugin: str = "exit 0") -> str:
    return CLIENT % {"version": version, "context": context, "plugin": plugin}


def test_a_bare_machine_lists_everything_and_stops_when_told_not_to_install(
    machine: Any, three_lines: Any
) -> None:
    done = machine.run("engine", environment={"LAB_INSTALL": "no"})
    folder = f"{machine.folder}/.docker/cli-plugins"
    assert done.stderr.splitlines()[0] == (
        "lab: to be installed: docker.io mmdebstrap,"
        f" docker plugins compose buildx (from the next release, into {folder})"
    )
    three_lines(done, "LAB_INSTALL=no", "install it yourself")
    assert not machine.installs()


@pytest.mark.parametrize(
    ("release", "packages"),
    [
        ("ID=debian\nVERSION_CODENAME=trixie\n",
         "docker.io docker-cli mmdebstrap docker-compose docker-buildx"),
        ("ID=ubuntu\nVERSION_CODENAME=noble\n",
         "docker.io mmdebstrap docker-compose-v2 docker-buildx"),
    ],
)  # fmt: skip
def test_a_release_that_packages_the_plugins_gets_them_as_packages(
    machine: Any, release: str, packages: str
) -> None:
    machine.os_release.write_text(release)
    done = machine.run("engine", environment={"LAB_INSTALL": "no"})
    assert done.stderr.splitlines()[0] == f"lab: to be installed: {packages}"


def test_a_machine_with_everything_is_left_alone(machine: Any) -> None:
    machine.has("docker", client(ANSWERS))
    done = machine.run("python", "engine")
    assert (done.returncode, done.stderr) == (0, "")
    assert not machine.installs()


def test_only_the_plugin_that_is_missing_is_listed(machine: Any) -> None:
    machine.has("docker", client(ANSWERS, plugin='[ "$1" = compose ]'))
    done = machine.run("engine", environment={"LAB_INSTALL": "no"})
    assert "docker plugins buildx (from" in done.stderr.splitlines()[0]
    assert "docker.io" not in done.stderr


def test_no_image_builder_is_wanted_where_the_registry_answers(machine: Any) -> None:
    machine.has("docker", client(ANSWERS).replace("echo sha256:1", ":"))
    done = machine.run("engine")
    assert (done.returncode, done.stderr) == (0, "lab: asking the registry for python:3.11-slim\n")


def test_the_image_builder_is_wanted_where_no_registry_answers(machine: Any) -> None:
    script = client(ANSWERS).replace("image) echo sha256:1 ;;", "image) ;;\n  pull) exit 1 ;;")
    machine.has("docker", script)
    done = machine.run("engine", environment={"LAB_INSTALL": "no"})
    assert "lab: to be installed: mmdebstrap" in done.stderr.splitlines()


def test_a_silent_docker_host_is_an_error_of_its_own(machine: Any, three_lines: Any) -> None:
    machine.has("docker", client(SILENT))
    machine.has("dockerd", "exit 0")
    done = machine.run("engine", environment={"DOCKER_HOST": "tcp://192.0.2.1:2375"})
    three_lines(done, "DOCKER_HOST", "unset DOCKER_HOST")
    assert "tcp://192.0.2.1:2375: Cannot connect" in done.stderr.splitlines()[-2]
    assert not machine.installs()


def test_a_docker_host_without_a_client_leads_to_no_installation(
    machine: Any, three_lines: Any
) -> None:
    done = machine.run("engine", environment={"DOCKER_HOST": "tcp://192.0.2.1:2375"})
    three_lines(done, "no docker client", "install the docker client")
    assert not machine.installs()


def test_a_silent_context_is_an_error_of_its_own(machine: Any, three_lines: Any) -> None:
    machine.has("docker", client(SILENT, context="far-away"))
    done = machine.run("engine")
    three_lines(done, "context `far-away`", "docker context use default")
    assert not machine.installs()


def test_a_socket_without_permission_is_an_error_of_its_own(machine: Any, three_lines: Any) -> None:
    machine.has("docker", client(DENIED))
    machine.has("dockerd", "exit 0")
    done = machine.run("engine")
    three_lines(done, "no permission", "usermod -aG docker")
    assert not machine.installs()


def test_podman_under_the_name_of_docker_is_an_error_of_its_own(
    machine: Any, three_lines: Any
) -> None:
    machine.has("docker", 'echo "podman version 4.3.1"')
    done = machine.run("engine")
    three_lines(done, "Podman", "Docker Engine beside Podman")
    assert not machine.installs()


def test_podman_behind_a_docker_client_is_an_error_of_its_own(
    machine: Any, three_lines: Any
) -> None:
    machine.has("docker", client('echo "Podman Engine Conmon OCI Runtime (crun) "'))
    done = machine.run("engine", environment={"DOCKER_HOST": "unix:///run/podman/podman.sock"})
    three_lines(done, "Podman", "Docker Engine beside Podman")
    assert not machine.installs()


def test_podman_without_docker_leads_to_no_installation(machine: Any, three_lines: Any) -> None:
    machine.has("podman", "exit 0")
    done = machine.run("engine")
    three_lines(done, "Podman and no Docker Engine", "install Docker Engine beside it")
    assert not machine.installs()


def test_an_unknown_system_is_told_what_to_install(machine: Any, three_lines: Any) -> None:
    machine.os_release.write_text("ID=fedora\n")
    done = machine.run("engine")
    three_lines(done, "packages are unknown", "Docker Engine with its compose and buildx")
    assert "fedora" in done.stderr
    assert not machine.installs()


def test_a_user_who_is_not_root_is_never_asked_for_a_password_without_a_terminal(
    machine: Any,
    three_lines: Any,
) -> None:
    (machine.bin / "id").unlink()
    machine.has("id", '[ "$1" = -u ] && echo 1000 || echo someone')
    done = machine.run("engine")
    three_lines(done, "needs root", "LAB_INSTALL=yes")
    assert not machine.installs()


def test_a_user_who_may_not_start_the_engine_gets_nothing_installed_either(
    machine: Any, three_lines: Any
) -> None:
    (machine.bin / "id").unlink()
    machine.has("id", '[ "$1" = -u ] && echo 1000 || echo someone')
    machine.has("docker", client(SILENT, plugin="exit 1"))
    for name in ("dockerd", "mmdebstrap"):
        machine.has(name, "exit 0")
    done = machine.run("engine")
    three_lines(done, "starting the Docker Engine needs root", "LAB_INSTALL=yes")
    assert not machine.installs()


def test_sudo_never_prompts_where_its_use_was_allowed_beforehand(machine: Any) -> None:
    (machine.bin / "id").unlink()
    machine.has("id", '[ "$1" = -u ] && echo 1000 || echo someone')
    done = machine.run("engine", environment={"LAB_INSTALL": "yes"})
    assert done.returncode == 1
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get" in machine.calls.read_text()


def test_a_failed_package_step_names_its_log(machine: Any, three_lines: Any) -> None:
    machine.has("apt-get", "echo E: no mirror; exit 100")
    done = machine.run("engine")
    three_lines(done, "apt-get", "read the log")
    assert "E: no mirror" in done.stderr.splitlines()
    where = done.stderr.splitlines()[-2].removeprefix("   at: ")
    assert where.startswith(f"{machine.folder}/lab-install.")


def test_a_stopped_engine_is_started_without_installing_anything(machine: Any) -> None:
    marker = machine.folder / "running"
    machine.has("docker", client(f'[ -e "{marker}" ] && {ANSWERS} || {{ {SILENT}; }}'))
    machine.has("dockerd", "exit 0")
    machine.has("mmdebstrap", "exit 0")
    machine.has("setsid", f': >"{marker}"')
    machine.has("systemctl", f': >"{marker}"')
    done = machine.run("engine", environment={"LAB_INSTALL": "no"})
    assert (done.returncode, done.stderr) == (0, "lab: starting the Docker Engine\n")
    assert "apt-get" not in machine.called()


def test_an_engine_that_never_answers_ends_with_its_last_words(
    machine: Any, three_lines: Any
) -> None:
    machine.has("docker", client(SILENT))
    for name in ("dockerd", "mmdebstrap", "setsid", "systemctl"):
        machine.has(name, "exit 0")
    (machine.folder / "engine.log").write_text("no space left on device\n")
    done = machine.run("engine")
    three_lines(done, "does not answer after 1 s", "read its last lines")
    assert "no space left on device" in done.stderr


def test_a_client_without_an_engine_gets_the_engine(machine: Any) -> None:
    machine.has("docker", client(SILENT))
    done = machine.run("engine", environment={"LAB_INSTALL": "no"})
    assert done.stderr.splitlines()[0] == "lab: to be installed: docker.io mmdebstrap"


def test_an_unknown_part_is_refused(machine: Any, three_lines: Any) -> None:
    done = machine.run("everything")
    three_lines(done, "unknown part `everything`", "`engine`")
