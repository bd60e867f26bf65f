from collections.abc import Callable
from pathlib import Path

import pytest

from lab.distributions.complete import distribution_problems
from lab.distributions.homes import Home
from lab.plan.make import make_plan
from lab.topology.read import read_topology
from tests.product.make import PROFILES, make_distribution

TOPOLOGY = Path(__file__).parents[2] / "topologies/km-tm-separated.toml"
LIST = "configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_distribution(tmp_path)


@pytest.fixture
def problems(home: Path) -> Callable[[], list[str]]:
    plan = make_plan(read_topology(TOPOLOGY), nodes=f"home:{home}")
    return lambda: [
        problem.what for problem in distribution_problems(plan, Home(home), plan.real_nodes)
    ]


def list_bundles(home: Path, *jars: str) -> None:
    text = "".join(f"{jar.partition('_')[0]},1,../plugins/{jar},4,true\n" for jar in jars)
    for profile in PROFILES:
        (home / "repository/components" / profile / LIST).write_text("#version=1\n" + text)


def test_a_whole_distribution_has_no_problem(problems: Callable[[], list[str]]):
    assert problems() == []


@pytest.mark.parametrize(
    "name",
    [
        "bin/api-manager.sh",
        "bin/profileSetup.sh",
        "bin/version.txt",
        "repository/resources/conf/infer.json",
        f"repository/components/gateway-worker/{LIST}",
    ],
)
def test_what_is_missing_is_named(home: Path, problems: Callable[[], list[str]], name: str):
    (home / name).unlink()
    assert problems() == [f"the distribution is incomplete: no {name}"]


def test_an_empty_folder_is_as_good_as_none(home: Path, problems: Callable[[], list[str]]):
    (home / "lib/bootstrap.jar").unlink()
    assert problems() == ["the distribution is incomplete: no lib/*"]


def test_another_version_is_told_before_what_is_missing(
    home: Path, problems: Callable[[], list[str]]
):
    (home / "bin/version.txt").write_text("WSO2 API Manager v4.2.0\n")
    (home / "bin/api-manager.sh").unlink()
    assert problems() == ["the distribution is version 4.2.0, and the topology is for 4.1.0"]


def test_the_distribution_of_another_role_is_told_as_one(home: Path, tmp_path: Path):
    text = TOPOLOGY.read_text().replace("4.1.0", "4.5.0")
    (tmp_path / "later.toml").write_text(text)
    (home / "bin/version.txt").write_text("WSO2 API Manager v4.5.0\n")
    plan = make_plan(read_topology(tmp_path / "later.toml"), nodes=f"home:{home}")
    nodes = [node for node in plan.real_nodes if node.name in ("tm", "gw")]
    (problem,) = distribution_problems(plan, Home(home), nodes)
    runs = {"gw": "wso2am-universal-gw-4.5.0", "tm": "wso2am-tm-4.5.0"}
    told = [f"{node.name} runs {runs[node.name]}" for node in nodes]
    assert problem.what == f"the distribution is wso2am, and {', '.join(told)}"
    assert 'write kind = "home:…/wso2am-tm-4.5.0" in [nodes.tm]' in problem.mend


def test_bundles_that_wso2_leaves_out_are_not_missed(home: Path, problems: Callable[[], list[str]]):
    there = [f"bundle{number}_1.jar" for number in range(40)]
    for jar in there:
        (home / "repository/components/plugins" / jar).write_text("")
    list_bundles(home, *there, "com.google.gson_2.1.0.jar", "")
    assert problems() == []


def test_a_bundle_that_no_node_starts_without_is_missed(
    home: Path, problems: Callable[[], list[str]]
):
    list_bundles(home, "andes_3.3.23.jar", *["axis2_1.6.1.jar"] * 40)
    assert problems() == [
        "the distribution is incomplete: no repository/components/plugins/andes_3.3.23.jar"
    ]


def test_many_missing_bundles_are_an_incomplete_copy(home: Path, problems: Callable[[], list[str]]):
    list_bundles(home, *(f"bundle{number}_1.jar" for number in range(40)))
    (told,) = problems()
    assert told.endswith("and 35 more")
