//! Canonical JSON (RFC 8785): one value, one sequence of bytes.
//!
//! Nearly every entry is already canonical as `serde_json` writes it: keys in
//! order, whole numbers, no spaces. So it is written once by `serde_json` under
//! a formatter that watches; only when it saw keys out of order or a fraction
//! does `serde_json_canonicalizer` (several times slower) write it again.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::Error;

/// Largest whole number every JSON reader keeps exactly (RFC 7493 §2.2).
const MAX_SAFE: u64 = (1 << 53) - 1;

/// Serialises `value` as RFC 8785 canonical JSON.
///
/// # Errors
/// [`Error::UnsafeNumber`] for a number beyond ±(2^53−1), [`Error::NotAnEntry`]
/// for a value JSON cannot hold.
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(512);
    let mut watch = Watch::default();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, &mut watch);
    value
        .serialize(&mut serializer)
        .map_err(|e| Error::NotAnEntry(e.to_string()))?;
    if let Some(found) = watch.unsafe_number {
        return Err(Error::UnsafeNumber { found });
    }
    if watch.rewrite {
        return serde_json_canonicalizer::to_vec(&value)
            .map_err(|e| Error::NotAnEntry(e.to_string()));
    }
    Ok(bytes)
}

/// Compact output that remembers whether it may differ from RFC 8785.
#[derive(Default)]
struct Watch {
    rewrite: bool,
    unsafe_number: Option<String>,
    in_key: bool,
    key: Vec<u8>,
    /// Last key of each open object; `None` before its first.
    last: Vec<Option<Vec<u8>>>,
}

impl Watch {
    fn note(&mut self, magnitude: u128, value: impl ToString) {
        if magnitude > u128::from(MAX_SAFE) {
            self.unsafe_number = Some(value.to_string());
        }
    }

    fn fraction<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        if value.abs() > MAX_SAFE as f64 {
            self.unsafe_number = Some(value.to_string());
        }
        self.rewrite = true;
        write!(writer, "{value}")
    }
}

impl Formatter for &mut Watch {
    fn write_i64<W: ?Sized + Write>(&mut self, w: &mut W, value: i64) -> io::Result<()> {
        self.note(value.unsigned_abs().into(), value);
        CompactFormatter.write_i64(w, value)
    }

    fn write_u64<W: ?Sized + Write>(&mut self, w: &mut W, value: u64) -> io::Result<()> {
        self.note(value.into(), value);
        CompactFormatter.write_u64(w, value)
    }

    fn write_i128<W: ?Sized + Write>(&mut self, w: &mut W, value: i128) -> io::Result<()> {
        self.note(value.unsigned_abs(), value);
        CompactFormatter.write_i128(w, value)
    }

    fn write_u128<W: ?Sized + Write>(&mut self, w: &mut W, value: u128) -> io::Result<()> {
        self.note(value, value);
        CompactFormatter.write_u128(w, value)
    }

    fn write_f32<W: ?Sized + Write>(&mut self, w: &mut W, value: f32) -> io::Result<()> {
        self.fraction(w, value.into())
    }

    fn write_f64<W: ?Sized + Write>(&mut self, w: &mut W, value: f64) -> io::Result<()> {
        self.fraction(w, value)
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, w: &mut W, s: &str) -> io::Result<()> {
        if self.in_key {
            self.key.extend_from_slice(s.as_bytes());
        }
        w.write_all(s.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        // An escaped key sorts by what it means, not by how it is written.
        self.rewrite |= self.in_key;
        CompactFormatter.write_char_escape(writer, escape)
    }

    fn write_raw_fragment<W: ?Sized + Write>(&mut self, w: &mut W, s: &str) -> io::Result<()> {
        self.rewrite = true;
        w.write_all(s.as_bytes())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.last.push(None);
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.last.pop();
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.in_key = true;
        self.key.clear();
        if first { Ok(()) } else { w.write_all(b",") }
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        // RFC 8785 sorts by UTF-16 units, which is byte order only within ASCII.
        self.rewrite |= !self.key.is_ascii();
        if let Some(slot) = self.last.last_mut() {
            match slot {
                Some(last) => {
                    self.rewrite |= *last >= self.key;
                    std::mem::swap(last, &mut self.key);
                }
                None => *slot = Some(std::mem::take(&mut self.key)),
            }
        }
        Ok(())
    }
}
