"""The key by which the nodes of a 4.x cluster encrypt: its form, and since when they need one.

Sources: `SymmetricKeyInternalCryptoProvider` of wso2/carbon-crypto-service, which is 1.1.13 up to
4.6 and 1.2.3 from 4.7; `default.json` and the start scripts of wso2/product-apim v4.7.0.
"""

import string

from lab.products.versions_4x import Version

# From then on a node encrypts by such a key unless its file says otherwise, and a start script
# writes one into a file without `[encryption]`: another one on each node.
KEY_NEEDED_SINCE: Version = (4, 7)
BY_KEYSTORE = "org.wso2.carbon.crypto.provider.KeyStoreBasedInternalCryptoProvider"
BY_KEY = "org.wso2.carbon.crypto.provider.SymmetricKeyInternalCryptoProvider"

_CHARACTERS = (16, 24, 32)  # AES takes its key from them as they are
_HEX_DIGITS = (48, 64)  # read as half as many bytes
_HEX_SINCE: Version = (4, 7)


def key_length_fault(key: str, version: Version | None) -> str:
    """Tell why AES can't take this key; empty when it can. Of all versions when it is None."""
    takes_digits = version is None or version >= _HEX_SINCE
    lengths = (*_CHARACTERS, *_HEX_DIGITS) if takes_digits else _CHARACTERS
    if len(key) not in lengths:
        *most, last = map(str, lengths)
        return f"has {len(key)} characters, and AES takes {', '.join(most)} or {last}"
    if len(key) in _HEX_DIGITS and not set(key) <= set(string.hexdigits):
        return f"has {len(key)} characters that are no hexadecimal digits"
    return ""
