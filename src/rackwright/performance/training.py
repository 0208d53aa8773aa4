"""Training: the step, the memory, the run. The public face is `train`.

References
----------
[1] Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models, arXiv 2205.05198: MFU and HFU.
[2] Chowdhery et al., PaLM, arXiv 2204.02311, appendix B: model FLOPs utilisation.
"""

from __future__ import annotations

from rackwright.catalogue.records import Accelerator
from rackwright.fabric.records import Fabric
from rackwright.performance.goodput import goodput
from rackwright.performance.records import Mapping, Training
from rackwright.performance.roofline import peak_rate
from rackwright.performance.training_facts import Stack
from rackwright.performance.training_limits import training_limits
from rackwright.performance.training_memory import parameters, training_memory
from rackwright.performance.training_run import Run, accelerators
from rackwright.performance.training_step import training_step
from rackwright.workload.records import Architecture, Precision, TrainingJob


def train(
    architecture: Architecture,
    job: TrainingJob,
    precision: Precision,
    chip: Accelerator,
    fabric: Fabric,
    mapping: Mapping,
    stack: Stack,
) -> Training:
    """Estimate one training run, or a block of them.

    N        = tp pp cp dp                                                                                   (1)
    duration = tokens / (B s) T_step / goodput                                                               (2)
    MFU      = F_model / (T_step F_peak),   HFU = F_executed / (T_step F_peak)                        [1, 2] (3)
    interruptions = duration N lambda                                                                        (4)

    F_model counts 6 operations per active parameter and token and causal attention; F_executed also counts what is
    computed again and masked products that are computed all the same; F_peak is the dense rate of the compute format.

    Parameters
    ----------
    architecture : plain whole numbers
    job : tokens [1], sequence_length [1], global_batch [1] in sequences, deadline [s]
    precision : formats; `compute` is that of the matrix products, the rest stays in 16 bits
    chip, fabric, mapping : one, or a block (designs, 1)
    stack : training and efficiency facts

    Returns
    -------
    Numbers of the broadcast shape of the inputs. A layout that breaks a limit returns numbers and the broken limit;
    indivisible counts are rounded up, so that its time is that of the padded work.

    Raises
    ------
    UnsupportedModelError
        From the operators, for an architecture feature that is not modelled.
    """
    run = Run(architecture, job, precision, chip, fabric, mapping, stack)
    step, memory, count = training_step(run), training_memory(run), accelerators(mapping)
    step_time = step.parts.total
    fleet = goodput(parameters(architecture).total, count, step_time, stack.training)
    steps = job.tokens / (job.global_batch * job.sequence_length)
    duration = steps * step_time / fleet.share
    rate = stack.efficiency.operation / step_time
    peak = peak_rate(chip, precision.compute)
    return Training(
        accelerators=count,
        step=step.parts,
        step_time=step_time,
        duration=duration,
        goodput=fleet.share,
        interruptions=duration / fleet.time_between_failures,
        checkpoint_interval=fleet.interval,
        mfu=step.model_flops * rate / peak,
        hfu=step.executed_flops * rate / peak,
        flops=step.executed_flops * rate,
        memory_traffic=step.traffic * stack.efficiency.byte / step_time,
        memory=memory,
        limits=training_limits(run, memory.total, duration),
    )
