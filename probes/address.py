"""What an address of the internet protocol is."""

import ipaddress


def is_address(text: str) -> bool:
    """Tell whether *text* is an IPv4 or IPv6 address, and no name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
