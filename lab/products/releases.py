"""All product lines that a topology can name: product → version → facts."""

from collections.abc import Mapping
from types import MappingProxyType

from lab.products import apim_2x, apim_4x
from lab.products.facts import Release

PRODUCTS: Mapping[str, Mapping[str, Release]] = MappingProxyType(
    {"apim": MappingProxyType({**apim_4x.RELEASES, **apim_2x.RELEASES})}
)
