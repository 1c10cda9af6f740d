"""What is said to a kernel so that it becomes what was saved: in an order that works."""

from __future__ import annotations

from netdojo.model import KernelState, LinkSetting
from netdojo.runtimes import kernel_steps

FRESH = KernelState(
    links={"lo": LinkSetting(mtu=65536), "eth1": LinkSetting(mac="02:00:00:00:00:01"), "eth2": LinkSetting()},
    addresses=("10.0.0.1/32 dev lo",),
    sysctls={"net/ipv4/conf/eth1/forwarding": "1", "net/ipv4/conf/all/forwarding": "1", "net/ipv4/ip_forward": "1"},
)


def texts(now: KernelState, saved: KernelState) -> list[tuple[str, str]]:
    """Return (program, what it reads) of each step."""
    steps = kernel_steps.steps(now, kernel_steps.wanted(FRESH, saved))
    return [(" ".join(step.argv[:2]) if step.argv[1] in {"-4", "-6"} else step.argv[0], step.text) for step in steps]


def test_what_holds_already_is_not_said() -> None:
    """A save that says nothing of links and settings leaves them as they are."""
    saved = KernelState(addresses=FRESH.addresses)

    assert [] == texts(FRESH, saved)
    assert [] == kernel_steps.differences(FRESH, kernel_steps.wanted(FRESH, saved))


def test_settings_that_set_others_come_first() -> None:
    """`all` would undo what was said of one interface before."""
    settings = {"net/ipv4/conf/eth1/forwarding": "0", "net/ipv4/conf/all/forwarding": "0"}
    saved = KernelState(addresses=FRESH.addresses, sysctls=settings)

    assert [("sh", "net/ipv4/conf/all/forwarding=0\nnet/ipv4/conf/eth1/forwarding=0\n")] == texts(FRESH, saved)


def test_links_are_made_before_they_are_set() -> None:
    """A pair is made once, by its second end, and goes to its bridge before it is up; what was deleted goes first."""
    links = {
        "eth2": LinkSetting(gone=True),
        "br0": LinkSetting(made="type bridge"),
        "a": LinkSetting(made="type veth peer name b", master="br0", mac="02:00:00:00:00:0a"),
        "b": LinkSetting(made="type veth peer name a", mtu=1400, up=False),
        "eth1": LinkSetting(mtu=9000),
    }
    ((program, text),) = texts(FRESH, KernelState(addresses=FRESH.addresses, links=links))

    assert "ip" == program
    assert [
        "link del eth2",
        "link add name br0 type bridge",
        "link add name b type veth peer name a",
        "link set dev eth1 mtu 9000",
        "link set dev br0 mtu 1500",
        "link set dev br0 up",
        "link set dev a master br0",
        "link set dev a address 02:00:00:00:00:0a",
        "link set dev a mtu 1500",
        "link set dev a up",
        "link set dev b mtu 1400",
    ] == text.splitlines()


def test_lists_lose_what_is_too_much_and_get_what_is_missing() -> None:
    """Addresses come before the routes over them, each family by itself; a discipline is replaced where it is."""
    now = FRESH.model_copy(
        update={"qdiscs": ("dev eth1 root handle 1: pfifo limit 5", "dev eth2 root handle 2: pfifo")}
    )
    saved = KernelState(
        addresses=("2001:db8::1/64 dev eth1",),
        rules_ipv4=("priority 5 from 10.0.0.0/8 lookup 7",),
        routes_ipv4=("10.9.0.0/24 dev eth1",),
        routes_ipv6=("default via fe80::1 dev eth1",),
        qdiscs=("dev eth1 root handle 1: pfifo limit 9",),
    )

    assert [
        ("ip", "address del 10.0.0.1/32 dev lo\naddress add 2001:db8::1/64 dev eth1\n"),
        ("ip -4", "rule add priority 5 from 10.0.0.0/8 lookup 7\n"),
        ("ip -4", "route add 10.9.0.0/24 dev eth1\n"),
        ("ip -6", "route add default via fe80::1 dev eth1\n"),
        ("tc", "qdisc del dev eth2 root\nqdisc replace dev eth1 root handle 1: pfifo limit 9\n"),
    ] == texts(now, saved)


def test_differences_name_what_is_missing_and_what_is_too_much() -> None:
    """Each line says what it must be, and what it is."""
    saved = KernelState(links={"eth1": LinkSetting(up=False)}, sysctls={"net/ipv4/ip_forward": "0"})

    assert [
        "- address 10.0.0.1/32 dev lo",
        "link eth1: mtu 1500 down (is: mtu 1500 up)",
        "net/ipv4/ip_forward = 0 (is: 1)",
    ] == kernel_steps.differences(FRESH, kernel_steps.wanted(FRESH, saved))
