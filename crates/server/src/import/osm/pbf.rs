//! Reading a PBF file that may be damaged or made to do harm.

use std::fs::File;
use std::io::{BufReader, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use osmpbf::{BlobDecode, BlobReader, BlobType, ByteOffset, PrimitiveBlock};
use yiwang_base::{Refusal, RefusalKind};

/// The format's own limit of a block, bytes.
const LARGEST_BLOCK: u64 = 32 << 20;

/// What this program understands; a file that requires more is refused.
const UNDERSTOOD: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// Where a block of the file is.
#[derive(Debug, Clone, Copy)]
struct Place {
    number: usize,
    offset: u64,
    end: u64,
}

/// An extract whose frame of blocks is sound.
pub(super) struct Pbf {
    reader: BlobReader<BufReader<File>>,
    blocks: Vec<Place>,
    len: u64,
}

impl Pbf {
    /// Opens a file and checks its frame: block lengths, their sum, its header.
    pub(super) fn open(path: &Path) -> Result<Self, Refusal> {
        let unreadable = |e: std::io::Error| {
            let shown = path.display();
            Refusal::new(
                RefusalKind::Invalid,
                "import.unreadable",
                format!("无法读取文件 {shown}：{e}"),
                format!("cannot read the file {shown}: {e}"),
            )
        };
        let file = File::open(path).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        if !about.is_file() {
            return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
        }
        let len = about.len();
        let mut reader = BlobReader::new_seekable(BufReader::new(file))
            .map_err(|e| damaged(0, 0, &e.to_string()))?;
        let blocks = frame(&mut reader, len)?;
        let mut pbf = Self {
            reader,
            blocks,
            len,
        };
        pbf.check_header()?;
        Ok(pbf)
    }

    /// Length of the file, bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    fn check_header(&mut self) -> Result<(), Refusal> {
        let first = self.blocks.first().copied();
        let Some(place) = first else {
            return Err(not_osm("0 bytes"));
        };
        let features = guarded(place, || {
            let blob = self.reader.blob_from_offset(ByteOffset(place.offset));
            match blob.and_then(|b| b.to_headerblock()) {
                Ok(header) => Ok(header.required_features().to_vec()),
                Err(e) => Err(damaged(place.number, place.offset, &e.to_string())),
            }
        })?;
        match features.iter().find(|f| !UNDERSTOOD.contains(&f.as_str())) {
            None => Ok(()),
            Some(other) => Err(Refusal::new(
                RefusalKind::Invalid,
                "import.osm.feature",
                format!("文件要求功能 {other}，本程序不支持；请换用普通的 .osm.pbf 提取文件"),
                format!("the file requires the feature {other}, which is not supported; use a plain .osm.pbf extract"),
            )
            .at("block 1 (OSMHeader), required_features")
            .found(other)
            .allowing(UNDERSTOOD)),
        }
    }

    /// Hands over every block of data in turn, and says how many bytes are behind.
    pub(super) fn each_block(
        &mut self,
        each: &mut dyn FnMut(&PrimitiveBlock) -> Result<(), Refusal>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Refusal> {
        for place in self.blocks.clone() {
            guarded(place, || {
                let blob = self
                    .reader
                    .blob_from_offset(ByteOffset(place.offset))
                    .map_err(|e| damaged(place.number, place.offset, &e.to_string()))?;
                match blob.decode() {
                    Ok(BlobDecode::OsmData(block)) => each(&block),
                    Ok(_) => Ok(()),
                    Err(e) => Err(damaged(place.number, place.offset, &e.to_string())),
                }
            })?;
            progress(place.end, self.len);
        }
        Ok(())
    }
}

/// The decoder adds deltas without checking and takes unknown member types for
/// impossible, so it panics on some damaged blocks. The panic ends here: what
/// it touched is thrown away with the import.
fn guarded<T>(place: Place, work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let reason = "it holds numbers that no OpenStreetMap data has";
        Err(damaged(place.number, place.offset, reason))
    })
}

/// Walks from block to block without reading them.
fn frame(reader: &mut BlobReader<BufReader<File>>, len: u64) -> Result<Vec<Place>, Refusal> {
    let mut blocks: Vec<Place> = Vec::new();
    let mut offset = 0;
    while let Some(next) = reader.next_header_skip_blob() {
        let number = blocks.len() + 1;
        let (header, _) = next.map_err(|e| match number {
            1 => not_osm(&e.to_string()),
            _ => damaged(number, offset, &e.to_string()),
        })?;
        if number == 1 && header.blob_type() != BlobType::OsmHeader {
            return Err(not_osm(header.blob_type().as_str()));
        }
        let size = header.get_blob_size();
        // A negative size would lead backwards, for ever.
        if u64::try_from(size).map_or(true, |s| s > LARGEST_BLOCK) {
            return Err(
                damaged(number, offset, &format!("its size is {size} bytes"))
                    .allowing([format!("0 to {LARGEST_BLOCK} bytes")]),
            );
        }
        let end = reader
            .seek_raw(SeekFrom::Current(0))
            .map_err(|e| damaged(number, offset, &e.to_string()))?;
        if end > len {
            return Err(truncated(number, offset, end - len));
        }
        blocks.push(Place {
            number,
            offset,
            end,
        });
        offset = end;
    }
    if offset < len && !blocks.is_empty() {
        return Err(truncated(
            blocks.len() + 1,
            offset,
            4 - (len - offset).min(3),
        ));
    }
    if blocks.is_empty() {
        return Err(not_osm(&format!("{len} bytes")));
    }
    Ok(blocks)
}

fn place_name(number: usize, offset: u64) -> String {
    format!("block {number}, byte {offset}")
}

fn damaged(number: usize, offset: u64, reason: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "import.osm.damaged",
        format!("文件的第 {number} 块（字节 {offset} 处）已损坏：{reason}。请重新下载或重新导出该文件"),
        format!("block {number} of the file (at byte {offset}) is damaged: {reason}. Download or export the file again"),
    )
    .at(place_name(number, offset))
    .found(reason)
}

fn truncated(number: usize, offset: u64, missing: u64) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "import.osm.truncated",
        format!("文件不完整：第 {number} 块（字节 {offset} 处）还缺至少 {missing} 字节。请重新下载该文件"),
        format!("the file is cut short: block {number} (at byte {offset}) lacks at least {missing} bytes. Download the file again"),
    )
    .at(place_name(number, offset))
    .found(format!("{missing} bytes missing"))
}

fn not_osm(found: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "import.osm.not-pbf",
        "这不是 OpenStreetMap PBF 文件（.osm.pbf）：开头没有 OSMHeader 块",
        "this is not an OpenStreetMap PBF file (.osm.pbf): it does not begin with an OSMHeader block",
    )
    .at(place_name(1, 0))
    .found(found)
    .allowing(["OSMHeader"])
}
