//! Cursors: opaque to callers, a sort key and a case number to us.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use yiwang_base::{CaseId, Refusal, RefusalKind};
use yiwang_cases::PageStart;

/// A cursor for where a page begins.
pub(super) fn show(start: PageStart) -> String {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&start.key.to_be_bytes());
    bytes[8..].copy_from_slice(&start.id.0.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Where a page begins.
pub(super) fn read(cursor: &str) -> Result<PageStart, Refusal> {
    let wrong = || {
        Refusal::new(
            RefusalKind::Invalid,
            "cursor.invalid",
            "翻页标记无效，请从第一页重新开始",
            "the cursor is not valid; begin again with the first page",
        )
        .at("cursor")
        .found(cursor)
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let bytes: [u8; 16] = bytes.try_into().map_err(|_| wrong())?;
    let (key, id) = bytes.split_at(8);
    let number = |half: &[u8]| half.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    let id = number(id);
    if id > i64::MAX as u64 {
        return Err(wrong());
    }
    Ok(PageStart {
        key: number(key).cast_signed(),
        id: CaseId(id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nonsense_is_refused() {
        let start = PageStart {
            key: -5,
            id: CaseId(77),
        };
        assert_eq!(read(&show(start)), Ok(start));
        for cursor in ["", "x", "//////////////////////", "路"] {
            assert!(read(cursor).is_err(), "{cursor}");
        }
    }
}
