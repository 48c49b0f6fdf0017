"""GitHub live at size: time of our own, memory, requests. python benchmarks/review_live.py [PULL_REQUESTS]

A server in a process of its own gives pull requests made of 120 patterns of a small organisation's life (four reviews
each on average, with their threads, comments and requests), fifty a page. What we wait for the server is not counted.
"""

from __future__ import annotations

import json
import multiprocessing
import re
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PAGE = 50
REVIEWS = 4


def patterns() -> list[str]:
    """Pull requests as JSON, with marks where number and time go in."""
    from connectors.review import github_queries as queries
    from tests.connectors.github_server import GitHubServer, _parsed, _Walk
    from tests.connectors.review.life import make_life

    life = make_life(seed=3, changes=120)
    server = GitHubServer(life)
    operation, fragments, *_ = _parsed(queries.LISTINGS["pull requests"].query)
    nodes: list[Any] = []
    after = None
    while True:
        values = {"owner": "acme", "name": "rocket", "first": PAGE, "after": after}
        data, _ = _Walk(server, fragments, values).run(operation)
        found = data["repository"]["pullRequests"]
        nodes += found["nodes"]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    nodes = [node for node in nodes if node["reviews"]["nodes"]]
    made = []
    for node in nodes:
        number = node["number"]
        text = json.dumps(node)
        text = text.replace(f'"number": {number}', '"number": @N@').replace(f"/pull/{number}", "/pull/@N@")
        text = re.sub(r'"oid": "([0-9a-f]{32})[0-9a-f]{8}"', r'"oid": "\g<1>@H@"', text)
        made.append(text)
    return made


def serve(pipe: Connection, number: int) -> None:
    """Answer until the other side is gone."""
    from tests.connectors.loopback import Asked, Loopback, Seen

    made = patterns()
    reviews = sum(text.count('"submittedAt"') for text in made)
    rate = '"rateLimit": {"cost": 1, "remaining": 4999, "resetAt": "2030-01-01T00:00:00Z"}'

    def answer(asked: Asked, seen: Seen, count: int) -> None:
        question = json.loads(seen.body)
        query, values = question["query"], question["variables"]
        if query.startswith("query Repository"):
            found = '"hasIssuesEnabled": false, "hasDiscussionsEnabled": false'
        else:
            start = int(values["after"] or 0)
            end = min(start + values["first"], number)
            nodes = ",".join(
                made[i % len(made)].replace("@N@", str(i + 1)).replace("@H@", f"{i + 1:08x}") for i in range(start, end)
            )
            info = f'"pageInfo": {{"hasNextPage": {"true" if end < number else "false"}, "endCursor": "{end}"}}'
            found = f'"pullRequests": {{"totalCount": {number}, {info}, "nodes": [{nodes}]}}'
        asked.reply(f'{{"data": {{{rate}, "repository": {{{found}}}}}}}'.encode())
        asked.server.seen.clear()

    with Loopback(answer) as server:
        pipe.send((server.url, reviews / len(made)))
        pipe.recv()


class _Waiting:
    """Seconds that we wait for the server."""

    seconds = 0.0
    requests = 0


def main() -> None:
    from connectors.http import Limits
    from connectors.review.github import GitHubConnector
    from influence.workspace import Workspace

    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, number), daemon=True)
    child.start()
    url, reviews = ours.recv()

    send = httpx.HTTPTransport.handle_request

    def timed(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        begun = time.perf_counter()
        answer = send(self, request)
        _Waiting.seconds += time.perf_counter() - begun
        _Waiting.requests += 1
        return answer

    httpx.HTTPTransport.handle_request = timed  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "w.duckdb")
        limits = Limits(per_second=1e6)
        connector = GitHubConnector("acme/rocket", base=f"{url}/graphql", token="x", limits=limits)
        begun, processor = time.perf_counter(), time.process_time()
        blocks: list[tuple[int, float]] = []
        committing = 0.0
        for checkpoint in connector.checkpoints():
            start = time.perf_counter()
            workspace.commit(checkpoint)
            committing += time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            blocks.append((checkpoint.harvest.counts["changes"], peak))
        whole, processor = time.perf_counter() - begun, time.process_time() - processor
    ours.send(None)
    least = -(-number // PAGE)
    quarter = blocks[len(blocks) // 4][1]
    print(f"pull requests {number:,}, reviews {reviews * number:,.0f}, checkpoints {len(blocks)}")
    print(f"whole {whole:.1f} s, waiting {_Waiting.seconds:.1f} s, own {whole - _Waiting.seconds:.1f} s")
    print(f"processor {processor:.1f} s, of the own time committing {committing:.1f} s")
    print(f"requests {_Waiting.requests:,}, least possible {least:,}: {_Waiting.requests / least:.3f}")
    print(f"memory: {quarter:.0f} MB after a quarter, {blocks[-1][1]:.0f} MB at the end")


if __name__ == "__main__":
    main()
