"""What makes the broker close a channel or a connection, with the product's reply codes."""

NOT_FOUND = 404
ALREADY_EXISTS = 405
IN_USE = 406
FRAME_ERROR = 501
COMMAND_INVALID = 503
CHANNEL_ERROR = 504
RESOURCE_ERROR = 506
NOT_ALLOWED = 530
NOT_IMPLEMENTED = 540
NO_ROUTE = 312


class FaultError(Exception):
    """A fault with a reply code and a text for the peer."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class ChannelFaultError(FaultError):
    """Closes the channel that it happened on."""


class ConnectionFaultError(FaultError):
    """Closes the whole connection."""


class DroppedConnection(Exception):  # noqa: N818 - an event of the peer's making, not an error of ours
    """The connection ends without a word, as the product's does after an internal exception."""
