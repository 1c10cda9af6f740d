"""Every key of a containerlab 0.69 file, by the sections it stands in; a key that is not here is refused."""

from __future__ import annotations

from pydantic import Field

from netdojo.content.topologies.link_sections import AnyLink
from netdojo.content.topologies.scalars import Anything, Number, Phase, StageWord, Strict, Switch, Target, Text, Whole


class WaitForSection(Strict):
    """Another node's stage that must be over first."""

    node: Text
    stage: StageWord


class StageCommandSection(Strict):
    """A command of a stage."""

    command: Text
    target: Target = "container"
    phase: Phase = "on-enter"


class StageSection(Strict):
    """What a stage waits for, and what is run in it."""

    wait_for: list[WaitForSection] = Field(default_factory=list)
    exec: list[StageCommandSection] = Field(default_factory=list)


class StagesSection(Strict):
    """The stages of a node's deployment."""

    create: StageSection | None = None
    create_links: StageSection | None = None
    configure: StageSection | None = None
    healthy: StageSection | None = None
    exit: StageSection | None = None


class ConfigSection(Strict):
    """Variables for containerlab's own `config` command."""

    vars: dict[Text, Anything] | None = None


class DnsSection(Strict):
    """What a node asks for names."""

    servers: list[Text] | None = None
    options: list[Text] | None = None
    search: list[Text] | None = None


class CertificateSection(Strict):
    """A certificate that containerlab issues to a node."""

    issue: Switch | None = None
    key_size: Whole | None = None
    validity_duration: Text | None = None
    sans: list[Text] | None = None


class HealthcheckSection(Strict):
    """The container engine's check of a node. Times are in seconds."""

    test: list[Text] | None = None
    interval: Whole | None = None
    timeout: Whole | None = None
    retries: Whole | None = None
    start_period: Whole | None = None


class ComponentSection(Strict):
    """A card of a modular device."""

    slot: Text | None = None
    type: Text | None = None
    env: dict[Text, Text] | None = None


class KindDeploySection(Strict):
    """How long it waits for its cluster."""

    wait: Text | None = None


class KindExtrasSection(Strict):
    """What kind k8s-kind knows of its deployment."""

    deploy: KindDeploySection | None = None


class ExtrasSection(Strict):
    """What only single kinds know."""

    srl_agents: list[Text] | None = None
    mysocket_proxy: Text | None = None
    ceos_copy_to_flash: list[Text] | None = None
    k8s_kind: KindExtrasSection | None = Field(default=None, alias="k8s_kind")


class NodeSection(Strict):
    """The keys of a node, which may stand in defaults, kinds and groups as well."""

    kind: Text | None = None
    image: Text | None = None
    group: Text | None = None
    env: dict[Text, Text] = Field(default_factory=dict)
    binds: list[Text] = Field(default_factory=list)
    exec: list[Text] = Field(default_factory=list)
    cmd: Text | None = None
    entrypoint: Text | None = None
    startup_config: Text | None = None
    sysctls: dict[Text, Text] = Field(default_factory=dict)
    labels: dict[Text, Text] = Field(default_factory=dict)
    stages: StagesSection | None = None

    type: Text | None = None
    startup_delay: Whole | None = None
    enforce_startup_config: Switch | None = None
    suppress_startup_config: Switch | None = None
    auto_remove: Switch | None = None
    restart_policy: Text | None = None
    config: ConfigSection | None = None
    image_pull_policy: Text | None = None
    license: Text | None = None
    position: Text | None = None
    devices: list[Text] | None = None
    cap_add: list[Text] | None = None
    shm_size: Text | None = None
    ports: list[Text] | None = None
    mgmt_ipv4: Text | None = None
    mgmt_ipv6: Text | None = None
    env_files: list[Text] | None = None
    user: Text | None = None
    network_mode: Text | None = None
    sandbox: Text | None = None
    kernel: Text | None = None
    runtime: Text | None = None
    cpu: Number | None = None
    cpu_set: Text | None = None
    memory: Text | None = None
    extras: ExtrasSection | None = None
    dns: DnsSection | None = None
    certificate: CertificateSection | None = None
    healthcheck: HealthcheckSection | None = None
    aliases: list[Text] | None = None
    components: list[ComponentSection] | None = None


class ManagementSection(Strict):
    """containerlab's management network."""

    network: Text = ""
    bridge: Text = ""
    ipv4_subnet: Text = ""
    ipv4_gw: Text = ""
    ipv4_range: Text = ""
    ipv6_subnet: Text = ""
    ipv6_gw: Text = ""
    ipv6_range: Text = ""
    mtu: Whole | None = None
    external_access: Switch | None = None
    driver_opts: dict[Text, Text] = Field(default_factory=dict)
    old_ipv4_subnet: Text = Field(default="", alias="ipv4_subnet")
    old_ipv6_subnet: Text = Field(default="", alias="ipv6_subnet")


class AuthoritySection(Strict):
    """Who signs the certificates of nodes."""

    cert: Text | None = None
    key: Text | None = None
    key_size: Whole | None = None
    validity_duration: Text | None = None


class SettingsSection(Strict):
    """What holds for containerlab itself."""

    certificate_authority: AuthoritySection | None = None


class TopologySection(Strict):
    """The part of the file that holds nodes and links."""

    defaults: NodeSection = NodeSection()
    kinds: dict[Text, NodeSection | None] = Field(default_factory=dict)
    groups: dict[Text, NodeSection | None] = Field(default_factory=dict)
    nodes: dict[Text, NodeSection | None]
    links: list[AnyLink] = Field(default_factory=list)


class ClabFile(Strict):
    """A whole containerlab file."""

    name: Text
    prefix: Text | None = None
    mgmt: ManagementSection = ManagementSection()
    settings: SettingsSection | None = None
    debug: Switch | None = None
    topology: TopologySection
