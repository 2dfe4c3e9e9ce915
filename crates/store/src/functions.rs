//! What queries ask of a sealed request, as functions of SQL: so words stay
//! where they can be erased, and SQLite's own ideas of letters (small and
//! capital are the same in ASCII only) stay out.

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use yiwang_base::{CellBox, Personal, Purpose, Share, cell};
use yiwang_cases::{RequestWords, Sealed};

use crate::case_row::BLOCK_SHIFT;

/// Makes the functions known to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    // Whether words or address contain what is sought, given in small letters.
    connection.create_scalar_function("request_mentions", 2, flags, |context| {
        let sought = context.get_raw(1).as_str().map_err(failed)?;
        let request = request(context)?;
        Ok(request.is_some_and(|words| words.disclose(Purpose::Record).mention(sought)))
    })?;
    // How much of a block lies in the rectangle with these ends: 0 nothing, 1 some, 2 all.
    connection.create_scalar_function("block_share", 3, flags, |context| {
        Ok(
            match rectangle(context)?.share_of(context.get(0)?, BLOCK_SHIFT) {
                Share::Nothing => 0,
                Share::Part => 1,
                Share::All => 2,
            },
        )
    })?;
    // Whether a cell lies in the rectangle with these ends.
    connection.create_scalar_function("cell_within", 3, flags, |context| {
        let cell: Option<i64> = context.get(0)?;
        let rectangle = rectangle(context)?;
        Ok(cell.is_some_and(|cell| rectangle.holds(cell)))
    })?;
    // The cell that the request's point lies in, if it has one.
    connection.create_scalar_function("request_cell", 1, flags, |context| {
        let request = request(context)?;
        let place = request.map(|words| words.disclose(Purpose::Record).place.point);
        Ok(place.flatten().map(cell))
    })
}

/// A rectangle by its ends, the second and third argument.
fn rectangle(context: &Context<'_>) -> rusqlite::Result<CellBox> {
    Ok(CellBox::of_ends(context.get(1)?, context.get(2)?))
}

fn request(context: &Context<'_>) -> rusqlite::Result<Option<Personal<RequestWords>>> {
    let sealed = context.get_raw(0).as_blob().map_err(failed)?;
    Ok(match serde_json::from_slice(sealed).map_err(failed)? {
        Sealed::Request(words) => Some(words),
        Sealed::Note(_) | Sealed::File(_) | Sealed::Joiner(_) => None,
    })
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(Box::new(error))
}
