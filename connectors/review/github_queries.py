"""What GitHub is asked, in GraphQL (https://docs.github.com/graphql).

A request may ask for 500,000 nodes and 100 of each connection; its price is a hundredth of the connections that it may
have to open (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api). The sizes
below ask for 660 nodes and 38 connections a pull request, so that fifty of them cost 19 points of the 5,000 an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_WHO = "fragment Who on Actor { __typename login ... on User { name } }"
_REVIEWER = "__typename ... on Actor { login } ... on User { name } ... on Team { combinedSlug }"
_SAID = "id author { ...Who } authorAssociation body createdAt url"
_LINE = f"nodes {{ {_SAID} pullRequestReview {{ id }} }}"
_EVENTS = (
    "nodes { __typename "
    f"... on ReviewRequestedEvent {{ id actor {{ ...Who }} createdAt requestedReviewer {{ {_REVIEWER} }} }} "
    f"... on ReviewRequestRemovedEvent {{ id actor {{ ...Who }} createdAt requestedReviewer {{ {_REVIEWER} }} }} "
    "... on HeadRefForcePushedEvent { id actor { ...Who } createdAt } "
    "... on MergedEvent { id actor { ...Who } createdAt commit { oid } } "
    "... on ClosedEvent { id actor { ...Who } createdAt } "
    "... on ReopenedEvent { id actor { ...Who } createdAt } "
    "... on AssignedEvent { id actor { ...Who } createdAt "
    "assignee { __typename ... on Actor { login } ... on User { name } } } }"
)
_TYPES = (
    "[REVIEW_REQUESTED_EVENT, REVIEW_REQUEST_REMOVED_EVENT, HEAD_REF_FORCE_PUSHED_EVENT, MERGED_EVENT, CLOSED_EVENT, "
    "REOPENED_EVENT, ASSIGNED_EVENT]"
)


@dataclass(frozen=True, slots=True)
class Connection:
    """A list inside of something.

    Attributes
    ----------
    of
        Type that has it.
    name
        Name of the field.
    first
        So many are asked for at first; where there are more, a hundred at a time.
    select
        What of it.
    arguments
        Further arguments.
    """

    of: str
    name: str
    first: int
    select: str
    arguments: str = ""

    def ask(self, first: str, after: str = "") -> str:
        """The field with its arguments and what is selected of it."""
        cursor = f", after: {after}" if after else ""
        return (
            f"{self.name}(first: {first}{cursor}{self.arguments}) "
            f"{{ pageInfo {{ hasNextPage endCursor }} {self.select} }}"
        )


THREAD_COMMENTS = Connection("PullRequestReviewThread", "comments", 10, _LINE)
REPLIES = Connection("DiscussionComment", "replies", 10, f"nodes {{ {_SAID} }}")
#: The lists in a pull request.
OF_PULLS = (
    Connection(
        "PullRequest",
        "commits",
        50,
        "nodes { commit { oid committedDate message author { name email user { login } } } }",
    ),
    Connection(
        "PullRequest", "reviews", 50, "nodes { id author { ...Who } authorAssociation state body submittedAt url }"
    ),
    Connection(
        "PullRequest",
        "reviewThreads",
        30,
        "nodes { id isOutdated isResolved subjectType path resolvedBy { login name } "
        f"{THREAD_COMMENTS.ask('10')} }}",
    ),
    Connection("PullRequest", "comments", 50, f"nodes {{ {_SAID} }}"),
    Connection("PullRequest", "timelineItems", 50, _EVENTS, f", itemTypes: {_TYPES}"),
    Connection("PullRequest", "reviewRequests", 20, f"nodes {{ asCodeOwner requestedReviewer {{ {_REVIEWER} }} }}"),
    Connection("PullRequest", "files", 100, "nodes { path }"),
    Connection("PullRequest", "closingIssuesReferences", 10, "nodes { number url }"),
)
OF_ISSUES = (Connection("Issue", "comments", 50, f"nodes {{ {_SAID} }}"),)
OF_DISCUSSIONS = (Connection("Discussion", "comments", 30, f"nodes {{ {_SAID} {REPLIES.ask('10')} }}"),)

_RATE = "rateLimit { cost remaining resetAt }"

REPOSITORY = (
    "query Repository($owner: String!, $name: String!) { "
    f"{_RATE} repository(owner: $owner, name: $name) {{ nameWithOwner hasIssuesEnabled hasDiscussionsEnabled }} }}"
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a repository: `field`, how it is ordered, how many a page, and the lists in what it lists."""

    field: str
    size: int
    scalars: str
    inner: tuple[Connection, ...]

    @property
    def query(self) -> str:
        """The query for a page of it."""
        inner = " ".join(one.ask(str(one.first)) for one in self.inner)
        return (
            "query List($owner: String!, $name: String!, $first: Int!, $after: String) { "
            f"{_RATE} repository(owner: $owner, name: $name) {{ "
            f"{self.field}(first: $first, after: $after, orderBy: {{ field: UPDATED_AT, direction: ASC }}) {{ "
            f"totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {self.scalars} {inner} }} }} }} }} {_WHO}"
        )


_COMMON = "id number title body url createdAt updatedAt author { ...Who } authorAssociation"
LISTINGS = {
    "pull requests": Listing(
        "pullRequests",
        50,
        f"{_COMMON} mergedAt mergedBy {{ ...Who }} closedAt mergeCommit {{ oid }} headRefName baseRefName "
        "isCrossRepository",
        OF_PULLS,
    ),
    "issues": Listing("issues", 100, _COMMON, OF_ISSUES),
    "discussions": Listing("discussions", 50, _COMMON, OF_DISCUSSIONS),
}


@dataclass(frozen=True, slots=True)
class More:
    """A further piece of a list: which, of what (its id), after which cursor ('': from the beginning)."""

    connection: Connection
    id: str
    after: str = ""


def more(wanted: Sequence[More]) -> tuple[str, dict[str, str]]:
    """The query for further pieces of lists, which are called ``n0``, ``n1`` ..., and its variables."""
    declared: list[str] = []
    asked: list[str] = []
    values: dict[str, str] = {}
    for number, one in enumerate(wanted):
        declared.append(f"$id{number}: ID!")
        values[f"id{number}"] = one.id
        after = ""
        if one.after:
            after = f"$after{number}"
            declared.append(f"{after}: String")
            values[f"after{number}"] = one.after
        piece = one.connection.ask("100", after)
        asked.append(f"n{number}: node(id: $id{number}) {{ ... on {one.connection.of} {{ {piece} }} }}")
    query = f"query More({', '.join(declared)}) {{ {_RATE} {' '.join(asked)} }}"
    return (f"{query} {_WHO}" if "...Who" in query else query), values
