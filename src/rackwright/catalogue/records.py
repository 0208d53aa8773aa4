"""What the catalogue says about parts that several rooms need."""

from __future__ import annotations

from rackwright.base.record import Num, field, record


@record
class Accelerator:
    """One accelerator package; peak rates are dense, per package.

    Text attributes in the table: vendor, release_date (ISO), process_node, memory_type, scale_up_link, status
    (`shipping`, `announced`, `retired`).
    """

    peak_bf16: Num = field("FLOP/s", "dense 16-bit matrix rate")
    peak_fp8: Num = field("FLOP/s", "dense 8-bit floating-point matrix rate; missing if not supported", optional=True)
    peak_fp4: Num = field("FLOP/s", "dense 4-bit floating-point matrix rate; missing if not supported", optional=True)
    peak_vector: Num = field("FLOP/s", "non-matrix 32-bit rate", optional=True)
    memory_capacity: Num = field("B", "memory of the package")
    memory_bandwidth: Num = field("B/s", "memory bandwidth of the package")
    memory_stacks: Num = field("1", "HBM stacks in the package", optional=True)
    scale_up_bandwidth: Num = field("B/s", "scale-up bandwidth in one direction")
    scale_up_domain: Num = field("1", "accelerators in one scale-up domain")
    scale_out_bandwidth: Num = field("B/s", "scale-out network bandwidth in one direction")
    tdp: Num = field("W", "thermal design power of the package")
    die_area: Num = field("m^2", "compute silicon in the package, all dies", optional=True)
    price: Num = field("USD", "price of the package to a large buyer")
    rental_price: Num = field("USD/s", "market rental price of one accelerator", optional=True)


@record
class SystemSpec:
    """One deployable system: a server, or a rack-scale machine sold as one.

    Text attributes: accelerator (id), kind (`server` or `rack`), cooling (`air`, `liquid`, `hybrid`), nic, cpu.
    """

    accelerators: Num = field("1", "accelerators in the system")
    rack_units: Num = field("1", "height in rack units (a rack-scale system fills its rack)")
    rack_share: Num = field("1", "share of a rack that one system fills by height; 1 for rack-scale systems")
    power_max: Num = field("W", "nameplate power at the rack inlet")
    power_typical: Num = field("W", "power under sustained full load at the rack inlet")
    power_idle: Num = field("W", "power when idle at the rack inlet")
    transient_ratio: Num = field("1", "short-time peak power over sustained power")
    liquid_share: Num = field("1", "largest share of heat the system can give to liquid; 0 for air-only machines")
    needs_liquid: Num = field("1", "1 for machines sold with liquid cooling only; missing: air will do", optional=True)
    mass: Num = field("kg", "populated mass")
    price: Num = field("USD", "purchase price, accelerators included")
    nics: Num = field("1", "scale-out network ports")
    nic_bandwidth: Num = field("B/s", "bandwidth of one scale-out port in one direction")
    cpus: Num = field("1", "host processors")
    embodied: Num = field("kgCO2e", "published cradle-to-gate footprint of the whole system", optional=True)


@record
class ServerRule:
    """How a generic server is made up when no system of an accelerator is catalogued; see `generic_system`."""

    accelerators: Num = field("1", "accelerators in the server")
    power_slope: Num = field("1", "nameplate power per watt of accelerator design power")
    power_base: Num = field("W", "nameplate power without accelerators")
    typical_share: Num = field("1", "power under sustained full load over nameplate")
    idle_share: Num = field("1", "idle power over power under sustained full load")
    transient_ratio: Num = field("1", "short-time peak power over sustained power")
    liquid_share: Num = field("1", "share of heat to liquid if the accelerator is liquid-cooled")
    rack_units: Num = field("1", "height in rack units")
    usable_units: Num = field("1", "rack units that servers may fill in one rack")
    mass: Num = field("kg", "populated mass")
    host_price: Num = field("USD", "price of everything but the accelerators")
    fastest_port: Num = field("B/s", "highest rate of one scale-out port")
    cpus: Num = field("1", "host processors")


@record
class Link:
    """A scale-up link technology, per accelerator and direction."""

    bandwidth: Num = field("B/s", "bandwidth of one accelerator in one direction")
    domain: Num = field("1", "accelerators in one domain", optional=True)
    links: Num = field("1", "links per accelerator", optional=True)
    latency: Num = field("s", "latency of one small-message step", optional=True)


@record
class SwitchAsic:
    """A switch chip. Bandwidth is the sum of all ports in one direction."""

    bandwidth: Num = field("B/s", "switching bandwidth in one direction")
    power: Num = field("W", "power of the chip", optional=True)
    latency: Num = field("s", "port-to-port latency", optional=True)
    price: Num = field("USD", "price of the chip", optional=True)


@record
class Switch:
    """A scale-out switch as bought. Text: family (`infiniband`, `ethernet`, `optical`), cooling."""

    ports: Num = field("1", "ports, each of `port_bandwidth`")
    port_bandwidth: Num = field("B/s", "bandwidth of one port in one direction")
    power_typical: Num = field("W", "power without pluggable optics, all ports in use", optional=True)
    power_max: Num = field("W", "nameplate power, optics included", optional=True)
    rack_units: Num = field("1", "height in rack units", optional=True)
    price: Num = field("USD", "purchase price", optional=True)


@record
class Nic:
    """A network interface."""

    bandwidth: Num = field("B/s", "bandwidth of one card in one direction")
    power: Num = field("W", "power of one card", optional=True)
    price: Num = field("USD", "price of one card", optional=True)


@record
class Optic:
    """An optical transceiver, or a cable sold by the piece.

    Text: kind (`optic`, `copper`, `active copper`, `fibre`).
    """

    bandwidth: Num = field("B/s", "bandwidth in one direction; missing for passive fibre", optional=True)
    reach: Num = field("m", "longest link", optional=True)
    power: Num = field("W", "power at one end", optional=True)
    price: Num = field("USD", "price of one transceiver, or of one cable with both ends", optional=True)


@record
class RackPart:
    """A piece of rack power or cooling hardware. Text: kind."""

    capacity: Num = field("W", "power it supplies or heat it takes away", optional=True)
    module_power: Num = field("W", "rating of one power supply in it", optional=True)
    efficiency: Num = field("1", "peak conversion efficiency", optional=True)
    rack_power: Num = field("W", "power of a rack built with it", optional=True)
    flow: Num = field("m^3/s", "coolant flow", optional=True)
    specific_flow: Num = field("m^3/J", "coolant flow per unit of heat", optional=True)
    approach: Num = field("K", "temperature difference between facility and technology loop", optional=True)
    voltage: Num = field("V", "bus voltage", optional=True)
    pulse_ratio: Num = field("1", "short-time load over rating", optional=True)
    mass: Num = field("kg", "mass it may carry", optional=True)
    price: Num = field("USD", "price", optional=True)
