"""Feeds a dashboard: how many customers are in each state, kept up to date through restarts and broken connections.

python examples/dashboard.py 127.0.0.1:7420
"""

import asyncio
import collections
import sys
from typing import Dict

from gatehouse import Client, v1


async def feed(client: Client) -> None:
    states: Dict[str, v1.CustomerState] = {}
    watch = client.watch(snapshot=True, snapshot_on_history_lost=True)
    is_whole = False
    async for change in watch:
        if change.snapshot_begun is not None:
            states.clear()
            is_whole = False
        elif change.current is not None:
            states[change.current.id] = change.current.state
        elif change.event is not None and change.event.customer is not None:
            states[change.event.customer.id] = change.event.to
        is_whole = is_whole or change.snapshot_complete is not None
        if is_whole:
            counts = collections.Counter(state.name for state in states.values())
            print(f"revision {watch.position}, behind by {watch.behind_by}: {dict(counts)}", flush=True)


async def main() -> None:
    async with Client(sys.argv[1:]) as client:
        await feed(client)


if __name__ == "__main__":
    asyncio.run(main())
