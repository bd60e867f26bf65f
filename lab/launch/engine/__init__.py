"""The engine: small typed functions over the docker SDK, every failure as an error of the lab.

`door.py` is the one file that knows the SDK; a file beside it for each kind of object.
"""

from lab.launch.engine.door import asked
from lab.launch.engine.engine import Engine

__all__ = ["Engine", "asked"]
