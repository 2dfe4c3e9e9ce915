"""aio-sensorthings against a server: python aio.py ROOT KEY."""

import asyncio
import sys

from aio_sensorthings import STAClient
from aio_sensorthings.ports.auth import CredentialHeader


class Key:
    """Gives the key of a program, in the form that the client asks for."""

    def __init__(self, key):
        self.key = key

    async def create_headers(self):
        return CredentialHeader({"Authorization": f"Bearer {self.key}"})

    async def close(self):
        return None


async def main(root, key):
    base = root.removesuffix("/v1.1")
    async with STAClient(base, auth_provider=Key(key)) as client:
        thing = {
            "name": "async",
            "description": "",
            "Locations": [
                {
                    "name": "p",
                    "description": "",
                    "encodingType": "application/vnd.geo+json",
                    "location": {"type": "Point", "coordinates": [116.4, 39.9]},
                }
            ],
        }
        made, body = await client.post("Things", thing)
        assert body["@iot.id"] == made, body
        await client.post("Things", {"name": "other", "description": ""})
        # Page by page.
        found = await client.get_all("Things", top=1)
        assert [t["name"] for t in found] == ["async", "other"], found
        await client.patch(f"Things({made})", {"name": "changed"})
        shown = await client.get(f"Things({made})", params={"$expand": "Locations"})
        assert shown["name"] == "changed", shown
        assert shown["Locations"][0]["name"] == "p", shown
    print("aio-sensorthings: passed")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
