"""Writes down every connection and look-up of a program, as a line of JSON in the file that SOCKET_TRACE names.

With LYING_NAMES every name but a plain address stands for that address, as a hosts file or a name server may say.
"""

import ipaddress
import json
import os
import socket

TRACE, LIE = os.environ.get("SOCKET_TRACE"), os.environ.get("LYING_NAMES")
_connect, _connect_ex, _sendto, _look_up = (
    socket.socket.connect,
    socket.socket.connect_ex,
    socket.socket.sendto,
    socket.getaddrinfo,
)


def _note(kind, host, refused):
    with open(TRACE, "a", encoding="utf-8") as file:
        file.write(json.dumps({"kind": kind, "host": host, "refused": refused}) + "\n")


def _noting(kind, host, act):
    try:
        found = act()
    except BaseException as error:
        _note(kind, host, type(error).__name__ == "Refused")
        raise
    _note(kind, host, False)
    return found


def _host(sock, address):
    return str(address[0]) if sock.family in (socket.AF_INET, socket.AF_INET6) else "unix"


def connect(self, address):
    return _noting("connect", _host(self, address), lambda: _connect(self, address))


def connect_ex(self, address):
    return _noting("connect", _host(self, address), lambda: _connect_ex(self, address))


def sendto(self, *args):
    return _noting("send", _host(self, args[-1]), lambda: _sendto(self, *args))


def getaddrinfo(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    try:
        ipaddress.ip_address(name or "127.0.0.1")
        return _look_up(host, *args, **kwargs)
    except ValueError:
        return _noting("look up", name, lambda: _look_up(LIE or host, *args, **kwargs))


if TRACE:
    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex
    socket.socket.sendto, socket.getaddrinfo = sendto, getaddrinfo
