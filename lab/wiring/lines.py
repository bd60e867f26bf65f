"""What reads a node's links, line by line of the products: chosen once a cluster."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from lab.products.facts import Line
from lab.wiring.databases import read_databases
from lab.wiring.datasources import read_datasources
from lab.wiring.fallbacks import read_fallbacks
from lab.wiring.reading import Dialler, Reading
from lab.wiring.thrift import read_thrift
from lab.wiring.written import read_written

READERS: Mapping[Line, Sequence[Callable[[Dialler], Iterator[Reading]]]] = {
    Line.TOML: (read_written, read_databases, read_fallbacks),
    Line.XML: (read_written, read_datasources, read_thrift),
}
