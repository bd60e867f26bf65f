"""Private keys made ahead: a key takes a good part of 0.1 s, on a core that would else be idle."""

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

_KEY_BITS = 2048
_USUAL = 6  # of one lab: its authority, a database server, four nodes

_ahead: "queue.SimpleQueue[Future[RSAPrivateKey]]" = queue.SimpleQueue()


def foresee(count: int = _USUAL) -> None:
    """Begin to make *count* keys, one after another, beside what the caller does next.

    A process that ends earlier doesn't wait for them.
    """
    promised = [Future[RSAPrivateKey]() for _ in range(count)]
    for one in promised:
        _ahead.put(one)
    threading.Thread(target=_keep, args=(promised,), name="key-stock", daemon=True).start()


def make_key() -> RSAPrivateKey:
    """Give a private key that nobody else gets: one made ahead, else one made here.

    Making one holds no lock of the interpreter.
    """
    try:
        promised = _ahead.get_nowait()
    except queue.Empty:
        return _make()
    return promised.result()


def _keep(promised: Sequence["Future[RSAPrivateKey]"]) -> None:
    for one in promised:
        try:
            one.set_result(_make())
        except BaseException as failure:  # noqa: BLE001  # whoever takes the key gets it
            one.set_exception(failure)


def _make() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
