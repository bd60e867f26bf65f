"""A distribution with the product's layout whose nodes are the lab's stand-ins. Nothing is WSO2's.

Its scripts take the words of the product's, and its JVM is a script that runs a stand-in.
"""

import shutil
import subprocess
import zipfile
from importlib import resources
from pathlib import Path, PurePosixPath

from lab.launch.archive import PlacedFile, tar_of
from lab.plan.containers import NEEDED_XML_FILES, OTHER_XML_FILES, conf_path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PROFILES = ("control-plane", "gateway-worker", "traffic-manager", "api-key-manager-deprecated")
_BUNDLES = "configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"
_WEBAPPS = ("internal#data#v1", "api#am#publisher", "api#am#gateway#v2", "oauth2")

# What a template of the product has: an example's hosts, and keys that no topology mentions.
_TEMPLATE = """\
[server]
server_role = "{profile}"
base_path = "${{carbon.protocol}}://${{carbon.host}}:${{carbon.management.port}}"

[database.shared_db]
type = "mysql"
hostname = "shared_db.mysql"
name = "shared_db"

[database.local]
url = "jdbc:h2:./repository/database/WSO2CARBON_DB;DB_CLOSE_ON_EXIT=FALSE"

[apim.throttling]
username = "$ref{{super_admin.username}}"
password = "$ref{{super_admin.password}}"
throttle_decision_endpoints = ["tcp://tm1.local:5672"]

[[apim.throttling.url_group]]
traffic_manager_urls = ["tcp://tm1.local:9611"]
traffic_manager_auth_urls = ["ssl://tm1.local:9711"]

[encryption]
key = "{key}"

[tenant_mgt]
enable_email_domain = false
"""

_LISTED = "#version=1\naxis2,1.6.1,../plugins/axis2_1.6.1.jar,4,true\n"
_JNDI = """\
# connectionfactory.[jndiname] = [ConnectionURL]
connectionfactory.TopicConnectionFactory = amqp://admin:admin@clientid/carbon?brokerlist='tcp://localhost:5672'
topic.throttleData = throttleData
"""


def make_distribution(folder: Path, version: str = "4.1.0") -> Path:
    """Write the distribution's home into *folder*, and give it."""
    home = folder / f"wso2am-{version}"
    files: dict[str, str] = {
        "bin/version.txt": f"WSO2 API Manager v{version}\n",
        "lib/bootstrap.jar": "",
        "repository/conf/deployment.toml": _template("default"),
        "repository/resources/conf/default.json": "{}",
        "repository/resources/conf/infer.json": "{}",
        "repository/resources/conf/templates/carbon.xml.j2": "",
        "repository/resources/security/wso2carbon.jks": "",
        "repository/resources/security/client-truststore.jks": "",
        "repository/components/plugins/axis2_1.6.1.jar": "",
        f"repository/components/default/{_BUNDLES}": _LISTED,
        "repository/components/lib/readme.txt": "",
        "repository/logs/wso2carbon.log": "left by a run\n",
        "tmp/left": "by a run\n",
    }
    for app in _WEBAPPS:
        files[f"repository/deployment/server/webapps/{app}.war"] = app
    for profile in PROFILES:
        name = f"repository/resources/conf/deployment-templates/{profile}.toml"
        files[name] = _template(profile)
        files[f"repository/components/{profile}/{_BUNDLES}"] = _LISTED
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    shutil.copytree(ROOT / "images/stand-in/dbscripts", home / "dbscripts")
    for script in (HERE / "bin").iterdir():
        shutil.copy(script, home / "bin" / script.name)
    return home


