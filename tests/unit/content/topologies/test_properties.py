"""Whatever a file holds, it is read or refused by name; and what is written as a topology is read as that topology."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from netdojo import runtimes
from netdojo.content import examine_topology
from netdojo.content.topologies.examining import Examined
from netdojo.content.topologies.sections import ClabFile, ManagementSection, NodeSection
from netdojo.errors import InvalidFiles, Problem, TopologyUnsupported
from netdojo.model import Bind, End, Link, Node, Stage, StageCommand, StageName, Topology, WaitFor

patiently = settings(deadline=None, max_examples=60)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3))
NODE_KEYS = [str(field.alias) for field in NodeSection.model_fields.values()]
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
WORDS = st.text(
    st.characters(exclude_characters="$", exclude_categories=["Cs"], max_codepoint=0xFFFF), max_size=12
).filter(lambda text: "{{" not in text)


def keyed(*keys: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return mappings of known keys to `values`, and now and then something else altogether."""
    return st.dictionaries(st.sampled_from(keys) | st.text(max_size=4), values, max_size=4) | TREES


SECTIONS = keyed(
    *NODE_KEYS, values=TREES | st.sampled_from(["linux", "a:/b", {"create": {"wait-for": [{"node": "a"}]}}])
)
ENDS = st.sampled_from(["a:eth1", "b:eth2", "host:x", {"node": "a", "interface": "e"}]) | TREES
LINKS = st.fixed_dictionaries(
    {"endpoints": st.lists(ENDS, max_size=3) | TREES},
    optional={"type": st.sampled_from(["veth", "host", "vxlan", "dummy", "x"]) | TREES, "mtu": TREES, "endpoint": ENDS},
)
NEARLY = st.fixed_dictionaries(
    {
        "name": st.just("nearly") | TREES,
        "topology": st.fixed_dictionaries(
            {"nodes": st.dictionaries(st.sampled_from("ab"), SECTIONS, max_size=2) | TREES},
            optional={
                "defaults": SECTIONS,
                "kinds": st.dictionaries(st.sampled_from(["linux", "x"]), SECTIONS) | TREES,
                "groups": st.dictionaries(st.sampled_from(["g", "h"]), SECTIONS) | TREES,
                "links": st.lists(LINKS | TREES, max_size=2) | TREES,
            },
        ),
    },
    optional={
        "prefix": TREES,
        "mgmt": keyed(*(str(field.alias) for field in ManagementSection.model_fields.values()), values=TREES),
        "settings": TREES,
    },
)


def node(**keys: Any) -> Any:
    """Return a file with one node that has `keys`, as YAML."""
    return {"name": "n", "topology": {"nodes": {"a": {"kind": "linux", "image": "frr", **keys}}}}


ODD = st.text(max_size=8) | st.sampled_from(["/", "..", "\0", "net.ipv4.ip_forward", "/usr/x", "'", "tmp", "run/x/"])
SOURCES = st.sampled_from([".", "any.clab.yml", "nowhere", "\0", "/dev/null", ""])
PLACES = st.builds("{}:/{}{}".format, SOURCES, ODD, st.sampled_from(["", ":ro"]))
RUNNABLE = st.fixed_dictionaries(
    {},
    optional={
        "env": st.dictionaries(ODD, ODD, max_size=2),
        "binds": st.lists(PLACES, max_size=3),
        "exec": st.lists(ODD, max_size=2),
        "cmd": ODD,
        "image": ODD,
        "sysctls": st.dictionaries(ODD, ODD, max_size=2),
    },
).map(lambda keys: node(**keys))


def examined(text: str) -> Examined:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "any.clab.yml"
        file.write_bytes(text.encode(errors="surrogatepass"))
        return examine_topology(file)


def read_text(text: str) -> Topology:
    found = examined(text)
    if found.topology is None or found.problems:
        raise InvalidFiles(found.problems)
    return found.topology


def read_or_refused(text: str) -> Topology | None:
    """Return what is read of a text, or None when it is refused: then every fault says where it is and what must be.

    What can be read is judged by the runtimes, whether the rest is refused or not.
    """
    found = examined(text)
    if found.topology is not None:
        judged(found.topology)
    if not found.problems:
        return found.topology
    assert all(problem.path.split(":")[0].endswith("any.clab.yml") for problem in found.problems)
    assert all(problem.message.startswith("must") for problem in found.problems)
    return None


