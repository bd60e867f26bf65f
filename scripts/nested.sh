# shellcheck shell=bash
# What a container needs in which an engine is to run.

# The control groups are mounted read-only there, and a system this small has no `mount`.
export remount_cgroups='
import ctypes
import os

REMOUNT_WRITABLE = 32 | 4096 | 2 | 4 | 8  # MS_REMOUNT, MS_BIND, MS_NOSUID, MS_NODEV, MS_NOEXEC
for name in os.listdir("/sys/fs/cgroup"):
    path = f"/sys/fs/cgroup/{name}".encode()
    ctypes.CDLL(None).mount(b"none", path, None, REMOUNT_WRITABLE, None)
'

# nested_rights IMAGE: prints the options that give nearly every right on this machine, one a line.
# Engines differ in what ALL stands for: with some it holds what this machine lacks, and that has to
# be dropped; others leave that out, and refuse to drop it.
nested_rights() {
  local tried
  printf '%s\n' --cap-add=ALL --security-opt=seccomp=unconfined --security-opt=apparmor=unconfined \
    --security-opt=systempaths=unconfined '--device-cgroup-rule=a *:* rwm' --cgroupns=private
  if tried=$(docker create --cap-drop=SYS_RESOURCE "$1" true 2>/dev/null); then
    docker rm "$tried" >/dev/null
    printf '%s\n' --cap-drop=SYS_RESOURCE
  fi
}
