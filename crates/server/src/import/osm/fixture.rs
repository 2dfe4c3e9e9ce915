//! A small extract, written byte by byte after the format's description
//! (<https://wiki.openstreetmap.org/wiki/PBF_Format>), so that tests need no file.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A protobuf message being written.
#[derive(Default)]
pub(super) struct Message(pub(super) Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(super) fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    pub(super) fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    fn packed(self, field: u64, values: impl IntoIterator<Item = u64>) -> Self {
        let mut inner = Self::default();
        values.into_iter().for_each(|v| inner.varint(v));
        self.bytes(field, &inner.0)
    }

    /// Differences from one value to the next, as the format stores them.
    fn deltas(self, field: u64, values: &[i64]) -> Self {
        let mut last = 0;
        let signed = values.iter().map(|v| {
            let delta = v - std::mem::replace(&mut last, *v);
            ((delta << 1) ^ (delta >> 63)) as u64
        });
        let signed: Vec<u64> = signed.collect();
        self.packed(field, signed)
    }
}

type TagList<'a> = &'a [(&'a str, &'a str)];

/// One block of data.
#[derive(Default)]
pub(super) struct Block {
    strings: Vec<String>,
    groups: Message,
}

impl Block {
    fn string(&mut self, text: &str) -> u64 {
        if self.strings.is_empty() {
            self.strings.push(String::new());
        }
        let known = self.strings.iter().position(|s| s == text);
        known.unwrap_or_else(|| {
            self.strings.push(text.to_owned());
            self.strings.len() - 1
        }) as u64
    }

    fn tagged(&mut self, id: i64, tags: TagList<'_>) -> Message {
        let keys: Vec<u64> = tags.iter().map(|(k, _)| self.string(k)).collect();
        let values: Vec<u64> = tags.iter().map(|(_, v)| self.string(v)).collect();
        Message::default()
            .number(1, id as u64)
            .packed(2, keys)
            .packed(3, values)
    }

    fn group(&mut self, field: u64, message: &Message) {
        let group = Message::default().bytes(field, &message.0);
        let groups = std::mem::take(&mut self.groups);
        self.groups = groups.bytes(2, &group.0);
    }

    /// Nodes without tags: number, longitude and latitude in 1e-7 degrees.
    pub(super) fn nodes(mut self, nodes: &[(i64, i64, i64)]) -> Self {
        let column = |f: fn(&(i64, i64, i64)) -> i64| nodes.iter().map(f).collect::<Vec<_>>();
        let dense = Message::default()
            .deltas(1, &column(|n| n.0))
            .deltas(8, &column(|n| n.2))
            .deltas(9, &column(|n| n.1));
        self.group(2, &dense);
        self
    }

    pub(super) fn node(mut self, id: i64, lon: i64, lat: i64, tags: TagList<'_>) -> Self {
        let zigzag = |v: i64| ((v << 1) ^ (v >> 63)) as u64;
        let node = self.tagged(zigzag(id) as i64, tags);
        let node = node.number(8, zigzag(lat)).number(9, zigzag(lon));
        self.group(1, &node);
        self
    }

    pub(super) fn way(mut self, id: i64, refs: &[i64], tags: TagList<'_>) -> Self {
        let way = self.tagged(id, tags).deltas(8, refs);
        self.group(3, &way);
        self
    }

    /// A relation of ways; `kind` 1 is a way, 0 a node, 2 a relation.
    pub(super) fn relation(mut self, id: i64, ways: &[i64], kind: u64, tags: TagList<'_>) -> Self {
        let outer = self.string("outer");
        let relation = self
            .tagged(id, tags)
            .packed(8, ways.iter().map(|_| outer))
            .deltas(9, ways)
            .packed(10, ways.iter().map(|_| kind));
        self.group(4, &relation);
        self
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.string("");
        let table = self
            .strings
            .iter()
            .fold(Message::default(), |m, s| m.bytes(1, s.as_bytes()));
        let mut out = Message::default().bytes(1, &table.0);
        out.0.extend(self.groups.0);
        out.0
    }
}