def judged(topology: Topology) -> None:
    """Let each runtime judge what was read: it passes, or is refused in the house's words."""
    problems: list[Problem] = []
    for runtime in ("namespaces", "containerlab"):
        try:
            runtimes.check(topology, runtime=runtime)
        except TopologyUnsupported as error:
            problems += error.problems
    assert all(problem.message.startswith("must") for problem in problems)


def has_nodes(topology: Topology | None) -> bool:
    """Tell that what was read, if it was, has something in it that can be started."""
    return topology is None or all(node.name and node.kind for node in topology.nodes)


def as_yaml(tree: Any) -> str:
    """Return `tree` as JSON, which is YAML; a key that is no text is written as YAML alone can."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"? {as_yaml(key)} : {as_yaml(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(as_yaml, tree)) + "]"
    if isinstance(tree, float) and not math.isfinite(tree):
        return ".nan" if math.isnan(tree) else f"{'-' if tree < 0 else ''}.inf"
    return json.dumps(tree)


@patiently
@given(st.text())
@example("a: &a [*a]")
@example("&a : *a")
@example("{" * 200)
@example("- " * 200)
@example("? " * 200)
@example("name: !!int x\ntopology: {nodes: {a: !!float {}}}")
@example("name: x\n--- \n%YAML 3.0\n")
@example("\ud800")
@example("name: \x00")
@example("%TAG ! tag:x,2000:\n--- !y\nname: x")
@example("'")
@example("<<: {<<: [1]}")
@example("? [a]\n: b")
@example("name: x\ntopology: {nodes: {'': }}")
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text gives anything but a topology or its faults."""
    assert has_nodes(read_or_refused(text))


@patiently
@given(TREES)
def test_any_tree_is_read_or_refused(tree: Any) -> None:
    """No tree of YAML gives anything but a topology or its faults."""
    assert has_nodes(read_or_refused(as_yaml(tree)))


@patiently
@given(NEARLY | RUNNABLE)
@example(node(env={"A=B": "x", "": "y", "N": "a\0b"}))
@example(node(binds=["x" * 300 + ":/a", "a\0b:/b", ".:/" + "y" * 300, "/dev/null:/d", ".:/a\0b", "/e"]))
@example(node(image="i" * 256))
@example(node(image="a\0b"))
@example(node(exec=["", "a\0b"], cmd="a\0b", sysctls={"net.ipv4.nope": "\0", "net.": "", "net.ipv4.conf..": "1"}))
@example(node(env={"A": "\ud800"}, binds=["\ud800:/a"]))
@example({"name": "n" * 70, "topology": {"nodes": {"a": {"kind": "linux", "image": "i"}}}})
@example({"name": "n", "topology": {"nodes": {"a": {"kind": ["x"]}}, "links": [{"endpoints": ["a:x"]}]}})
@example({"name": "n", "topology": {"nodes": {"a": {}}, "links": [{"type": "veth"}, 3]}})
@example({"name": "n", "topology": {"nodes": {"a": None}, "kinds": None, "links": None}})
def test_any_file_that_is_nearly_one_is_read_or_refused(tree: Any) -> None:
    """Known keys with values of any kind give a topology or its faults."""
    assert has_nodes(read_or_refused(as_yaml(tree)))


