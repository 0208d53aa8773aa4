"""Every drawing parses, stays in its frame, keeps what it draws in proportion and lets no text become markup."""

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report import sample

from rackwright.report.svg.bands import draw_bands
from rackwright.report.svg.bars import draw_bars
from rackwright.report.svg.canvas import NARROW, WIDE, Drawing
from rackwright.report.svg.leadtime import draw_lead_times, spans_of
from rackwright.report.svg.pareto import draw_pareto, front_numbers
from rackwright.report.svg.rack import draw_racks, runs_of
from rackwright.report.svg.roofline import draw_roofline
from rackwright.report.svg.sankey import draw_sankey, nodes_of
from rackwright.report.svg.text import Box
from rackwright.report.svg.tornado import draw_tornado, ranked_bars
from rackwright.report.svg.treemap import draw_treemap, grouped_parts, squarify

SVG = "{http://www.w3.org/2000/svg}"
DRAWINGS = {
    "racks": lambda document, width: draw_racks(document["workloads"][0]["racks"], width),
    "sankey": lambda document, width: draw_sankey(document["workloads"][0]["power_flow"], width),
    "treemap": lambda document, width: draw_treemap(document["workloads"][0]["breakdowns"]["capex"], width),
    "bars": lambda document, width: draw_bars(document["workloads"][0]["breakdowns"]["decode"], width),
    "roofline": lambda document, width: draw_roofline(document["workloads"][0]["roofline"], width),
    "pareto": lambda document, width: draw_pareto(document["pareto"][0], width),
    "tornado": lambda document, width: draw_tornado(document["workloads"][0]["tornado"], width),
    "bands": lambda document, width: draw_bands(document["workloads"][0]["bands"], width),
    "leadtime": lambda document, width: draw_lead_times(
        document["workloads"][0]["breakdowns"]["steps"], document["workloads"][0]["breakdowns"]["lead_times"], width
    ),
}
HARSH = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, 1e308, -1e308, 5e-324, math.nan, math.inf, -math.inf]),
)


def check(text: str) -> ElementTree.Element:
    """Parse a drawing; fail if it lacks a name, or any mark is not finite or leaves the frame."""
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert (title.text or "").strip()
    assert (description.text or "").strip()
    _, _, width, height = (float(number) for number in root.get("viewBox", "").split())
    assert 0 < width <= WIDE
    assert 0 < height < 20_000
    for element in root.iter():
        for x, y in corners(element):
            assert math.isfinite(x)
            assert math.isfinite(y)
            assert -0.06 <= x <= width + 0.06, (element.tag, element.attrib)
            assert -0.06 <= y <= height + 0.06, (element.tag, element.attrib)
    return root


def corners(element: ElementTree.Element) -> list[tuple[float, float]]:
    """Return the extreme points of a mark."""

    def of(*names: str) -> list[float]:
        return [float(element.get(name, "nan")) for name in names]

    kind = element.tag.removeprefix(SVG)
    if kind == "rect":
        x, y, width, height = of("x", "y", "width", "height")
        assert width >= 0
        assert height >= 0
        return [(x, y), (x + width, y + height)]
    if kind == "circle":
        x, y, radius = of("cx", "cy", "r")
        return [(x - radius, y - radius), (x + radius, y + radius)]
    if kind == "line":
        return [tuple(of("x1", "y1")), tuple(of("x2", "y2"))]  # type: ignore[list-item]
    if kind in ("polyline", "polygon"):
        return [(float(x), float(y)) for x, y in (pair.split(",") for pair in element.get("points", "").split())]
    if kind == "path":
        return path_corners(element.get("d", ""))
    return [tuple(of("x", "y"))] if kind == "text" else []  # type: ignore[list-item]


def path_corners(path: str) -> list[tuple[float, float]]:
    """Return the points of a ribbon: M, C and C take pairs, V takes one y."""
    points = []
    for command, numbers in re.findall(r"([MCV])([^A-Z]*)", path.removesuffix("Z")):
        values = [float(found) for found in re.split("[ ,]", numbers)]
        points += [(0.0, values[0])] if command == "V" else list(zip(values[::2], values[1::2], strict=True))
    return points


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", DRAWINGS)
def test_the_sample_is_drawn(name: str, width: float) -> None:
    root = check(DRAWINGS[name](sample.sample_document(), width))
    assert len(list(root.iter())) > 10


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", DRAWINGS)
def test_hostile_text_stays_text(name: str, width: float) -> None:
    text = DRAWINGS[name](sample.twisted_document(numbers=(3.0, 5.0, 7.0)), width)
    tags = {element.tag.removeprefix(SVG) for element in check(text).iter()}
    assert tags <= {"svg", "title", "desc", "rect", "circle", "line", "polyline", "polygon", "path", "text"}
    assert "<script" not in text
    text.encode("utf-8")


@settings(max_examples=25, deadline=None)
@given(st.lists(HARSH, min_size=1, max_size=7), st.text(max_size=30), st.sampled_from([WIDE, NARROW]))
def test_no_number_and_no_text_breaks_a_drawing(numbers: list[float], text: str, width: float) -> None:
    document = sample.twisted_document(text, tuple(numbers))
    for draw in DRAWINGS.values():
        check(draw(document, width))