/// A block in its envelope, deflated.
pub(super) fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(content).unwrap();
    let body = Message::default()
        .number(2, content.len() as u64)
        .bytes(3, &zlib.finish().unwrap());
    envelope(kind, &body.0)
}

/// A block in its envelope, as it is.
pub(super) fn envelope(kind: &str, body: &[u8]) -> Vec<u8> {
    let header = Message::default()
        .bytes(1, kind.as_bytes())
        .number(3, body.len() as u64);
    let mut out = (header.0.len() as u32).to_be_bytes().to_vec();
    out.extend(header.0);
    out.extend(body);
    out
}

/// The block a file begins with.
pub(super) fn header(required: &[&str]) -> Vec<u8> {
    let block = required
        .iter()
        .fold(Message::default(), |m, f| m.bytes(4, f.as_bytes()));
    blob("OSMHeader", &block.0)
}

/// A file of these blocks of data.
pub(super) fn file(blocks: Vec<Block>) -> Vec<u8> {
    let mut out = header(&["OsmSchema-V0.6", "DenseNodes"]);
    for block in blocks {
        out.extend(blob("OSMData", &block.finish()));
    }
    out
}

/// A made-up quarter: a street, a lake with an island made of three ways, a
/// park, a house, a boundary, a school, and two relations that do not close.
pub(super) fn quarter() -> Vec<u8> {
    let (x, y) = (1_163_900_000, 399_000_000);
    let at = |id: i64, dx: i64, dy: i64| (id, x + dx * 10_000, y + dy * 10_000);
    let nodes = [
        // The lake's shore, and the island in it.
        at(1, 0, 0),
        at(2, 10, 0),
        at(3, 10, 10),
        at(4, 0, 10),
        at(5, 4, 4),
        at(6, 6, 4),
        at(7, 6, 6),
        // Street.
        at(10, -20, -5),
        at(11, 20, -5),
        // Park, with a house.
        at(20, 12, 0),
        at(21, 18, 0),
        at(22, 18, 6),
        at(23, 12, 6),
        at(24, 13, 1),
        at(25, 14, 1),
        at(26, 14, 2),
    ];
    let named: TagList<'_> = &[
        ("highway", "residential"),
        ("name", "杨树街"),
        ("name:en", "Poplar Street"),
    ];
    let ways = Block::default()
        .way(100, &[1, 2, 3], &[])
        .way(101, &[1, 4, 3], &[])
        .way(102, &[5, 6, 7, 5], &[])
        .way(103, &[10, 11], named)
        .way(
            104,
            &[20, 21, 22, 23, 20],
            &[("leisure", "park"), ("name", "杨树公园")],
        )
        .way(105, &[24, 25, 26, 24], &[("building", "yes")])
        .way(106, &[10, 1, 999], &[("highway", "footway")])
        .way(
            107,
            &[2, 20],
            &[("boundary", "administrative"), ("admin_level", "8")],
        );
    let lake: TagList<'_> = &[
        ("type", "multipolygon"),
        ("natural", "water"),
        ("name:zh", "镜湖"),
    ];
    let relations = Block::default()
        .relation(200, &[100, 101, 102], 1, lake)
        .relation(
            201,
            &[100],
            1,
            &[("type", "multipolygon"), ("landuse", "forest")],
        )
        .relation(
            202,
            &[100, 888],
            1,
            &[("type", "multipolygon"), ("natural", "wood")],
        )
        .relation(
            203,
            &[107, 103],
            1,
            &[
                ("type", "boundary"),
                ("boundary", "administrative"),
                ("admin_level", "6"),
            ],
        );
    let spots = Block::default().nodes(&nodes).node(
        30,
        x + 150_000,
        y + 30_000,
        &[("amenity", "school"), ("name", "杨树小学")],
    );
    file(vec![spots, ways, relations])
}
