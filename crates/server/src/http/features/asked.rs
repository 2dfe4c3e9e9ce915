//! What of a collection is asked for.

use geo::{Geometry, Intersects as _, Rect, coord};
use yiwang_base::{Point, Refusal, RefusalKind, Timestamp};

use super::Collection;

/// Features in an answer, unless told, and at most.
const USUAL: usize = 10;
pub(super) const MOST: usize = 10_000;
/// Coordinates are those of the standard: WGS 84, longitude first.
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// What of a collection is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) limit: usize,
    /// Only features after this one.
    pub(super) after: Option<u64>,
    pub(super) bbox: Option<Bbox>,
    /// Not earlier than this, milliseconds since 1970-01-01 UTC.
    pub(super) from: i64,
    /// Earlier than this.
    pub(super) to: i64,
    pub(super) streams: Vec<u64>,
    pub(super) things: Vec<u64>,
    pub(super) properties: Vec<String>,
}

/// A box in degrees: west, south, east, north. Where its west lies east of its
/// east, it spans the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bbox([f64; 4]);

impl Bbox {
    fn read(text: &str) -> Option<Bbox> {
        let numbers: Vec<f64> = text
            .split(',')
            .map(|number| number.trim().parse().ok())
            .collect::<Option<_>>()?;
        let edges = match numbers.as_slice() {
            [west, south, east, north] | [west, south, _, east, north, _] => {
                [*west, *south, *east, *north]
            }
            _ => return None,
        };
        let [west, south, east, north] = edges;
        let good = [west, east].iter().all(|x| (-180.0..=180.0).contains(x))
            && [south, north].iter().all(|y| (-90.0..=90.0).contains(y))
            && south <= north;
        good.then_some(Bbox(edges))
    }

    fn parts(self) -> Vec<Rect> {
        let Bbox([west, south, east, north]) = self;
        let part = |west, east| Rect::new(coord! {x: west, y: south}, coord! {x: east, y: north});
        if west <= east {
            vec![part(west, east)]
        } else {
            vec![part(west, 180.0), part(-180.0, east)]
        }
    }

    pub(super) fn touches(self, shape: &Geometry) -> bool {
        self.parts().iter().any(|part| part.intersects(shape))
    }

    pub(super) fn holds(self, point: Point) -> bool {
        let point = Geometry::Point(geo::Point::new(point.lon(), point.lat()));
        self.touches(&point)
    }
}

fn wrong<S: Into<String>>(
    field: &str,
    found: &str,
    allowed: impl IntoIterator<Item = S>,
) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "query.malformed",
        "参数不对",
        "a parameter cannot be read",
    )
    .at(field)
    .found(found)
    .allowing(allowed)
}

impl Asked {
    /// Reads the parameters of the standard and those of a collection.
    pub(super) fn read(collection: Collection, query: &str) -> Result<Asked, Refusal> {
        let mut asked = Asked {
            limit: USUAL,
            after: None,
            bbox: None,
            from: i64::MIN,
            to: i64::MAX,
            streams: Vec::new(),
            things: Vec::new(),
            properties: Vec::new(),
        };
        let of_readings = collection == Collection::Readings;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let number = || value.parse().map_err(|_| wrong(&name, &value, ["1, 2, …"]));
            match name.as_ref() {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| *limit > 0);
                    let limit: usize =
                        limit.ok_or_else(|| wrong("limit", &value, [format!("1–{MOST}")]))?;
                    asked.limit = limit.min(MOST);
                }
                "cursor" => asked.after = Some(number()?),
                "bbox" => {
                    let read = Bbox::read(&value);
                    let bbox = read.ok_or_else(|| wrong("bbox", &value, ["116.2,39.8,116.5,40.0"]));
                    asked.bbox = Some(bbox?);
                }
                "bbox-crs" | "crs" if value == CRS84 => {}
                "bbox-crs" | "crs" => return Err(wrong(&name, &value, [CRS84])),
                "datetime" => (asked.from, asked.to) = interval(&value)?,
                "f" if ["json", "geojson"].contains(&value.as_ref()) => {}
                "f" => return Err(wrong("f", &value, ["json", "geojson"])),
                "stream" if of_readings => asked.streams.push(number()?),
                "thing" if of_readings => asked.things.push(number()?),
                "property" if of_readings => asked.properties.push(value.into_owned()),
                name => {
                    let common = ["limit", "bbox", "datetime", "cursor", "f"];
                    let own = ["stream", "thing", "property"];
                    let own = own.into_iter().filter(|_| of_readings);
                    return Err(wrong("query", name, common.into_iter().chain(own)));
                }
            }
        }
        Ok(asked)
    }
}

/// A time, or two with `/` between them, of which one may be `..` or left out.
fn interval(text: &str) -> Result<(i64, i64), Refusal> {
    let refuse = || {
        let allowed = [
            "2026-01-31T00:00:00Z",
            "2026-01-31T00:00:00Z/2026-02-01T00:00:00Z",
            "2026-01-31T00:00:00Z/..",
            "../2026-02-01T00:00:00Z",
        ];
        wrong("datetime", text, allowed)
    };
    let read = |text: &str| -> Result<Option<i64>, Refusal> {
        match text {
            "" | ".." => Ok(None),
            text => {
                let at: Timestamp = text.parse().map_err(|_| refuse())?;
                Ok(Some(at.as_millisecond()))
            }
        }
    };
    let (from, to) = match text.split_once('/') {
        Some((from, to)) => (read(from)?, read(to)?),
        None => {
            let at = read(text)?.ok_or_else(refuse)?;
            (Some(at), Some(at))
        }
    };
    let (from, to) = (from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX));
    if from > to {
        return Err(refuse());
    }
    // Both ends belong to it.
    Ok((from, to.saturating_add(1)))
}

/// The parameters of the next page.
pub(super) fn next_query(query: &str, after: u64) -> String {
    let mut next = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(query.as_bytes());
    for (name, value) in pairs.filter(|(name, _)| name != "cursor") {
        next.append_pair(&name, &value);
    }
    next.append_pair("cursor", &after.to_string());
    next.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_open_where_they_say_so_and_hold_both_ends() {
        for (text, expected) in [
            ("1970-01-01T00:00:01Z", Some((1000, 1001))),
            (
                "1970-01-01T00:00:01Z/1970-01-01T00:00:02Z",
                Some((1000, 2001)),
            ),
            ("1970-01-01T00:00:01Z/..", Some((1000, i64::MAX))),
            ("/1970-01-01T00:00:02Z", Some((i64::MIN, 2001))),
            ("../..", Some((i64::MIN, i64::MAX))),
            ("..", None),
            ("1970-01-01T00:00:02Z/1970-01-01T00:00:01Z", None),
            ("yesterday", None),
        ] {
            assert_eq!(interval(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_box_may_span_the_antimeridian_and_have_heights() {
        let holds = |text, lon, lat| {
            Bbox::read(text)
                .unwrap()
                .holds(Point::new(lon, lat).unwrap())
        };
        assert!(holds("170,-10,-170,10", 175.0, 0.0));
        assert!(holds("170,-10,-170,10", -175.0, 0.0));
        assert!(!holds("170,-10,-170,10", 0.0, 0.0));
        assert!(holds("116,39,0,117,40,100", 116.5, 39.5));
        for bad in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "0,10,1,9",
            "0,0,200,1",
            "a,b,c,d",
            "0,0,NaN,1",
        ] {
            assert_eq!(Bbox::read(bad), None, "{bad}");
        }
    }
}
