"""T1: the worked example, published totals, rates, dates and rows."""

from __future__ import annotations

from typing import Any

import pytest

from app.context import Context
from app.settings import change_setting
from app.statistics import (
    TOTAL,
    checks,
    compute,
    describe,
    trace,
)
from app.statistics.format import growth, rate, tenths
from models.dates import Period, parse_period
from models.mediation import (
    CasePrevented,
    JudicialConfirmation,
    MediationCase,
    MediationOrg,
)
from models.screening import DisputeLead
from tests.builders.statistics import (
    DECEMBER,
    NOVEMBER,
    VILLAGES,
    YEAR,
    case_row,
    org_rows,
    put,
    put_november,
    show,
    total,
)


@pytest.fixture
def november(station: Context) -> Context:
    """The station with the six cases of the acceptance example, C1 to C6."""
    put_november(station)
    return station


# ---- the worked example: November 2026, natural month ----


def test_example_by_conclusion(november: Context) -> None:
    cells = total(november, "T1", basis="办结")
    assert [cells[f"c{n}"] for n in range(1, 6)] == [5, 22, 4, 2, 23_350_000]
    assert show(november, "T1", TOTAL, "c5") == ["23.35"]
    assert [cells[f"c{n}"] for n in range(6, 12)] == [2, 0, 3, 0, 0, 0]
    assert [cells[f"c{n}"] for n in range(12, 20)] == [2, 1, 2, 0, 0, 1, 0, 1]
    one_each = {"c21", "c22", "c25", "c26", "c29"}  # 02, 03, 06, 07, 10
    assert {f"c{n}" for n in range(20, 38) if cells[f"c{n}"] == 1} == one_each
    assert sum(cells[f"c{n}"] for n in range(20, 38)) == 5
    assert (cells["labour"], cells["consumer"]) == (1, 0)
    assert (cells["c38"], cells["c39"], cells["c40"]) == (1, 3, 2)


def test_example_by_acceptance_keeps_settled_and_later_columns(november: Context) -> None:
    cells = total(november, "T1", basis="受理")
    assert (cells["c1"], cells["c3"], cells["c5"]) == (5, 4, 23_350_000)
    accepted = {one.root_id for one in trace(november, "T1", TOTAL, "c1", NOVEMBER, basis="受理")}
    settled = {one.root_id for one in trace(november, "T1", TOTAL, "c3", NOVEMBER, basis="受理")}
    assert len(accepted & settled) == 3  # C2, C3, C4
    assert (cells["c20"], cells["c38"], cells["c39"], cells["c40"]) == (1, 1, 3, 2)


def test_the_sheet_says_by_which_basis_it_counts(november: Context) -> None:
    for basis, word in (("concluded", "办结口径"), ("accepted", "受理口径")):
        result = compute(november, "T1", NOVEMBER, basis=basis)
        assert word in result.basis_note
        assert result.notes[0] == result.basis_note
        assert any(note.startswith("调解成功率 80.0%") and word in note for note in result.notes)


def test_example_balances(november: Context) -> None:
    cells = {code: row["now"] for code, row in compute(november, "T5", NOVEMBER).rows.items()}
    assert (cells["accepted"], cells["concluded"], cells["unfinished"]) == (5, 5, 1)
    assert [one for one in checks(november, NOVEMBER) if one.code == "E646"] == []
    assert show(november, "T5", "success_rate", "now") == ["80.0"]
    assert show(november, "T5", "mean_days", "now") == [format_of((5 + 7 + 15 + 20 + 18) / 5)]


def format_of(number: float) -> str:
    return f"{number:.1f}"


def test_a_change_after_the_month_moves_the_case_and_the_year(november: Context) -> None:
    before = total(november, "T1", YEAR)["c3"]
    with november.ledger.writing(november, "test", "test") as writer:
        (case,) = writer.select(MediationCase, dispute_type="07")
        settled = {"outcome": "1", "concluded_on": "2026-12-03", "agreement_form": "1", "agreement_amount": 0}
        writer.update(MediationCase, case["id"], settled)
    assert [total(november, "T1", period)["c1"] for period in (NOVEMBER, DECEMBER)] == [4, 1]
    assert total(november, "T1", DECEMBER)["c3"] == 1
    assert total(november, "T1", YEAR)["c3"] == before + 1


def test_rows_are_committees_or_villages_and_can_be_narrowed(november: Context) -> None:
    result = compute(november, "T1", NOVEMBER)
    assert list(result.row_labels.values()) == ["合计", "青石镇人民调解委员会", "青石村人民调解委员会"]
    by_label = {label: result.rows[row]["c1"] for row, label in result.row_labels.items()}
    assert by_label["青石镇人民调解委员会"] == 3
    villages = compute(november, "T1V", NOVEMBER)
    assert list(villages.row_labels.values()) == ["合计", "青石村", "白水村", "红岩村"]
    assert villages.rows[VILLAGES[0]]["c1"] == 5
    assert total(november, "T1", village="白水村")["c1"] == 0
    assert total(november, "T1", org="青石村人民调解委员会")["c1"] == 2
    assert len(trace(november, "T1", "青石村人民调解委员会", "c1", NOVEMBER)) == 2


