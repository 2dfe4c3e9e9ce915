"""OWSLib against a server: python features.py ROOT KEY.

The server has things in the west (116.25, 39.95) and one in the east
(116.75, 39.95), each with readings of one day.
"""

import sys

from owslib.ogcapi.features import Features


def pages(client, collection, **asked):
    """All features of a collection, page by page as the links say."""
    found = client.collection_items(collection, **asked)
    while True:
        yield from found["features"]
        following = [link for link in found["links"] if link["rel"] == "next"]
        if not following:
            return
        # The cursor is the server's own; all else is asked for again.
        cursor = following[0]["href"].split("cursor=")[1].split("&")[0]
        found = client.collection_items(collection, cursor=cursor, **asked)


def main(root, key):
    client = Features(root, headers={"Authorization": f"Bearer {key}"})
    conforms = client.conformance()["conformsTo"]
    assert any(one.endswith("/conf/geojson") for one in conforms), conforms
    definition = client.api()
    assert "/collections/{collection}/items" in definition["paths"], definition
    assert client.feature_collections() == ["things", "readings"]
    about = client.collection("readings")
    assert about["id"] == "readings" and about["extent"]["spatial"]["bbox"], about

    things = client.collection_items("things", limit=2)
    assert (things["numberReturned"], things["numberMatched"]) == (2, 4), things
    assert len(list(pages(client, "things", limit=2))) == 4
    west = list(pages(client, "things", bbox=[116.0, 39.9, 116.5, 40.0]))
    assert [one["id"] for one in west] == [1, 2, 3], west
    assert west[0]["geometry"]["type"] == "Point", west[0]
    assert west[0]["properties"]["datastreams"][0]["last"] == 1, west[0]

    hour = "2026-02-02T16:00:00Z/2026-02-02T17:00:00Z"
    asked = {"bbox": [116.5, 39.9, 117.0, 40.0], "datetime_": hour, "limit": 2}
    readings = list(pages(client, "readings", **asked))
    assert [one["properties"]["result"] for one in readings] == [4, 4, 4], readings
    one = client.collection_item("readings", str(readings[0]["id"]))
    assert one["properties"] == readings[0]["properties"], one
    assert one["geometry"]["coordinates"] == [116.75, 39.95], one
    print("OWSLib: passed")


if __name__ == "__main__":
    main(*sys.argv[1:])