def test_empty_inputs_say_so() -> None:
    empty = sample.breakdown("Nothing", "USD", {})
    nothing = {"metric": "m", "label": "Cost", "unit": "USD", "base": math.nan, "bars": []}
    for text in (
        draw_racks([]),
        draw_sankey([]),
        draw_treemap(empty),
        draw_bars(empty),
        draw_bands([]),
        draw_tornado(nothing),  # type: ignore[arg-type]
        draw_lead_times(empty, empty),
        draw_pareto({"workload": "w", "objectives": [], "labels": [], "units": [], "points": []}),
        draw_roofline({"accelerator": "none", "peak": math.nan, "bandwidth": 0.0, "points": []}),
    ):
        check(text)


def test_two_like_drawings_have_identifiers_of_their_own() -> None:
    racks = sample.racks()
    assert draw_racks(racks, name="a") != draw_racks(racks, name="b")
    assert draw_racks(racks, name="a") == draw_racks(racks, name="a")


@given(st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=40), st.floats(10, 900), st.floats(10, 900))
def test_treemap_areas_are_in_proportion_and_fill_the_whole(values: list[float], width: float, height: float) -> None:
    frame = Box(3.0, 4.0, width, height)
    boxes = squarify(values, frame)
    assert len(boxes) == len(values)
    for value, box in zip(values, boxes, strict=True):
        assert box.width * box.height == pytest.approx(value / sum(values) * width * height, rel=1e-6, abs=1e-9)
        assert frame.x - 1e-6 <= box.x
        assert box.right <= frame.right + 1e-6
        assert frame.y - 1e-6 <= box.y
        assert box.bottom <= frame.bottom + 1e-6
    assert sum(box.width * box.height for box in boxes) == pytest.approx(width * height)


@given(st.lists(st.floats(1.0, 1e3), min_size=2, max_size=12))
def test_treemap_cells_do_not_overlap(values: list[float]) -> None:
    boxes = squarify(values, Box(0.0, 0.0, 400.0, 300.0))
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            shared = Box(one.x + 1e-6, one.y + 1e-6, one.width - 2e-6, one.height - 2e-6)
            assert shared.width <= 0 or shared.height <= 0 or not shared.touches(other)


def test_treemap_groups_keep_every_dollar() -> None:
    breakdown = sample.breakdowns(1.0)["capex"]
    groups = grouped_parts(breakdown)
    assert sum(sum(parts.values()) for parts in groups.values()) == pytest.approx(breakdown["total"])
    totals = [sum(parts.values()) for parts in groups.values()]
    assert totals == sorted(totals, reverse=True)


FLOWS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), st.floats(1.0, 1e6)), max_size=25)


@given(FLOWS)
def test_sankey_points_right_and_loses_no_watt(rows: list[tuple[str, str, float]]) -> None:
    flows = [{"source": source, "target": target, "value": value, "text": ""} for source, target, value in rows]
    nodes = nodes_of(flows)  # type: ignore[arg-type]
    for node in nodes.values():
        outward, inward = (sum(value for _, value in side) for side in (node.outward, node.inward))
        assert node.power == pytest.approx(max(outward, inward))
        for target, value in node.outward:
            assert nodes[target].layer > node.layer
            assert (node.name, value) in nodes[target].inward
    check(draw_sankey(flows))  # type: ignore[arg-type]


def test_sankey_ribbons_are_as_high_as_their_power() -> None:
    root = check(draw_sankey(sample.power_flow(1e6)))
    heights = {}
    for path in root.iter(f"{SVG}path"):
        tip = path.find(f"{SVG}title")
        numbers = [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", path.get("d", ""))]
        heights[tip.text] = numbers[-1] - numbers[1]  # type: ignore[union-attr]
    grid, die = heights["Grid to Substation: 1 MW"], heights["Accelerators to Compute die: 465 kW"]
    assert die / grid == pytest.approx(0.465, abs=0.01)


def test_rack_contents_stack_without_gaps() -> None:
    runs = runs_of(sample.racks()[0])
    assert [run.count for run in runs] == [4, 10, 9, 8, 4, 2, 11]
    assert all(upper.bottom == lower.top for lower, upper in zip(runs, runs[1:], strict=False))
    assert runs[-1].top == 48.0


def test_tornado_is_sorted_by_width() -> None:
    widths = [abs(bar["at_high"] - bar["at_low"]) for bar in ranked_bars(sample.tornado("m", "Cost", 1.0))]
    assert widths == sorted(widths, reverse=True)


def test_critical_path_steps_follow_each_other() -> None:
    parts = sample.breakdowns(1.0)
    path, beside = spans_of(parts["steps"], parts["lead_times"])
    assert all(later.start == earlier.end for earlier, later in zip(path, path[1:], strict=False))
    assert path[-1].end == pytest.approx(parts["steps"]["total"])
    assert all(span.start == 0.0 for span in beside)


def test_front_numbers_follow_the_first_objective() -> None:
    pareto = sample.pareto("w", sample.design("w", "serving", "m", "s", "texas"))
    numbers = front_numbers(pareto)
    ordered = sorted(numbers, key=lambda index: numbers[index])
    firsts = [pareto["points"][index]["values"][0] for index in ordered]
    assert firsts == sorted(firsts)
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))


def test_marks_beyond_the_frame_are_cut_at_it() -> None:
    drawing = Drawing((100.0, 50.0), "t", "d")
    drawing.rect(Box(-20.0, -20.0, 400.0, math.inf), "red")
    drawing.circle(1e9, math.nan, 5.0, "red")
    drawing.line((-1e300, 2.0), (math.inf, 3.0))
    drawing.text(90.0, 500.0, "a long text that cannot fit here")
    check(str(drawing))
