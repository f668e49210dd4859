"""How the county's year is dealt out: every column adds up, whatever the seed."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from app.demo.places import stations
from app.demo.quotas import district_quotas, split
from app.demo.texts import told


@pytest.mark.parametrize(
    ("total", "weights", "least"),
    [
        (0, [1.0], 0),
        (1, [1.0, 1.0, 1.0], 0),
        (100, [3.0, 1.0], 10),
        (7, [0.1] * 7, 1),
        (32000, [1.5, 2.5, 0.4], 1),
    ],
)
def test_shares_add_up_and_none_is_below_the_least(total: int, weights: list[float], least: int) -> None:
    shares = split(total, weights, least)
    assert sum(shares) == total
    assert min(shares) >= least


def test_a_larger_weight_never_gets_less() -> None:
    assert split(100, [3.0, 2.0, 1.0]) == [50, 33, 17]


def test_a_total_too_small_for_the_least_shares_is_refused() -> None:
    with pytest.raises(ValueError, match="smaller"):
        split(2, [1.0, 1.0, 1.0], least=1)


@pytest.mark.parametrize("seed", [told("district")["seed"], 1, 2, 77])
def test_the_stations_together_have_what_the_county_comes_to(seed: int) -> None:
    quotas = district_quotas(seed)
    for name, total in told("district")["total"].items():
        assert sum(asdict(quota)[name] for quota in quotas) == total, name
    assert len(quotas) == len(stations()) == 15
    assert sum(quota.trip_villages for quota in quotas) == 23


@pytest.mark.parametrize("seed", [told("district")["seed"], 3])
def test_each_station_gets_what_can_happen_there(seed: int) -> None:
    for quota in district_quotas(seed):
        assert quota.settled <= quota.disputes
        assert quota.groups <= quota.major <= quota.settled
        assert (quota.helpers > 0) == (quota.groups > 0)
        assert quota.schools <= quota.lessons <= 2 * quota.schools


def test_fifteen_stations_have_thirty_two_villages_with_codes_of_their_own() -> None:
    codes = [village.code for place in stations() for village in place.villages]
    assert len(codes) == len(set(codes)) == 32
    assert all(len(code) == 12 for code in codes)
