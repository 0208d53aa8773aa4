"""Comparison with hourly weather and published PUE in the project's shared measurements."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from rackwright.catalogue.loader import load_table
from rackwright.site.cooling import strategies
from rackwright.site.epw import read_epw
from rackwright.site.psychrometrics import dew_point_from_humidity, pressure_at
from rackwright.site.records import SiteFacts
from rackwright.site.weather import climate_weather, weather_from_hours
from rackwright.site.year import LAWS, facility_year

SHARED = Path(__file__).parents[3] / "shared"
FACTS = load_table("site_facts", SiteFacts)
ZERO = 273.15
LITRES_PER_KWH = 3.6e9
DESIGNS = {
    "direct-evaporative": (27.0, 0.0),
    "chilled-water-tower": (25.0, 0.0),
    "air-chiller": (25.0, 0.0),
    "rear-door": (24.0, 0.0),
    "direct-to-chip-dry": (40.0, 0.85),
    "direct-to-chip-tower": (40.0, 0.85),
    "immersion": (40.0, 1.0),
}
CLIMATE_OF_REGION = {
    "ap-northeast-1": "tokyo-jp", "ap-southeast-2": "sydney-au", "eu-central-1": "frankfurt-de",
    "eu-west-1": "dublin-ie", "me-central-1": "abu-dhabi-ae", "sa-east-1": "sao-paulo-br", "us-east-1": "sterling-va",
    "us-east-2": "columbus-oh", "us-west-1": "san-jose-ca", "asia-east1": "taipei-tw", "europe-north1": "helsinki-fi",
    "us-central1": "council-bluffs-ia", "us-east4": "sterling-va", "us-east5": "columbus-oh",
    "us-west1": "the-dalles-or", "centralus": "council-bluffs-ia", "eastus": "sterling-va", "eastus2": "sterling-va",
    "swedencentral": "stockholm-se", "westcentralus": "cheyenne-wy", "westus": "moses-lake-wa",
    "westus3": "phoenix-az", "australiaeast": "sydney-au", "australiasoutheast": "melbourne-au",
}  # fmt: skip

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared measurements are not here"),
]


def measured_weather(row):
    path = SHARED / "weather" / row["file"]
    if path.name.endswith(".epw.gz"):
        return read_epw(path)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        hours = np.array([(float(r["dry_bulb_c"]), float(r["rh_pct"])) for r in csv.DictReader(stream)])
    dry = hours[:, 0] + ZERO
    dew = dew_point_from_humidity(dry, np.clip(hours[:, 1] / 100.0, 0.01, 1.0))
    return weather_from_hours(dry, dew, pressure_at(float(row["elev_m"])))


def test_hours_from_normals_give_the_pue_of_measured_hours():
    with (SHARED / "weather" / "index.csv").open(encoding="utf-8") as stream:
        places = list(csv.DictReader(stream))
    facts = FACTS.one("rack-battery")
    gaps = []
    for row in places:
        pair = [measured_weather(row), climate_weather(row["site_id"])]
        for cooling, (supply, share) in DESIGNS.items():
            real, synthetic = (facility_year(weather, cooling, supply + ZERO, share, facts) for weather in pair)
            gaps.append((synthetic.parts.total - real.parts.total, (synthetic.water - real.water) * LITRES_PER_KWH))
    pue, water = np.abs(np.array(gaps, dtype=float)).T
    # Measured: mean 0.0014, 221 of 224 within 0.01, largest 0.0122 (air chillers in San Jose, Santiago, Sao Paulo).
    assert len(gaps) == len(places) * len(DESIGNS)
    assert pue.mean() < 0.002
    assert (pue < 0.01).mean() > 0.98
    assert pue.max() < 0.013
    assert water.max() < 0.06


def pue_at(year, load):
    return 1.0 + float(sum(getattr(year, law) * load**power for power, law in enumerate(LAWS))) / load


def test_published_pue_lies_between_the_leanest_and_the_heaviest_design():
    # A sanity test, not a claim of accuracy: the envelope is about 0.3 wide.
    with (SHARED / "measured" / "facility_pue_wue_public.csv").open(encoding="utf-8") as stream:
        regions = [row for row in csv.DictReader(stream) if row["pue"] and row["region"] in CLIMATE_OF_REGION]
    assert set(strategies()) == set(DESIGNS)
    inside = []
    for row in regions:
        weather = climate_weather(CLIMATE_OF_REGION[row["region"]])
        lean, heavy = (
            [facility_year(weather, c, s + ZERO, share, FACTS.one(chain)) for c, (s, share) in DESIGNS.items()]
            for chain in ("rack-battery", "double-conversion-2n")
        )
        low = min(pue_at(year, 1.0) for year in lean)
        high = max(pue_at(year, 0.5) for year in heavy)
        inside.append(low <= float(row["pue"]) <= high)
    assert len(inside) >= 50
    assert np.mean(inside) >= 0.8
