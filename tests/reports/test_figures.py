"""The figures as public functions: the facts that they show, and that the same seed draws the same picture."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import figures, network

if TYPE_CHECKING:
    from influence.findings import Findings


def test_every_figure_is_svg_and_shows_names_as_text(organisation: Findings, hostile: Findings) -> None:
    for findings in (organisation, hostile):
        person = findings.table.iloc[0]["id"]
        drawn = [
            figures.network(findings), figures.power(findings), figures.coverage(findings), figures.ranks(findings),
            figures.trend(findings, person),
        ]  # fmt: skip
        for figure in drawn:
            assert {trace.type for trace in figure.data} <= {"scatter", "bar"}
            text = json.dumps(figure.to_plotly_json(), default=str)
            assert "<script" not in text
            assert "<img" not in text


def test_ranks_show_the_ranges(organisation: Findings) -> None:
    trace = figures.ranks(organisation, top=5).data[0]
    rows = organisation.table.head(5)
    assert list(trace.x) == list(rows["rank"])
    assert [x + e for x, e in zip(trace.x, trace.error_x.array, strict=True)] == list(rows["rank_high"])
    assert [x - e for x, e in zip(trace.x, trace.error_x.arrayminus, strict=True)] == list(rows["rank_low"])


def test_power_labels_people_and_leaves_the_others_unnamed(organisation: Findings) -> None:
    figure = figures.power(organisation)
    crowd, people = figure.data
    points = organisation.power()
    label = figures.labelled(points)
    assert sum(int(text.split(" ")[0]) for text in crowd.text) == int((~label).sum())
    assert list(people.customdata) == list(points.loc[label, "id"])
    assert not [text for text in crowd.text if any(person in text for person in points.loc[~label, "person"])]
    assert np.allclose(np.square(people.x), points.loc[label, "manages"])


def test_labels_in_one_column_are_few_and_those_named_come_first() -> None:
    points = pd.DataFrame({"manages": [0] * 30 + [5] * 3, "reach": range(33), "named": [i < 2 for i in range(33)]})
    label = figures.labelled(points.assign(label=True))
    assert label[points["manages"] == 0].sum() == 12
    assert label[points["named"]].all()
    assert label[points["manages"] > 0].all()


def test_coverage_without_a_chart_has_no_managers(organisation: Findings, unknown: Findings) -> None:
    assert [trace.name for trace in figures.coverage(organisation).data] == ["managers", "most followed"]
    assert [trace.name for trace in figures.coverage(unknown).data] == ["most followed"]


def test_trend_takes_a_name_or_an_id(organisation: Findings) -> None:
    row = organisation.table.iloc[0]
    by_id, by_name = figures.trend(organisation, row["id"]), figures.trend(organisation, row["person"])
    assert by_id == by_name
    assert sum(by_id.data[1].y) == row["reach"]


def test_figures_of_nothing_do_not_fail(nobody: Findings) -> None:
    for function in (figures.network, figures.power, figures.coverage, figures.ranks):
        function(nobody).to_json()


def test_the_same_seed_draws_the_same_picture(organisation: Findings) -> None:
    one, two = network.draw(organisation), network.draw(organisation)
    pd.testing.assert_frame_equal(one.nodes, two.nodes)
    pd.testing.assert_frame_equal(one.edges, two.edges)


def test_the_drawing_keeps_its_promises(organisation: Findings) -> None:
    drawn = network.draw(organisation, leaders=4, edges=30)
    assert set(drawn.nodes.loc[drawn.nodes["leader"], "id"]) == set(organisation.table["id"].head(4))
    assert len(drawn.edges) == 30
    assert drawn.total == len(
        network.pairs(organisation).query("leader in @ids", local_dict={"ids": list(organisation.table["id"].head(4))})
    )
    assert (drawn.edges.groupby("leader").size() >= 3).all()
    assert drawn.nodes[["x", "y"]].to_numpy().min() >= 0
    assert drawn.nodes[["x", "y"]].to_numpy().max() <= 1
    at = drawn.nodes[["x", "y"]].to_numpy()
    assert min(np.hypot(*(a - b)) for a, b in itertools.combinations(at, 2)) > 0.01


def test_surprise_is_the_disparity_filter() -> None:
    edges = pd.DataFrame({"follower": list("aab"), "leader": list("xyx"), "influence": [3.0, 1.0, 1.0]})
    # a: strength 4, degree 2; x: strength 4, degree 2; y and b have one edge each
    assert network.surprise(edges).tolist() == pytest.approx([0.25, 0.75, 0.75])


@given(st.lists(st.floats(0, 100), max_size=12), st.floats(0.5, 8))
def test_labels_do_not_touch_and_keep_their_order(wanted: list[float], gap: float) -> None:
    placed = figures.spread(wanted, gap)
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    steps = [placed[b] - placed[a] for a, b in itertools.pairwise(order)]
    assert all(step >= gap - 1e-6 for step in steps)
    if all(b - a >= gap for a, b in itertools.pairwise(sorted(wanted))):
        assert placed == pytest.approx(wanted)


@given(st.floats(0, 20_000))
def test_ticks_of_the_root_axis_start_at_nobody_and_end_inside(most: float) -> None:
    ticks = figures.root_ticks(most)
    assert ticks[0] == 0
    assert max(ticks) <= max(most, 0)
    assert len(ticks) <= 10
