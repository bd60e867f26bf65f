"""A stand-in for a Carbon server in a JVM: its log lines, slowly, then the lab's stand-in node.

What it shall do wrong stands in the node's deployment.toml, `[trial] trouble`, by the name of a
trouble below; a node of the 2.x line has none.
"""

import os
import signal
import sys
import threading
import time
import tomllib
from pathlib import Path

PACE = 0.25  # seconds between log lines
TROUBLES = {
    "schema": "ERROR - APIManagerComponent Error while initializing the API manager component "
    "Table 'apim_db.AM_SYSTEM_CONFIGS' doesn't exist",
    "duplicate": "ERROR - DefaultRealm org.wso2.carbon.user.core.UserStoreException: "
    "Duplicate entry 'PRIMARY--1234' for key 'UM_DOMAIN.UM_DOMAIN_NAME'",
    "port": "ERROR - TomcatRunner java.net.BindException: Address already in use",
    "memory": "java.lang.OutOfMemoryError: Java heap space",
    "driver": "ERROR - DatabaseUtil java.lang.ClassNotFoundException: com.mysql.jdbc.Driver",
}


def say(text: str) -> None:
    moment = time.time()
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment))
    sys.stdout.write(f"[{stamp},{int(moment * 1000) % 1000:03}]  {text}\n")
    sys.stdout.flush()


def properties(words: list[str]) -> dict[str, str]:
    pairs = (word[2:].partition("=") for word in words if word.startswith("-D"))
    return {name: value for name, _, value in pairs}


def end(_number: int, _frame: object) -> None:
    say("INFO - CarbonServerManager Shutdown hook triggered....")
    say("INFO - CarbonServerManager Gracefully shutting down WSO2 API Manager")
    time.sleep(PACE)
    say("INFO - CarbonServerManager Shutdown complete")
    say("INFO - CarbonServerManager Halting JVM")
    os._exit(0)


def stumble(trouble: str) -> None:
    """Fail as the product does: most troubles leave a JVM that runs and opens no port."""
    if trouble == "exit":
        say("SEVERE {org.wso2.carbon.server.Main} - Error while performing configuration changes")
        time.sleep(1)  # a JVM's last words are some time before its end
        sys.exit(1)
    if trouble == "silent":
        threading.Event().wait()
    say(TROUBLES[trouble])
    threading.Event().wait()


def parse(path: Path, told: dict[str, str]) -> str:
    """Read the one file of the 4.x line; give what it shall do wrong."""
    file = tomllib.loads(path.read_text())
    role = file["server"]["server_role"]
    if told.get("profile", "default") != role:
        say(f"FATAL - profile {told.get('profile', 'default')} and server_role {role} differ")
        sys.exit(1)
    say("INFO - ConfigParser Successfully parsed configuration")
    time.sleep(PACE)
    return str(file.get("trial", {}).get("trouble", ""))


def main() -> None:
    told = properties(sys.argv[1:])
    home = Path(told["carbon.home"])
    (home / "wso2carbon.pid").write_text(f"{os.getpid()}\n".ljust(100))
    signal.signal(signal.SIGTERM, end)
    say(f"INFO - started with {' '.join(word for word in sys.argv[1:] if word[:2] == '-X')}")
    path = home / "repository/conf/deployment.toml"
    trouble = parse(path, told) if path.exists() else ""
    say("INFO - CarbonCoreActivator Starting WSO2 Carbon...")
    time.sleep(PACE)
    if trouble:
        stumble(trouble)
    say("INFO - RegistryCoreServiceComponent Registry Mode    : READ-WRITE")
    time.sleep(PACE)
    from standin.start import start  # noqa: PLC0415  # after the slow part

    sys.exit(start(home))


main()
