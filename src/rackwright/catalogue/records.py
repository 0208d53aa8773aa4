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
    mass: Num = field("kg", "populated mass")
    price: Num = field("USD", "purchase price, accelerators included")
    nics: Num = field("1", "scale-out network ports")
    nic_bandwidth: Num = field("B/s", "bandwidth of one scale-out port in one direction")
    cpus: Num = field("1", "host processors")
    embodied: Num = field("kgCO2e", "published cradle-to-gate footprint of the whole system", optional=True)
