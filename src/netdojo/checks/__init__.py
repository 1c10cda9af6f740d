"""The vocabulary in which a lab says what must hold, and the engine that asks a network whether it does."""

from netdojo.checks.judging import expect, expect_established, expect_next_hops, expect_reachable, session_states
from netdojo.checks.legibility import legible
from netdojo.checks.loading import load_checks
from netdojo.checks.memory import forget, open_hint, recall, remember
from netdojo.checks.running import Tell, fold, run_task
from netdojo.checks.showing import (
    ping,
    show_bgp_asn,
    show_bgp_prefixes,
    show_bgp_summary,
    show_json,
    show_kernel_route,
    show_kernel_routes,
    show_running_config,
)
from netdojo.checks.vocabulary import ANSWERS, CONVERGED, Check, Device, Fabric, Failed, Kernel, check

__all__ = [
    "ANSWERS",
    "CONVERGED",
    "Check",
    "Device",
    "Fabric",
    "Failed",
    "Kernel",
    "Tell",
    "check",
    "expect",
    "expect_established",
    "expect_next_hops",
    "expect_reachable",
    "fold",
    "forget",
    "legible",
    "load_checks",
    "open_hint",
    "ping",
    "recall",
    "remember",
    "run_task",
    "session_states",
    "show_bgp_asn",
    "show_bgp_prefixes",
    "show_bgp_summary",
    "show_json",
    "show_kernel_route",
    "show_kernel_routes",
    "show_running_config",
]
