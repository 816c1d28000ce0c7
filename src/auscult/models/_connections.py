"""Connections to the host of a server: one that means this machine is only ever this machine.

Each new connection to it is to an address of its own, whatever its name is said to stand for.
"""

import socket

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType
from aiohttp.resolver import ThreadedResolver

from auscult.offline import Refused, is_loopback, means_this_machine


def connector(host: str) -> aiohttp.TCPConnector:
    """Opens connections to a host, as many as are asked for."""
    return aiohttp.TCPConnector(
        limit=0,
        # idle ones go before the usual server drops them (5 s), which would look like a failed request
        keepalive_timeout=4,
        resolver=_Names(),
        socket_factory=_own_socket if means_this_machine(host) else None,
    )


class _Names(AbstractResolver):
    """Looks names up, save those that mean this machine: they are its own addresses, whatever a name server says."""

    def __init__(self) -> None:
        self._others = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host."""
        if not means_this_machine(host):
            return await self._others.resolve(host, port, family)
        own = [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for address, kind in own
            if family in (socket.AF_UNSPEC, kind)
        ]

    async def close(self) -> None:
        """Nothing to close."""


def _own_socket(info: AddrInfoType) -> socket.socket:
    """A socket for an address of this machine: what every new connection is made with where no other may be reached."""
    if not is_loopback(str(info[4][0])):
        raise Refused(str(info[4][0]))
    return socket.socket(info[0], info[1], info[2])
