"""Which characters a user name or password can't hold, because a product's text breaks on them.

The AMQP URL: org.wso2.andes' URLParser hands `amqp://USER:PASSWORD@…` to java.net.URI, and the
templates write both into it as they stand. Each character was tried with JDK 17's java.net.URI.
"""

# A `<` breaks both; it is told as what breaks the XML.
BREAK_AMQP_URL = """@:/#%?">[]{}|\\^` """
BREAK_XML = "<&"