ENDPOINTS = st.builds(
    End,
    node=NAMES,
    interface=st.from_regex(r"eth[1-9][0-9]{0,2}", fullmatch=True),
    mac=st.just("") | st.from_regex(r"02(:[0-9a-f]{2}){5}", fullmatch=True),
)
IMAGES = st.sampled_from([("frr", "netdojo/frr:latest"), ("host", "host"), ("", "registry:5000/lab/frr:10.2")])
BINDS = st.builds(
    Bind,
    source=st.from_regex(r"[a-z./~-]{1,8}", fullmatch=True),
    target=st.from_regex(r"/[a-z/]{1,8}", fullmatch=True),
    read_only=st.booleans(),
    options=st.sampled_from([(), ("z",), ("rw", "z")]),
)
STAGES = st.dictionaries(
    st.sampled_from(StageName),
    st.builds(
        Stage,
        exec=st.lists(
            st.builds(StageCommand, command=NAMES, phase=st.sampled_from(["on-enter", "on-exit"])),
            min_size=1,
            max_size=2,
        ).map(tuple),
    ),
    max_size=2,
)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Draw a topology that can be written; a node waits only for those that stand before it."""
    nodes: list[Node] = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=5, unique=True)):
        binds = draw(st.lists(BINDS, max_size=2, unique_by=lambda bind: bind.target))
        stages = draw(STAGES)
        image, reference = draw(IMAGES)
        names = [node.name for node in nodes]
        waits = draw(st.booleans())
        if names and waits:
            wait = WaitFor(node=draw(st.sampled_from(names)), stage=draw(st.sampled_from(StageName)))
            stages[StageName.create] = Stage(wait_for=(wait,))
        nodes.append(
            Node(
                name=name,
                kind="linux",
                image=image,
                reference=reference,
                group=draw(st.sampled_from(["", "leaf"])),
                env=draw(st.dictionaries(NAMES, WORDS, max_size=2)),
                labels=draw(st.dictionaries(NAMES, WORDS, max_size=2)),
                binds=tuple(binds),
                exec=tuple(draw(st.lists(NAMES, max_size=2))),
                cmd=draw(st.sampled_from(["", "sleep 1"])),
                stages={name: stages[name] for name in StageName if name in stages},
            )
        )
    names = [node.name for node in nodes]
    ends = draw(st.lists(ENDPOINTS, max_size=8, unique_by=lambda end: end.interface))
    ends = [end.model_copy(update={"node": draw(st.sampled_from(names))}) for end in ends]
    mtu = st.sampled_from([None, 68, 1500, 65535])
    links = tuple(
        Link(
            a=a,
            b=b,
            mtu=draw(mtu),
            labels=draw(st.dictionaries(NAMES, WORDS, max_size=1)),
            place=f"topology.links[{at}]",
        )
        for at, (a, b) in enumerate(zip(ends[::2], ends[1::2], strict=False))
    )
    prefix = draw(st.none() | NAMES)
    return Topology(name=draw(NAMES), prefix=prefix, file=Path(), images=Path(), nodes=tuple(nodes), links=links)


def written(topology: Topology) -> dict[str, Any]:
    """Return a topology as a containerlab file has it."""
    return {
        "name": topology.name,
        "prefix": topology.prefix,
        "topology": {
            "nodes": {node.name: node_as_written(node) for node in topology.nodes},
            "links": [link_as_written(link) for link in topology.links],
        },
    }


def node_as_written(node: Node) -> dict[str, Any]:
    given = node.model_dump(mode="json", include={"kind", "group", "env", "labels", "exec", "cmd"})
    binds = [
        ":".join([bind.source, bind.target, *([",".join(options)] if options else [])])
        for bind in node.binds
        for options in [[*(["ro"] if bind.read_only else []), *bind.options]]
    ]
    stages = {
        name.value: {"wait-for": [dict(wait) for wait in held.wait_for], "exec": [dict(one) for one in held.exec]}
        for name, held in node.stages.items()
    }
    return {**given, "image": node.reference, "binds": binds, "stages": stages}


def link_as_written(link: Link) -> dict[str, Any]:
    ends = [link.a, link.b]
    if any(end.mac for end in ends):
        return {"type": "veth", "endpoints": [dict(end) for end in ends], "mtu": link.mtu, "labels": link.labels}
    return {"endpoints": [str(end) for end in ends], "mtu": link.mtu, "labels": link.labels}


@patiently
@given(topologies())
def test_written_topology_is_read_as_it_was(topology: Topology) -> None:
    """Nodes, links, binds, stages and labels come back as they were written, in their order."""
    read = read_text(json.dumps(written(topology)))

    assert topology == read.model_copy(update={"file": Path(), "images": Path(), "places": {}})


def test_sections_have_a_name_for_every_key() -> None:
    """Each key is known by the name that stands in the file."""
    assert {"name", "prefix", "mgmt", "settings", "debug", "topology"} == {
        field.alias for field in ClabFile.model_fields.values()
    }
    assert {"startup-config", "mgmt-ipv4", "network-mode"} <= set(NODE_KEYS)
