"""Stands in a member's network where a fault's rules lead connections to.

`relay.py late MILLISECONDS` passes them on and gives every answer late; `relay.py shown PEM` shows
a certificate and hangs up. It has no right at all, and says on stdout which port it listens on.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import sys
from asyncio import StreamReader, StreamWriter

SO_ORIGINAL_DST = 80  # linux/netfilter_ipv4.h: where the client had wanted to go
PIECE = 65536
ANY = "0.0.0.0"  # noqa: S104  # the rules lead to the address of whichever interface it was


def wanted(writer: StreamWriter) -> tuple[str, int]:
    """Give the address and port that the client had dialled."""
    raw = writer.get_extra_info("socket").getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
    port, address = struct.unpack_from(">2xH4s", raw)
    return socket.inet_ntoa(address), port


async def pass_at_once(reader: StreamReader, writer: StreamWriter) -> None:
    """Pass on what the client says as it comes."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()


async def note(
    reader: StreamReader, noted: "asyncio.Queue[tuple[float, bytes]]", delay: float
) -> None:
    """Write down each answer with the time at which it is due; an empty one is the end."""
    now = asyncio.get_running_loop().time
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            noted.put_nowait((now() + delay, piece))
    noted.put_nowait((now() + delay, b""))


async def pass_late(reader: StreamReader, writer: StreamWriter, delay: float) -> None:
    """Pass on what is answered, each piece *delay* seconds after it came, in order."""
    noted: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(note(reader, noted, delay))
        while True:
            due, piece = await noted.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            if not piece:
                return
            writer.write(piece)
            with contextlib.suppress(OSError):  # a client that has gone: the peer ends it, too
                await writer.drain()


async def stand_between(reader: StreamReader, writer: StreamWriter, delay: float) -> None:
    """Be one client's peer, late."""
    try:
        far_reader, far_writer = await asyncio.open_connection(*wanted(writer))
    except OSError:
        writer.close()
        return
    asking = asyncio.create_task(pass_at_once(reader, far_writer))
    try:
        await pass_late(far_reader, writer, delay)
    finally:
        asking.cancel()
        far_writer.close()
        writer.close()


async def show(_reader: StreamReader, writer: StreamWriter) -> None:
    """End a connection: its client has seen the certificate."""
    writer.close()


async def main(mode: str, argument: str) -> None:
    """Listen until killed."""
    if mode == "late":
        delay = int(argument) / 1000
        server = await asyncio.start_server(lambda r, w: stand_between(r, w, delay), ANY, 0)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(argument)
        server = await asyncio.start_server(show, ANY, 0, ssl=context)
    sys.stdout.write(f"listening {server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
