"""The XML files of a distribution, over which those of a node of the 2.x line are edited."""

from collections.abc import Mapping

from lab.distributions.find import distribution_of
from lab.plan.containers import conf_path, node_configuration
from lab.plan.model import PlannedNode


def distributed_files(node: PlannedNode) -> Mapping[str, bytes]:
    """Give the product's own files by their names; none for a node without a distribution here.

    Raises `LabError` for a distribution that isn't there, or isn't whole.
    """
    distribution = distribution_of(node)
    if distribution is None:
        return {}
    return {name: distribution.read(str(conf_path(name))) for name in node_configuration(node)}
