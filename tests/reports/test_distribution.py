"""The arithmetic that shares out the published totals."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.samples.national_2562 import shares
from reports.samples.national_2562.files import document
from reports.samples.national_2562.terms import histories, movements

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40)
TOTALS = st.integers(0, 10**12)


@given(TOTALS, WEIGHTS)
def test_shares_add_up_and_keep_to_their_quota(total, weights):
    """Wrong if a total was not given away whole, or somebody got more than the quota rounded up."""
    found = shares.largest_remainder(total, weights)
    whole = sum(weights) or len(weights)
    quotas = [total * weight for weight in weights] if any(weights) else [total] * len(weights)
    assert sum(found) == total
    for share, quota in zip(found, quotas, strict=True):
        assert quota // whole <= share <= -(-quota // whole)


@given(st.data())
def test_no_share_is_above_its_cap(data):
    """Wrong if a cap was broken, something was left over, or a full one starved the others."""
    caps = data.draw(WEIGHTS)
    weights = data.draw(st.lists(st.integers(0, 100), min_size=len(caps), max_size=len(caps)))
    total = data.draw(st.integers(0, sum(caps)))
    found = shares.spread(total, weights, caps)
    assert sum(found) == total
    assert all(0 <= share <= cap for share, cap in zip(found, caps, strict=True))
    weighted = [at for at, weight in enumerate(weights) if weight and caps[at]]
    if any(share for at, share in enumerate(found) if not weights[at]):
        assert all(found[at] == caps[at] for at in weighted)


@pytest.mark.parametrize("total", [-1, 7])
def test_what_does_not_fit_is_refused(total):
    """Wrong if a total that no caps can hold was cut short silently."""
    with pytest.raises(ValueError, match="does not fit"):
        shares.spread(total, [1, 1], [3, 3])
    with pytest.raises(ValueError, match="nobody"):
        shares.largest_remainder(1, [])


@given(st.data())
def test_a_table_has_the_sums_of_its_margins(data):
    """Wrong if rows or columns of a shared-out table missed their sums."""
    rows = data.draw(WEIGHTS)
    columns = shares.largest_remainder(sum(rows), data.draw(WEIGHTS))
    found = shares.table(rows, columns)
    assert [sum(row) for row in found] == rows
    assert [sum(column) for column in zip(*found, strict=True)] == columns
    assert all(cell >= 0 for row in found for cell in row)


def test_margins_that_disagree_are_refused():
    """Wrong if a table was made of sums that cannot both hold."""
    with pytest.raises(ValueError, match="add up"):
        shares.table([1, 2], [4])


@given(st.data())
def test_only_the_named_ones_fall(data):
    """Wrong if the earlier sum was missed, or a value fell that was not said to."""
    now = data.draw(WEIGHTS)
    fallers = frozenset(data.draw(st.sets(st.integers(0, len(now) - 1), min_size=1)))
    total = data.draw(st.integers(0, 2 * sum(now) + 10))
    found = shares.before(now, total, fallers)
    assert sum(found) == total
    assert all(value >= 0 for value in found)
    for at, (then, value) in enumerate(zip(found, now, strict=True)):
        assert then <= value or at in fallers


@given(st.integers(1, 60), st.data())
def test_everybody_lacks_something(count, data):
    """Wrong if the lacking were not as many as told, or somebody had everything."""
    lacking = data.draw(st.lists(st.integers(0, count), min_size=1, max_size=6))
    if sum(lacking) < count:
        with pytest.raises(ValueError, match="without something"):
            shares.arcs(count, lacking)
        return
    found = shares.arcs(count, lacking)
    assert [column.count(False) for column in zip(*found, strict=True)] == lacking
    assert not any(all(row) for row in found)


def test_a_fall_of_the_expired_is_terms_that_were_withdrawn():
    """Wrong if a falling series was made by anything but withdrawn terms."""
    told = {"expired_q1": 50, "renewed_q1": 20, "expired_q2": 44, "renewed_q2": 18,
            "expired_q3": 47, "renewed_q3": 19, "expired_q4": 47, "renewed_q4": 19}  # fmt: skip
    moves = movements(told)
    assert (moves[2].expired, moves[2].lost_open, moves[2].lost_renewed) == (0, 4, 2)
    assert (moves[3].expired, moves[3].renewed) == (3, 1)
    found = histories(told, 90, random.Random(1))
    assert len(found) == 90
    assert sum(len(one.doubles) for one in found) == 6
    for one in found:
        for earlier, later in zip(one.terms, one.terms[1:], strict=False):
            assert earlier.renewed_on == later.selected_on


def test_the_made_document_is_a_pdf(tmp_path):
    """Wrong if the files of the sample could not be opened."""
    from pypdfium2 import PdfDocument

    (tmp_path / "made.pdf").write_bytes(document("js02"))
    with PdfDocument(tmp_path / "made.pdf") as made:
        assert len(made) == 1
        assert "js02" in made[0].get_textpage().get_text_range()
