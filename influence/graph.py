"""The follow graph: who follows whom, how much.

Inside, it is a sparse matrix and a list of person ids, because measures on millions of edges take seconds that way
and minutes as a graph of Python objects. Outside, it is a networkx graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from influence.errors import InputError

if TYPE_CHECKING:
    import networkx as nx

Places = npt.NDArray[np.int32]

#: What an edge of `multigraph` carries, besides its key ``kind:occasion``.
EDGE_ATTRIBUTES = ("kind", "occasion", "value", "influence", "counted", "signals", "weeks", "first", "last")


@dataclass(frozen=True, eq=False)
class FollowGraph:
    """A directed graph of n people; an edge points from the follower to the leader.

    Attributes
    ----------
    labels
        Person ids, shape (n,), dtype object.
    matrix
        CSR array of shape (n, n), float64: row = follower, column = leader, value = counted influence, > 0.
        Canonical (indices sorted, no duplicates), nothing on the diagonal.
    """

    labels: npt.NDArray[np.object_]
    matrix: sparse.csr_array

    @classmethod
    def from_edges(
        cls,
        followers: npt.ArrayLike | pd.Series,
        leaders: npt.ArrayLike | pd.Series,
        values: npt.ArrayLike | pd.Series,
        labels: npt.ArrayLike | None = None,
    ) -> FollowGraph:
        """Build the graph from m edges.

        The values of edges between the same two people are added up. Edges from a person to herself are dropped,
        and so are edges without value: they are no following.

        Parameters
        ----------
        followers, leaders
            Person ids, shape (m,). Columns of dtype category are taken as they are, which is fastest.
        values
            Counted influence of each edge, shape (m,), finite and not negative.
        labels
            The people, in the wanted order, when some of them may have no edge. Otherwise everybody who is on
            either side of an edge, sorted.

        Raises
        ------
        InputError
            When a value is negative or not a number, an id is missing, a label stands twice, or an edge names somebody
            who is not in `labels`.
        """
        amounts = np.asarray(values, dtype=np.float64)
        if not np.isfinite(amounts).all() or (amounts < 0).any():
            raise InputError(
                "a value of following is negative or not a finite number", "give values of 0 or more for every edge"
            )
        return cls.from_places(*encode(followers, leaders, labels), amounts)

    @classmethod
    def from_places(
        cls, rows: Places, columns: Places, labels: npt.NDArray[np.object_], values: npt.NDArray[np.float64]
    ) -> FollowGraph:
        """The same from places in `labels` as `encode` gives them, and values that are known to be 0 or more."""
        kept = (rows != columns) & (values > 0)
        if not kept.all():
            rows, columns, values = rows[kept], columns[kept], values[kept]
        size = len(labels)
        matrix = sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=(size, size)))
        matrix.sum_duplicates()
        return cls(labels, matrix)

    @property
    def people(self) -> int:
        """Number of people, with and without edges."""
        return len(self.labels)

    @property
    def edges(self) -> int:
        """Number of pairs of a follower and a leader."""
        return int(self.matrix.nnz)

    def to_networkx(self) -> nx.DiGraph:
        """The graph as networkx knows it: edges follower -> leader.

        An edge's `weight` is the summed counted influence; networkx's own functions take that attribute by default.
        """
        import networkx as nx

        graph = nx.DiGraph()
        names = self.labels.tolist()
        graph.add_nodes_from(names)
        edges = self.matrix.tocoo()
        graph.add_weighted_edges_from(
            (names[row], names[column], value)
            for row, column, value in zip(*(part.tolist() for part in (*edges.coords, edges.data)), strict=True)
        )
        return graph


def multigraph(edges: pd.DataFrame, people: pd.DataFrame) -> nx.MultiDiGraph:
    """A networkx graph with all that is known of each person and each edge.

    Parameters
    ----------
    edges
        One row per follower, leader, kind and occasion: columns `follower`, `leader` (person ids), `kind`, `occasion`,
        and those of `EDGE_ATTRIBUTES` that there are.
    people
        One row per person: `id`, and any of `person` (name), `class`, `title`, `identities`, `commits`, `first_seen`,
        `last_seen`, ...: every further column becomes an attribute of the node.

    Returns
    -------
    networkx.MultiDiGraph
        Edges point from the follower to the leader, one per kind and occasion, with the key ``kind:occasion`` and
        attributes

        - `kind`, `occasion`;
        - `value`: what this follower adds to the leader's v of that kind;
        - `influence`: the same on the scale of influence; only the `counted` ones are part of the leader's;
        - `counted` (bool): whether the occasion counts;
        - `signals` (int): acts seen; `weeks` (float): weeks with such an act, a week divided among co-authors;
        - `first`, `last`: times of the first and last act, ISO 8601, UTC.

        Values are plain Python values, times are text, and what is not known is left out, so that the graph can be
        written as GraphML or GEXF as it is. Somebody who stands in `edges` alone becomes a node with no attributes.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    for record in people.to_dict("records"):
        node = record.pop("id")
        graph.add_node(node, **_plain(record))
    wanted = [name for name in EDGE_ATTRIBUTES if name in edges.columns]
    for record in edges[["follower", "leader", *wanted]].to_dict("records"):
        follower, leader = record.pop("follower"), record.pop("leader")
        graph.add_edge(follower, leader, key=f"{record['kind']}:{record['occasion']}", **_plain(record))
    return graph


def encode(
    followers: npt.ArrayLike | pd.Series, leaders: npt.ArrayLike | pd.Series, labels: npt.ArrayLike | None = None
) -> tuple[Places, Places, npt.NDArray[np.object_]]:
    """Followers and leaders as places (shape (m,), int32) in the labels, which are given back third.

    Raises
    ------
    InputError
        As `FollowGraph.from_edges`.
    """
    rows, follower_ids = _factorize(followers)
    columns, leader_ids = _factorize(leaders)
    if labels is None:
        people = np.unique(np.concatenate([follower_ids, leader_ids]))
    else:
        people = np.asarray(labels, dtype=object)
    index = pd.Index(people, dtype=object)
    if not index.is_unique:
        raise InputError("a person stands twice among the labels", "give every person id once")
    return _place(index, rows, follower_ids), _place(index, columns, leader_ids), people


def _factorize(values: npt.ArrayLike | pd.Series) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """Ids as numbers: codes of shape (m,) into the distinct ids, dtype object."""
    column = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values, dtype=object), dtype=object)
    codes, distinct = pd.factorize(column)
    if len(codes) and codes.min() < 0:
        raise InputError("a person's id is missing in the follow edges", "fill in follower and leader of every row")
    return codes, np.asarray(distinct, dtype=object)


def _place(index: pd.Index, codes: npt.NDArray[np.intp], distinct: npt.NDArray[np.object_]) -> Places:
    places = index.get_indexer(pd.Index(distinct, dtype=object)).astype(np.int32)
    if len(places) and places.min() < 0:
        raise InputError(
            "an edge names a person who is not among the labels", "add every follower and leader to the labels"
        )
    placed: Places = places[codes]
    return placed


def _plain(record: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes as plain Python values; what is not known (None, NaN, NaT) is left out."""
    plain: dict[str, Any] = {}
    for name, value in record.items():
        if pd.api.types.is_list_like(value):
            plain[str(name)] = ", ".join(str(item) for item in value)
        elif not pd.isna(value):
            if isinstance(value, pd.Timestamp):
                value = value.isoformat()
            plain[str(name)] = value.item() if isinstance(value, np.generic) else value
    return plain
