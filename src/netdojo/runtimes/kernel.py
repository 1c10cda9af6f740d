"""The kernel's calls that Python has no name for: namespaces, mounts and the flags of interfaces."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct

KEEPER = "netdojo-keeper"
"""The name by which the process that watches over a network from outside is known."""

NEW_MOUNT = 0x00020000
NEW_UTS = 0x04000000
NEW_IPC = 0x08000000
NEW_USER = 0x10000000
NEW_PID = 0x20000000
NEW_NET = 0x40000000

RDONLY = 1
NOSUID = 2
NODEV = 4
NOEXEC = 8
REMOUNT = 32
BIND = 4096
REC = 16384
PRIVATE = 1 << 18
DETACH = 2

_FIRST_HANDLES = 4096
_PR_SET_NAME = 15
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_SECCOMP_MODE_FILTER = 2
_SETGROUPS = {"x86_64": (0xC000003E, 116), "aarch64": (0xC00000B7, 159)}
"""A machine → its name in seccomp, and the number of setgroups(2) there."""
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_MOUNT_SETATTR = 442
_AT_FDCWD = -100
_EXCHANGE = 2
_AT_RECURSIVE = 0x8000
_ATTR_RDONLY = 1

_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_SIOCETHTOOL = 0x8946
_IFF_UP = 0x1
_ETHTOOL_GLINK = 0x0000000A
_ETHTOOL_STXCSUM, _ETHTOOL_STSO, _ETHTOOL_SGSO, _ETHTOOL_SGRO = 0x17, 0x1F, 0x24, 0x2C

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Move this process into new namespaces; raises OSError."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def setns(descriptor: int, kind: int) -> None:
    """Move this thread into the namespace behind `descriptor`; raises OSError."""
    _checked(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """mount(2); raises OSError that names the target."""
    arguments = [os.fsencode(text) or None for text in (source, target, kind)]
    result = _libc.mount(*arguments, ctypes.c_ulong(flags), os.fsencode(data) or None)
    _checked(result, f"mount {kind or source} at {target}")


def bind(source: str, target: str, *, read_only: bool = False) -> None:
    """Show `source`, with what is mounted below it, at `target`; raises OSError."""
    mount(source, target, flags=BIND | REC)
    if read_only:
        make_read_only(target)


def make_read_only(target: str) -> None:
    """Make `target` and every mount below it read-only; an older kernel does so for the topmost alone."""
    attributes = struct.pack("QQQQ", _ATTR_RDONLY, 0, 0, 0)
    result = _libc.syscall(
        _SYS_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), _AT_RECURSIVE, attributes, ctypes.c_size_t(len(attributes))
    )
    if result != 0:
        mount("", target, flags=REMOUNT | BIND | RDONLY | _locked_flags(target))


def _locked_flags(target: str) -> int:
    """Return the flags of a mount that a user namespace may not drop when it mounts it again."""
    found = os.statvfs(target).f_flag
    return found & (NOSUID | NODEV | NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME | os.ST_RELATIME)


def detach(target: str) -> None:
    """Unmount `target` as soon as nobody uses it any more; raises OSError."""
    _checked(_libc.umount2(os.fsencode(target), ctypes.c_int(DETACH)), f"umount {target}")


def enter_root(folder: str) -> None:
    """Make `folder`, a mount of its own, this mount namespace's root, and forget the old one; raises OSError."""
    os.chdir(folder)
    _checked(_libc.syscall(_SYS_PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
    detach(".")
    os.chdir("/")


def exchange(one: str, other: str) -> None:
    """Let two paths of one file system change places in one step; raises OSError."""
    result = _libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_EXCHANGE))
    _checked(result, f"exchange {other}")


def remove(folder: str) -> None:
    """Remove a folder and what is in it, as far as it is there."""
    import shutil  # loads every compression library; it is wanted only at the end

    shutil.rmtree(folder, ignore_errors=True)


def let_go(*kept: int) -> None:
    """Close every descriptor but the three standard ones and `kept`: whoever has too many can clean up again."""
    start = 3
    for descriptor in (*sorted(kept), max(os.sysconf("SC_OPEN_MAX"), _FIRST_HANDLES)):
        os.closerange(start, descriptor)
        start = descriptor + 1


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends."""
    _checked(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def pretend_setgroups() -> None:
    """Let setgroups(2) succeed and change nothing, here and in whatever is started from here; raises OSError.

    In an ordinary user's namespaces the kernel refuses it, and programs that give up root, as tcpdump, insist on it.
    """
    machine, number = _SETGROUPS[os.uname().machine]
    lines = (
        (0x20, 0, 0, 4),  # load the machine of the call
        (0x15, 0, 3, machine),  # another one: to the last line
        (0x20, 0, 0, 0),  # load the call
        (0x15, 0, 1, number),  # another one: to the last line
        (0x06, 0, 0, 0x00050000),  # return 0 without a call
        (0x06, 0, 0, 0x7FFF0000),  # let it through
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines), ctypes.addressof(code)))
    _checked(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0), "seccomp")


def name_process(name: str) -> None:
    """Set the name that ps shows for this process, at most 15 bytes."""
    _libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def socket_within(net_namespace: str) -> socket.socket:
    """Return a socket that lives in another network namespace; this process stays in its own."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(net_namespace, os.O_RDONLY)
    try:
        setns(there, NEW_NET)
        try:
            return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        finally:
            setns(home, NEW_NET)
    finally:
        os.close(home)
        os.close(there)


def _flags(sock: socket.socket, interface: str) -> int:
    answer = fcntl.ioctl(sock, _SIOCGIFFLAGS, struct.pack("16sH22x", interface.encode(), 0))
    return int(struct.unpack("16xH22x", answer)[0])


def set_up(sock: socket.socket, interface: str) -> None:
    """Bring `interface` up in the socket's network namespace; raises OSError."""
    flags = _flags(sock, interface) | _IFF_UP
    fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sH22x", interface.encode(), flags))


def is_up(sock: socket.socket, interface: str) -> bool:
    """Whether `interface` is up and has a carrier; an interface that is gone is not.

    The carrier is asked of the driver: the flag IFF_RUNNING follows it by up to a second.
    """
    try:
        return bool(_flags(sock, interface) & _IFF_UP) and has_carrier(sock, interface)
    except OSError:
        return False


def has_carrier(sock: socket.socket, interface: str) -> bool:
    """Whether `interface` has a carrier now; raises OSError when it is gone."""
    value = ctypes.create_string_buffer(struct.pack("II", _ETHTOOL_GLINK, 0))
    fcntl.ioctl(sock, _SIOCETHTOOL, struct.pack("16sP16x", interface.encode(), ctypes.addressof(value)))
    return bool(struct.unpack("II", value.raw[:8])[1])


def switch_offloads_off(sock: socket.socket, interface: str) -> None:
    """Make packets on `interface` what they would be on a wire: no late checksums, no oversized segments."""
    for command in (_ETHTOOL_STXCSUM, _ETHTOOL_STSO, _ETHTOOL_SGSO, _ETHTOOL_SGRO):
        value = ctypes.create_string_buffer(struct.pack("II", command, 0))
        request = struct.pack("16sP16x", interface.encode(), ctypes.addressof(value))
        try:
            fcntl.ioctl(sock, _SIOCETHTOOL, request)
        except OSError:
            continue  # a kernel without this switch has nothing to switch off