def test_the_header_has_two_levels_and_each_column_its_unit() -> None:
    columns = {column.code: column for column in describe("T1").columns}
    assert [f"c{n}" for n in range(1, 48) if f"c{n}" not in columns] == []
    assert (columns["c17"].group, columns["c17"].label) == ("案件来源", "其中：公安机关")
    assert [columns[code].unit for code in ("c1", "c2", "c5", "c43a", "c44", "c44a")] == [
        "件", "人", "万元", "次", "件", "人",
    ]  # fmt: skip
    codes = [columns[f"c{n}"].where["dispute_type"] for n in range(20, 38)]
    assert codes == [*[f"{n:02}" for n in range(1, 18)], "99"]


# ---- published totals ----

TYPE_COUNTS = {
    "01": 160, "02": 278, "03": 67, "04": 44, "05": 31, "06": 76, "07": 18, "08": 28, "09": 4, "10": 8,
    "11": 5, "12": 1, "13": 2, "14": 4, "15": 55, "16": 33, "17": 1, "99": 54,
}  # fmt: skip
SOURCE_COUNTS = {"10": 455, "20": 378, "31": 6, "32": 6, "33": 12, "34": 6, "35": 6}


def test_a_city_bulletin_comes_out_on_the_basis_of_acceptance(station: Context) -> None:
    """受理 869, by 15 printed types and by source 455+378+36; settled 842, 96.9 %; 2873.80 万元."""
    types = [code for code, count in TYPE_COUNTS.items() for _ in range(count)]
    sources = [code for code, count in SOURCE_COUNTS.items() for _ in range(count)]
    put(station, MediationOrg, org_rows())
    rows = [
        case_row(
            number, dispute_type=kind, source=source, outcome="1" if number < 842 else "2",
            agreement_form=str(number % 2 + 1) if number < 842 else None,
            agreement_amount=3_413_064 if number < 841 else 3_413_176 if number == 841 else None,
        )
        for number, (kind, source) in enumerate(zip(types, sources, strict=True))
    ]  # fmt: skip
    put(station, MediationCase, rows)
    cells = total(station, "T1", basis="受理")
    assert cells["c1"] == 869
    printed = [cells[f"c{n}"] for n in (*range(20, 29), 34, 35, 36, 37)] + [
        cells["labour"],
        cells["consumer"],
    ]
    assert sorted(printed) == sorted((160, 278, 67, 44, 31, 76, 18, 28, 4, 13, 7, 55, 33, 1, 54))
    assert [cells["c12"], cells["c13"], cells["c14"]] == [455, 378, 36]
    assert show(station, "T1", TOTAL, "c3", "c5", basis="受理") == ["842", "2873.80"]
    assert show(station, "T5", "success_rate", "now", basis="受理") == ["96.9"]
    assert not any(one.code == "E441" for one in checks(station, NOVEMBER, basis="受理"))


def test_the_year_of_the_district_comes_out_on_the_basis_of_screening(station: Context) -> None:
    """432 disputes, 418 settled, 96.8 %: each dispute once, whether a lead, a case, or both."""
    cases = [case_row(n, outcome="1" if n < 272 else "2", agreement_form="1") for n in range(282)]
    leads = [
        {"id": f"lead-{n}", "found_on": "2026-11-02", "case_id": f"case-{n:06}" if n < 100 else None,
         "resolved_on": "2026-11-05" if 100 <= n < 246 else None, "village_id": VILLAGES[0],
         "dispute_type": "02", "parties_text": "甲、乙", "brief": "排水"}
        for n in range(250)
    ]  # fmt: skip
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, cases)
    put(station, DisputeLead, leads)
    assert show(station, "YEAR", TOTAL, "disputes", "settled", "settled_rate", period=YEAR) == [
        "432",
        "418",
        "96.8",
    ]
    assert show(station, "T5", "success_rate", "now", period=YEAR, basis="排查") == ["96.8"]
    t3 = total(station, "T3")
    assert (t3["total"], t3["unsettled"]) == (432, 14)


# ---- rates ----


