"""Every kind of fault, and how it comes and goes."""

from __future__ import annotations

from netdojo.model import FaultKind
from netdojo.runtimes.breaking import addresses, configuration, cutting, power, traffic
from netdojo.runtimes.breaking.cases import Way

WAYS: dict[FaultKind, Way] = {
    FaultKind.link_down: Way(cutting.touches, cutting.prepare, cutting.cut, cutting.mend),
    FaultKind.flap: Way(cutting.touches, cutting.prepare, cutting.flap, cutting.settle),
    FaultKind.loss: Way(traffic.touches_loss, traffic.prepare_loss, traffic.impose_loss, traffic.lift_loss),
    FaultKind.rate: Way(traffic.touches_queue, traffic.prepare_rate, traffic.impose_rate, traffic.lift_queue),
    FaultKind.delay: Way(traffic.touches_delay, traffic.prepare_delay, traffic.impose_delay, traffic.lift_queue),
    FaultKind.mtu: Way(traffic.touches_mtu, traffic.prepare_mtu, traffic.impose_mtu, traffic.lift_mtu),
    FaultKind.daemon_killed: Way(power.touches_daemon, power.prepare_daemon, power.kill_daemon, power.start_daemon),
    FaultKind.node_stopped: Way(power.touches_node, power.prepare_node, power.cut_power, power.boot),
    FaultKind.config_drift: Way(
        configuration.touches, configuration.prepare, configuration.drift, configuration.restore
    ),
    FaultKind.duplicate_address: Way(addresses.touches, addresses.prepare, addresses.add, addresses.remove),
}
