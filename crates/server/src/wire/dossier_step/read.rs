//! From the fields of a body to what the room knows.

use jiff::civil::Date;
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode,
};
use yiwang_cases::civic::{DossierId, appraisal, dispute, topic};

use super::{DisputePartyBody, PublicText, ScopeBody, WeightsBody, Word};
use crate::http::read_code;

/// Reads a field of a body as what the room knows.
pub(super) trait Read<D> {
    fn read(self, at: &str) -> Result<D, Refusal>;
}

macro_rules! as_it_is {
    ($($type:ty),*) => {$(
        impl Read<$type> for $type {
            fn read(self, _: &str) -> Result<$type, Refusal> {
                Ok(self)
            }
        }
    )*};
}
as_it_is!(String, bool, u32, u64);

macro_rules! codes {
    ($($type:ty),*) => {$(
        impl Read<$type> for String {
            fn read(self, at: &str) -> Result<$type, Refusal> {
                read_code(&self, at)
            }
        }
    )*};
}
codes!(AreaCode, UnitCode, CategoryCode);

impl Read<Personal<String>> for String {
    fn read(self, _: &str) -> Result<Personal<String>, Refusal> {
        Ok(Personal::new(self))
    }
}

/// A number of the record, a day or an instant.
fn parsed<T: std::str::FromStr>(text: &str, at: &str, example: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "field.invalid",
            format!("格式不对，应如 {example}"),
            format!("this cannot be read; write it like {example}"),
        )
        .at(at)
        .found(text)
        .allowing([example])
    })
}

macro_rules! parsed {
    ($($type:ty, $example:literal;)*) => {$(
        impl Read<$type> for String {
            fn read(self, at: &str) -> Result<$type, Refusal> {
                parsed(&self, at, $example)
            }
        }
    )*};
}
parsed! {
    CaseId, "C1024";
    DossierId, "D12";
    Date, "2026-03-31";
    Timestamp, "2026-03-31T10:00:00Z";
}

impl<T> Read<T> for Word<T> {
    fn read(self, _: &str) -> Result<T, Refusal> {
        Ok(self.0)
    }
}

impl Read<LocalText> for PublicText {
    fn read(self, _: &str) -> Result<LocalText, Refusal> {
        let en = self.en.filter(|en| !en.trim().is_empty());
        Ok(match en {
            Some(en) => LocalText::new(self.zh, en),
            None => LocalText::same(self.zh),
        })
    }
}

impl Read<topic::Scope> for ScopeBody {
    fn read(self, at: &str) -> Result<topic::Scope, Refusal> {
        Ok(topic::Scope {
            areas: self.areas.read(&format!("{at}.areas"))?,
            cases: self.cases.read(&format!("{at}.cases"))?,
            categories: self.categories.read(&format!("{at}.categories"))?,
        })
    }
}

impl Read<dispute::Party> for DisputePartyBody {
    fn read(self, at: &str) -> Result<dispute::Party, Refusal> {
        Ok(dispute::Party {
            name: self.name.read(at)?,
            phone: self.phone.read(at)?,
            statement: self.statement.read(at)?,
        })
    }
}

impl<D, W: Read<D> + MaybeEmpty> Read<Option<D>> for Option<W> {
    fn read(self, at: &str) -> Result<Option<D>, Refusal> {
        let given = self.filter(|value| !value.is_nothing());
        given.map(|value| value.read(at)).transpose()
    }
}

impl<D, W: Read<D>> Read<Vec<D>> for Vec<W> {
    fn read(self, at: &str) -> Result<Vec<D>, Refusal> {
        let values = self.into_iter().enumerate();
        values
            .map(|(n, value)| value.read(&format!("{at}[{n}]")))
            .collect()
    }
}

/// An empty text in an optional field counts as absent.
pub(super) trait MaybeEmpty {
    fn is_nothing(&self) -> bool {
        false
    }
}
impl MaybeEmpty for String {
    fn is_nothing(&self) -> bool {
        self.trim().is_empty()
    }
}
impl MaybeEmpty for u32 {}
impl MaybeEmpty for WeightsBody {}

impl Read<appraisal::Weights> for WeightsBody {
    fn read(self, _: &str) -> Result<appraisal::Weights, Refusal> {
        Ok(appraisal::Weights {
            check_in: self.check_in,
            front_line_score: self.front_line_score,
            on_time: self.on_time,
            resolution: self.resolution,
            response: self.response,
            satisfaction: self.satisfaction,
            training: self.training,
        })
    }
}
