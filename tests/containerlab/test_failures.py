"""What goes wrong with containers is told with the next step, and leaves nothing; what is not ours is left alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from netdojo import places, runtimes
from netdojo.content import read_topology
from netdojo.errors import DeployFailed, HostNotReady, NetworkExists
from netdojo.model import Bind, Network, Topology
from netdojo.runtimes.containerlab import engine, host, images, native
from netdojo.runtimes.serving.processes import all_pids

from ..ordinary import become
from .conftest import IMAGES, Trial, alive

RUNTIME = "containerlab"


def changed(topology: Topology, node: str, **change: object) -> Topology:
    """Return the topology with one node changed."""
    nodes = tuple(one.model_copy(update=change) if one.name == node else one for one in topology.nodes)
    return topology.model_copy(update={"nodes": nodes})


def homes() -> list[str]:
    """Return what is in the home's folder of networks."""
    return [folder.name for folder in places.networks().iterdir()] if places.networks().is_dir() else []


def of_network(network: Network) -> list[int]:
    """Return the processes that hold a network: keeper, server, space."""
    status = Path(f"/proc/{network.pid}/status").read_text()
    keeper = int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))
    return [keeper, *(pid for pid in all_pids() if parent(pid) == keeper)]


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def test_container_that_docker_makes_late_is_removed(tmp_path: Path) -> None:
    """What docker was asked for by a containerlab that was killed comes into being later, and does not stay."""
    (tmp_path / engine.MAKING).touch()
    words = ("docker", "create", "--label", f"{native.OWNER}={tmp_path}", "debian:bookworm-slim", "true")
    late = threading.Timer(1.0, engine.call, words)
    late.start()
    engine.end(tmp_path)
    late.join()

    assert [] == engine.containers(tmp_path)
    assert not tmp_path.exists()


def test_failing_exec_line_fails_the_deployment(topology: Topology, trial: Trial) -> None:
    """An `exec` that fails, which containerlab itself only logs, is an error with its output; nothing is left."""
    line = "sh -c 'echo no such luck; exit 7'"
    with pytest.raises(DeployFailed, match=r"(?s)node left: .*ended with code 7.*no such luck"):
        runtimes.deploy(changed(topology, "left", exec=(line,)), runtime=RUNTIME)
    assert ([], []) == (homes(), trial.left())


def test_failing_command_of_a_stage_fails_the_deployment(topology: Topology, trial: Trial) -> None:
    """So is the command of a stage, which containerlab runs itself, and goes on."""
    file, left = topology.file, "left: { kind: linux, "
    stages = """stages: {configure: {exec: [{command: "sh -c 'echo no such luck; exit 7'"}]}}"""
    before, after = file.read_text().split(left)
    file.write_text(f"{before}{left}{stages}, {after}")
    with pytest.raises(DeployFailed, match=r"(?s)node left: 'sh -c .*ended with code 7:\nno such luck"):
        runtimes.deploy(read_topology(file), runtime=RUNTIME)
    assert ([], []) == (homes(), trial.left())


def test_cables_are_never_in_the_hosts_network(topology: Topology) -> None:
    """A cable that containerlab has begun is in no network that outlives it: killed between, it leaves none behind."""
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.update(os.listdir("/sys/class/net"))

    before = set(os.listdir("/sys/class/net"))
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            runtimes.destroy(runtimes.deploy(topology, runtime=RUNTIME))
        finally:
            over.set()
        looking.result()
    assert set() == {name for name in seen - before if name.startswith("clab-")}


def test_failing_entrypoint_fails_the_deployment(topology: Topology, trial: Trial) -> None:
    """A daemon that cannot start is told of with what it said; nothing is left."""
    (topology.folder / "daemons").write_text("bgpd_options='--no-such-option'\n")
    bind = Bind(source="daemons", target="/etc/frr/daemons")
    with pytest.raises(DeployFailed, match=r"(?s)node left.*Invalid options"):
        runtimes.deploy(changed(topology, "left", binds=(bind,)), runtime=RUNTIME)
    assert ([], []) == (homes(), trial.left())