def make_classic(folder: Path, product: str, version: str) -> Path:
    """Write the home of a 2.x product: XML files, and a start script of the other name."""
    home = folder / f"{product}-{version}"
    files: dict[str, bytes] = {
        "bin/version.txt": f"{product} v{version}\n".encode(),
        "lib/bootstrap.jar": b"",
        "repository/resources/security/wso2carbon.jks": b"",
        "repository/resources/security/client-truststore.jks": b"",
        "repository/components/plugins/axis2_1.6.1.jar": b"",
        f"repository/components/default/{_BUNDLES}": _LISTED.encode(),
        "repository/deployment/server/webapps/oauth2.war": b"",
    }
    for name in (*NEEDED_XML_FILES, *(OTHER_XML_FILES if "km" in product else ())):
        text = resources.files("lab.render.bases").joinpath(name).read_bytes()
        text = text.replace(b"Made by lab for a stand-in", b"The product's own")
        files[str(conf_path(name))] = text
    carbon = str(conf_path("carbon.xml"))
    key = b"<ServerKey>IS<" if "km" in product else b"<ServerKey>AM<"
    files[carbon] = files[carbon].replace(b"<ServerKey>AM<", key)
    if "km" not in product:
        files["repository/conf/jndi.properties"] = _JNDI.encode()
    for name, content in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    shutil.copytree(ROOT / "images/stand-in/dbscripts", home / "dbscripts")
    shutil.copy(HERE / "bin/api-manager.sh", home / "bin/wso2server.sh")
    return home


def _template(profile: str) -> str:
    return _TEMPLATE.format(profile=profile, key="0123456789abcdef" * 4)


def zipped(home: Path, path: Path) -> Path:
    """Write the home's zip as WSO2 packs it: one folder, named with the version."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(home.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(home.parent))
    return path


def make_jdk(stand_in: str, tag: str, version: str = "11.0.99") -> None:
    """Make the image that a test's nodes get their JDK from: a script, on the stand-in's image."""
    files = [
        PlacedFile(PurePosixPath("/opt/jdk"), None, 0, 0, 0o755),
        PlacedFile(PurePosixPath("/opt/jdk/bin"), None, 0, 0, 0o755),
        _placed(HERE / "java", "/opt/jdk/bin/java"),
        _placed(HERE / "jvm.py", "/opt/jdk/jvm.py"),
    ]
    changes = (
        "ENTRYPOINT []",
        f"ENV JAVA_HOME=/opt/jdk TEST_JDK={version}",
        "USER root",
    )
    _make(stand_in, tag, tar_of(files), *changes)


def make_product_image(jdk: str, home: Path, tag: str) -> None:
    """Make an image of the official ones' layout: home, user, entry point, no driver."""
    user = "/home/wso2carbon"
    place = f"{user}/{home.name}"
    files = [
        PlacedFile(PurePosixPath(f"{place}/{path.relative_to(home)}"), None, 802, 802, 0o755)
        if path.is_dir()
        else _placed(path, f"{place}/{path.relative_to(home)}", 802)
        for path in (home, *sorted(home.rglob("*")))
    ]
    files.append(_placed(HERE / "image/docker-entrypoint.sh", f"{user}/docker-entrypoint.sh", 802))
    changes = (
        f'ENTRYPOINT ["{user}/docker-entrypoint.sh"]',
        f"ENV WORKING_DIRECTORY={user} WSO2_SERVER_HOME={place}",
        "USER 802",
        f"WORKDIR {user}",
    )
    _make(jdk, tag, tar_of(files), *changes)


def _placed(path: Path, place: str, owner: int = 0) -> PlacedFile:
    return PlacedFile(PurePosixPath(place), path.read_bytes(), owner, owner, 0o755)


def _make(base: str, tag: str, archive: bytes, *changes: str) -> None:
    """Keep *base* with the files of *archive* as the image *tag*."""
    name = tag.replace(":", "-").replace("/", "-")
    subprocess.run(["docker", "create", "--name", name, base], check=True, capture_output=True)
    try:
        put = ["docker", "cp", "-", f"{name}:/"]
        subprocess.run(put, input=archive, check=True, capture_output=True)
        words = [word for change in changes for word in ("--change", change)]
        keep = ["docker", "commit", *words, name, tag]
        subprocess.run(keep, check=True, capture_output=True)
    finally:
        subprocess.run(["docker", "rm", "--force", name], check=True, capture_output=True)
