#!/usr/bin/env python3
"""Checks a trail with a program that is not ours (PyPI aics-tlog).

    verify.py BASE --vkey KEY [--index N ...] [--all] [--old NOTE] [--receipt FILE ...]
              [--cookie COOKIE]

BASE is a directory or an http(s) address ending in /trail/. Checked are the
signature of the checkpoint, that the tiles lead to its root, the given entries
(their bytes and their inclusion), with --all every tile and entry, with --old
that the log only grew since that checkpoint, and receipts (tlog-proof files).
Prints what was checked; otherwise "refused: <why>" and ends with 1.
"""

import argparse
import base64
import sys
from pathlib import Path

from aics_tlog import (
    FileSystemTileReader,
    HttpTileReader,
    VerifiedTileReader,
    audit_tiles,
    consistency_proof_from_tiles,
    inclusion_proof_from_tiles,
    parse_note,
    parse_vkey,
    verify_checkpoint,
    verify_consistency,
    verify_leaf_inclusion,
)


class Refused(Exception):
    """The trail is not what it claims to be."""


def open_checkpoint(note: bytes, key, what: str):
    try:
        result = verify_checkpoint(parse_note(note), key, expected_origin=key.name)
    except ValueError as error:
        raise Refused(f"{what}: {error}") from None
    if not result.ok:
        raise Refused(f"{what}: {result.error}")
    return result.size, result.root


def read_checkpoint(reader, base: str) -> bytes:
    if isinstance(reader, HttpTileReader):
        return reader.read_checkpoint()
    return (Path(base) / "checkpoint").read_bytes()


def check_receipt(text: str, key, tiles) -> int:
    """A tlog-proof file against the entry the trail has at its index."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Refused("receipt: not a tlog-proof")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    if not lines or not lines[0].startswith("index "):
        raise Refused("receipt: no index")
    index = int(lines.pop(0).removeprefix("index "))
    proof = [base64.b64decode(line, validate=True) for line in lines]
    size, root = open_checkpoint(note.encode(), key, "receipt")
    if not verify_leaf_inclusion(tiles.entry(index), index, size, proof, root):
        raise Refused(f"receipt: entry {index} is not in the signed tree")
    return index


def check(args) -> None:
    try:
        key = parse_vkey(args.vkey)
    except ValueError as error:
        raise Refused(f"key: {error}") from None
    is_url = args.base.startswith(("http://", "https://"))
    # A server under test listens on this machine: no proxy may come between.
    reader = HttpTileReader(args.base, proxies={}) if is_url else FileSystemTileReader(args.base)
    if args.cookie and is_url:
        # The library has no word for headers; its version is pinned.
        reader._opener.addheaders.append(("Cookie", args.cookie))
    size, root = open_checkpoint(read_checkpoint(reader, args.base), key, "checkpoint")
    print(f"checkpoint: {size} entries, signed by {key.name}")

    tiles = VerifiedTileReader(reader, size, root)
    tiles.check_root()
    for index in args.index:
        if not 0 <= index < size:
            raise Refused(f"entry {index}: the tree has {size} entries")
        proof = inclusion_proof_from_tiles(tiles, index, size)
        if not verify_leaf_inclusion(tiles.entry(index), index, size, proof, root):
            raise Refused(f"entry {index}: not in the signed tree")
        print(f"entry {index}: included")
    if args.all:
        report = audit_tiles(reader, size, root)
        print(f"all: {report.tiles} tiles and {report.bundles} bundles lead to the root")
    for note in args.old:
        old_size, old_root = open_checkpoint(note.read_bytes(), key, "old checkpoint")
        if old_size > size:
            raise Refused(f"old checkpoint: had {old_size} entries, now there are {size}")
        proof = consistency_proof_from_tiles(tiles, old_size, size)
        if not verify_consistency(old_size, size, old_root, root, proof):
            raise Refused(f"old checkpoint: the first {old_size} entries are no longer the same")
        print(f"old checkpoint: {old_size} entries, unchanged since")
    for receipt in args.receipt:
        print(f"receipt: entry {check_receipt(receipt.read_text(), key, tiles)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("base", help="directory or http(s) address of the trail")
    parser.add_argument("--vkey", required=True, help="the log's public key, origin+hash+base64")
    parser.add_argument("--index", type=int, action="append", default=[], help="entry to prove")
    parser.add_argument("--all", action="store_true", help="read every tile and entry")
    parser.add_argument("--old", type=Path, action="append", default=[], help="earlier checkpoint")
    parser.add_argument("--receipt", type=Path, action="append", default=[], help="tlog-proof file")
    parser.add_argument("--cookie", help="of someone who may read entries, for an address")
    try:
        check(parser.parse_args())
    except (Refused, ValueError, OSError) as error:
        # Missing and false tiles come from the library as OSError and ValueError.
        print(f"refused: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