def test_lab_that_is_not_ours_is_left_alone(topology: Topology, trial: Trial) -> None:
    """A lab of somebody else that has the very name of ours is refused, and goes on."""
    lab = native.lab_name("pair", places.networks() / "pair")
    words = ["run", "-d", "--network", "none", "--label", f"containerlab={lab}", "debian:bookworm-slim", "sleep", "600"]
    theirs = trial.docker(*words)
    try:
        with pytest.raises(NetworkExists, match=f"containerlab destroy --name {lab}"):
            runtimes.deploy(topology, runtime=RUNTIME)
        assert "true" == trial.docker("inspect", "-f", "{{.State.Running}}", theirs)
        assert [] == homes()
    finally:
        trial.docker("rm", "-f", theirs)


def test_same_name_in_two_homes_is_no_clash(
    topology: Topology, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Networks of one name and of two people live side by side, each with its own containers."""
    first = runtimes.deploy(topology, runtime=RUNTIME)
    try:
        monkeypatch.setenv("NETDOJO_HOME", str(tmp_path / "another"))
        second = runtimes.deploy(topology, runtime=RUNTIME)
        runtimes.destroy(second)
        assert runtimes.execute(first, "left", ["true"]).ok
    finally:
        runtimes.destroy(first)


def test_missing_and_outdated_images_are_named(topology: Topology, tmp_path: Path) -> None:
    """An image that docker has not, or has from other files, is named with the command that builds it."""
    own = tmp_path / "images"
    shutil.copytree(IMAGES / "frr", own / "frr")
    shutil.copytree(IMAGES / "frr", own / "nowhere")
    (own / "frr" / "shell").write_text("#!/bin/sh\n")
    other = topology.model_copy(update={"images": own})
    with pytest.raises(HostNotReady, match=r"(?s)frr is outdated.*netdojo image build frr"):
        runtimes.deploy(other, runtime=RUNTIME)
    with pytest.raises(HostNotReady, match=r"(?s)nowhere is not built.*netdojo image build .*nowhere"):
        runtimes.deploy(changed(other, "left", image="nowhere"), runtime=RUNTIME)
    assert [] == homes()


def test_docker_that_is_not_there_is_told(topology: Topology, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the daemon, the error says how to start it."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///tmp/no-such-socket")
    with pytest.raises(HostNotReady, match="systemctl start docker"):
        runtimes.deploy(topology, runtime=RUNTIME)
    absent = {need.name: need for need in runtimes.doctor() if not need.ok}
    assert ["Docker's daemon (for containerlab)"] == list(absent)
    assert absent["Docker's daemon (for containerlab)"].optional


def test_no_right_to_the_socket_is_told() -> None:
    """An ordinary user who is not in docker's group is told how to get in, and that root is needed."""
    code = "from netdojo.runtimes.containerlab import host; print(host.docker().remedy, host.root().remedy)"
    words = [*become(65534), sys.executable, "-c", code]
    tried = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert "sudo usermod -aG docker $USER" in tried.stdout, tried.stderr
    assert "sudo --preserve-env=NETDOJO_HOME" in tried.stdout


@pytest.fixture
def home_of_nobody() -> Iterator[Path]:
    """Give a home that an ordinary user reaches, which no folder of pytest's is."""
    with tempfile.TemporaryDirectory(prefix="netdojo-", dir="/tmp") as folder:
        os.chown(folder, 65534, 65534)
        yield Path(folder)


def test_folder_of_another_user_locks_nobody_out(home_of_nobody: Path) -> None:
    """What root deployed with a user's home does not hide that user's networks; its name alone is taken."""
    networks = home_of_nobody / "networks"
    (networks / "pair").mkdir(parents=True, mode=0o700)
    os.chown(networks, 65534, 65534)
    code = """
from netdojo import runtimes
from netdojo.errors import NetworkExists
from netdojo.runtimes import folders
print([network.name for network in runtimes.networks()])
try:
    folders.claim("pair", "namespaces")
except NetworkExists as error:
    print(error)
"""
    words = ["env", f"NETDOJO_HOME={home_of_nobody}", *become(65534), sys.executable, "-c", code]
    tried = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)

    assert "[]\na network named 'pair' is there that belongs to root\n  as root, end it: " in tried.stdout, tried.stderr