@pytest.mark.parametrize(
    ("top", "bottom", "shown"),
    [
        (0, 0, None), (1, 0, None), (0, 5, 0.0), (5, 5, 100.0), (842, 869, 96.9), (5894, 5935, 99.3),
        (418, 432, 96.8), (9999, 10000, 99.9), (1999, 2000, 99.9), (1, 8, 12.5), (1, 16, 6.3), (6, 5, None),
    ],
)  # fmt: skip
def test_a_rate_is_rounded_half_up_and_never_full_while_one_is_missing(
    top: int, bottom: int, shown: float | None
) -> None:
    assert rate(top, bottom) == shown


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [(5, 0, None), (0, 4, -100.0), (6, 4, 50.0), (4, 6, -33.3), (4, 4, 0.0), (9, 1, 800.0)],
)
def test_growth_is_measured_against_what_was(now: int, before: int, shown: float | None) -> None:
    assert growth(now, before) == shown


def test_halves_are_rounded_away_from_zero() -> None:
    assert [tenths(5, 1000), tenths(-5, 1000), tenths(25, 100, 1), tenths(35, 100, 1)] == [
        0.5,
        -0.5,
        0.3,
        0.4,
    ]


def test_a_rate_above_full_prints_a_dash_and_a_warning_names_the_basis(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [case_row(n, accepted_on="2026-10-20") for n in range(3)])
    put(station, MediationCase, [case_row(9)])
    assert show(station, "T5", "success_rate", "now", basis="受理") == ["—"]
    warned = [one for one in checks(station, NOVEMBER, basis="受理") if one.code == "W465"]
    assert warned
    assert all(
        "受理口径" in one.message and one.severity == "warning" for one in warned if "成功率" in one.message
    )
    assert any("调解成功率 —" in note for note in compute(station, "T1", NOVEMBER, basis="受理").notes)


def test_the_denominator_of_the_success_rate_is_a_setting(station: Context, fresh: Any) -> None:
    put(station, MediationOrg, org_rows())
    put(
        station,
        MediationCase,
        [case_row(1), case_row(2, outcome="2"), case_row(3, concluded_on=None, outcome=None)],
    )
    put(station, DisputeLead, [{"id": "lead-1", "found_on": "2026-11-01", "dispute_type": "02"}])
    shown = {}
    for basis in ("concluded", "accepted", "screened"):
        change_setting(station, "success_rate_basis", basis)
        shown[basis] = show(fresh(station), "T5", "success_rate", "now")[0]
    assert shown == {"concluded": "50.0", "accepted": "33.3", "screened": "25.0"}


def test_which_difficulties_count_as_complex_is_a_setting(station: Context, fresh: Any) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [case_row(n, difficulty=str(n)) for n in range(5)])
    assert total(station, "T1")["c4"] == 2
    change_setting(station, "difficult_codes", ["4"])
    assert total(fresh(station), "T1")["c4"] == 1


# ---- columns 40 to 47 by their own dates ----


def test_later_columns_go_by_their_own_dates(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    early = {"accepted_on": "2026-01-05", "concluded_on": "2026-01-20"}
    put(station, MediationCase, [
        case_row(1, **early, performed_on="2026-11-01"),
        case_row(2, **early, performance="5", sued_on="2026-11-02", court_result="upheld"),
        case_row(3, **early, performance="5", sued_on="2026-11-30", court_result="invalid"),
        case_row(4, **early),
    ])  # fmt: skip
    put(station, JudicialConfirmation, [
        {"id": "jc1", "parent_id": "case-000004", "applied_on": "2026-11-10", "result": "valid",
         "result_on": "2026-12-01"},
    ])  # fmt: skip
    put(station, CasePrevented, [
        {"id": "p1", "parent_id": "case-000004", "type": "2", "persons": 3, "on": "2026-11-05"},
        {"id": "p2", "parent_id": "case-000004", "type": "2", "persons": 12, "on": "2026-11-30"},
        {"id": "p3", "parent_id": "case-000004", "type": "3", "persons": 5, "on": None},
    ])  # fmt: skip
    cells = total(station, "T1")
    assert (cells["c1"], cells["c40"], cells["c41"], cells["c41a"], cells["c41c"]) == (0, 1, 2, 1, 1)
    assert (cells["c42"], cells["c42a"]) == (1, 0)
    assert total(station, "T1", DECEMBER)["c42a"] == 1
    assert (cells["c45"], cells["c45a"], cells["c46"]) == (2, 15, 0)
    assert total(station, "T1", parse_period("2026-01"))["c46a"] == 5  # undated: by the conclusion


def test_the_shifted_month_runs_from_the_26th(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [
        case_row(n, concluded_on=day)
        for n, day in enumerate(("2026-10-25", "2026-10-26", "2026-11-25", "2026-11-26"))
    ])  # fmt: skip
    assert total(station, "T1", Period(2026, 11, 1, 26))["c1"] == 2


def test_a_case_without_a_complete_date_is_in_no_month_and_is_named(station: Context) -> None:
    put(station, MediationOrg, org_rows())
    put(station, MediationCase, [case_row(1, concluded_on="~2026-11")])
    assert total(station, "T1", YEAR)["c1"] == 0
    assert "case-000001" in {one.record for one in checks(station, NOVEMBER) if one.code == "W640"}
