"""Off-line mode: nothing leaves this machine, whatever code asks for a connection: ours, a library's, a plug-in's.

What counts is the address that is connected to, never how a name is spelt. No name is looked up but ``localhost``:
the question itself leaves the machine.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HUBS = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
"""What tells libraries, and programs that they start, to ask no model hub."""
_CONNECTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_LOOKS_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
_LOCAL_KINDS = {getattr(socket, name) for name in ("AF_UNIX", "AF_NETLINK") if hasattr(socket, name)}
_closed = 0
_watched = False


class Refused(OSError):
    """A connection or a look-up that off-line mode forbids."""

    def __init__(self, what: str) -> None:
        super().__init__(f"off-line mode: {what} lies beyond this machine; leave out --offline to allow it")


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own; a name never is."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None)
    return (inner or ip).is_loopback


def means_this_machine(host: str) -> bool:
    """Whether a host can mean nothing but this machine: its addresses, and the names that RFC 6761 keeps for it."""
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost") or is_loopback(host)


@contextmanager
def enforced() -> Iterator[None]:
    """Closes this process to everything beyond this machine until the block ends."""
    global _closed, _watched
    if not _watched:
        sys.addaudithook(_watch)
        _watched = True
    before = {name: os.environ.get(name) for name in HUBS}
    os.environ.update(HUBS)
    _closed += 1
    try:
        yield
    finally:
        _closed -= 1
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _watch(event: str, args: tuple[Any, ...]) -> None:
    """Sees what the interpreter is about to do; an error raised here keeps it from doing it."""
    if not _closed or not event.startswith("socket."):
        return
    if event in _CONNECTS:
        _check_address(args[0].family, args[1])
    elif event in _LOOKS_UP:
        _check_name(args[0][0] if isinstance(args[0], tuple) else args[0])


def _check_address(family: int, address: Any) -> None:
    if address is None or family in _LOCAL_KINDS:  # a message on a socket that is connected already
        return
    host = address[0] if isinstance(address, tuple) and address else address
    if family not in (socket.AF_INET, socket.AF_INET6) or not is_loopback(str(host)):
        raise Refused(str(host))


def _check_name(host: Any) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host or "localhost")
    if not (name.lower().rstrip(".") == "localhost" or _is_address(name)):
        raise Refused(name)


def _is_address(name: str) -> bool:
    """Whether a name is an address, which nobody is asked about."""
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