def test_images_that_docker_lacks_are_told_at_once(topology: Topology) -> None:
    """Each image is named with its nodes, and each with the command that gets it."""
    other = changed(topology, "left", image="alpine:3.99", reference="alpine:3.99")
    other = changed(other, "right", image="nosuch/image:1", reference="nosuch/image:1")
    with pytest.raises(
        HostNotReady, match=r"no images 'alpine:3\.99' \(node left\), 'nosuch/image:1' \(node right\)"
    ) as told:
        images.require(other)

    assert "docker pull alpine:3.99; docker pull nosuch/image:1" == told.value.help


def test_needs_are_met_here() -> None:
    """On this machine nothing is absent."""
    assert [] == [need for need in host.needs() if not need.ok]


@pytest.mark.parametrize("victims", [(0,), (1,), (2,), (1, 2)], ids=["keeper", "server", "space", "server and space"])
def test_killed_supervisor_leaves_nothing(topology: Topology, trial: Trial, victims: tuple[int, ...]) -> None:
    """SIGKILL of any of the processes that hold a network ends it, containers and all; its name is free again."""
    network = runtimes.deploy(topology, runtime=RUNTIME)
    held = of_network(network)
    for victim in victims:
        os.kill(held[victim], signal.SIGKILL)
    trial.wait_until(lambda: not any(map(alive, held)) and not homes() and not trial.left())
    assert not deployed_again(topology).folder.exists()


def test_keeper_killed_while_containers_go_is_followed(topology: Topology, trial: Trial) -> None:
    """containerlab goes on without it, and who asked for the end waits until the last name on this host is gone."""
    network = runtimes.deploy(topology, runtime=RUNTIME)
    keeper, *_ = of_network(network)
    code = "from netdojo import runtimes; runtimes.destroy(runtimes.find('pair'))"
    with subprocess.Popen([sys.executable, "-c", code]) as client:
        trial.wait_until(lambda: bool(ending(network)))
        at_work = ending(network)
        os.kill(keeper, signal.SIGKILL)
        assert 0 == client.wait(120)
    assert not any(map(alive, at_work))
    assert ([], []) == (homes(), trial.left())
    assert native.lab_name("pair", network.folder) not in Path("/etc/hosts").read_text()


def ending(network: Network) -> list[int]:
    """Return the processes by which containerlab ends a network."""
    words = [b"destroy", b"--topo", str(network.folder / native.FILE).encode()]
    return [pid for pid in all_pids() if words == command_line(pid)[-4:-1]]


def command_line(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except OSError:
        return []


def deployed_again(topology: Topology) -> Network:
    """Deploy under the same name and end it; return the network that was."""
    network = runtimes.deploy(topology, runtime=RUNTIME)
    runtimes.destroy(network)
    return network


def test_network_of_which_all_was_killed_is_swept(topology: Topology, trial: Trial) -> None:
    """With every process of it gone, the next look for networks ends the containers."""
    network = runtimes.deploy(topology, runtime=RUNTIME)
    held = of_network(network)
    for pid in held:
        os.kill(pid, signal.SIGKILL)
    trial.wait_until(lambda: not any(map(alive, held)))
    assert [] == runtimes.networks()
    assert ([], []) == (homes(), trial.left())


def test_client_killed_during_deploy_takes_it_back(topology: Topology, trial: Trial) -> None:
    """A deployment whose client dies while containers are made is rolled back."""
    code = (
        "import sys; from netdojo import runtimes; from netdojo.model import Topology; "
        "topology = Topology.model_validate_json(sys.stdin.read()); "
        "runtimes.deploy(topology, runtime='containerlab', tell=lambda step: print(step.phase, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(topology.model_dump_json())
        client.stdin.close()
        assert "creating\n" == client.stdout.readline()
        client.kill()
    trial.wait_until(lambda: not homes() and not trial.left())
