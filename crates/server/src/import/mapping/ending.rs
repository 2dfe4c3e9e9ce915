//! How a row says that its case ended, and what the resident said afterwards.

use std::collections::BTreeMap;

use yiwang_base::Personal;

use super::case::Fields;
use crate::import::rejects::Reject;
use crate::import::source_case::{Answer, Ending, Outcome, SourceTime};

/// Said where the source closed a case and gave no reason.
const NO_REASON: &str = "来源未写明结案原因 (the source gives no reason for closing)";
/// Said where the source did not take a case on and gave no reason.
const NO_NOTE: &str = "来源未写明不予受理的说明 (the source gives no words for declining)";

impl Fields<'_> {
    pub(super) fn outcome(&self, opened: &SourceTime) -> Result<Outcome, Reject> {
        let at = &self.layout.at;
        let time = self.time(at.closed, "closed", Some(opened.at))?;
        if let (Some(time), Some(place)) = (&time, at.closed)
            && time.at < opened.at
        {
            return Err(self.wrong(
                place,
                "row.closed-before-open",
                "结案早于上报",
                "it was closed before it was opened",
            ));
        }
        let said = |unsaid: &str| match self.maybe(at.reason) {
            "" => Personal::new(unsaid.to_owned()),
            reason => Personal::new(reason.to_owned()),
        };
        let (Some(place), Some(part)) = (at.outcome, &self.layout.mapping.outcome) else {
            return Ok(time.map_or(Outcome::Open, |at| {
                Outcome::Closed(Ending {
                    at,
                    note: said(NO_REASON),
                })
            }));
        };
        let value = self.get(place);
        if let Some(reason) = part.declined.get(value) {
            let ending = Ending {
                at: time.unwrap_or_else(|| opened.clone()),
                note: said(NO_NOTE),
            };
            return Ok(Outcome::Declined(*reason, ending));
        }
        if part.closed.iter().any(|word| word == value) {
            let Some(at) = time else {
                return Err(self.wrong(
                    at.closed.unwrap_or(place),
                    "row.closed-when",
                    "状态为已结案，却没有结案时间",
                    "it is said to be closed, but not when",
                ));
            };
            let note = said(NO_REASON);
            return Ok(Outcome::Closed(Ending { at, note }));
        }
        if part.open.iter().any(|word| word == value) {
            if let Some(closed) = at.closed.filter(|_| time.is_some()) {
                return Err(self.wrong(
                    closed,
                    "row.closed-when",
                    "状态为未结案，却有结案时间",
                    "it is said to be open, yet has a time of closing",
                ));
            }
            return Ok(Outcome::Open);
        }
        let known = part
            .closed
            .iter()
            .chain(&part.open)
            .chain(part.declined.keys());
        let what = (
            "对照文件里没有这个状态",
            "the mapping does not know this state",
        );
        Err(self.not_among(place, "row.outcome", what, known.map(String::as_str)))
    }

    pub(super) fn answer(&self, outcome: &Outcome) -> Result<Option<Answer>, Reject> {
        let at = &self.layout.at;
        let (Some(place), Some(part)) = (at.solved, &self.layout.mapping.call_back) else {
            return Ok(None);
        };
        let value = self.get(place);
        if value.is_empty() {
            return Ok(None);
        }
        let Outcome::Closed(ending) = outcome else {
            return Err(self.wrong(
                place,
                "row.call-back",
                "尚未结案，却有回访结果",
                "the resident was called back before it was closed",
            ));
        };
        let among = |words: &[String]| words.iter().any(|word| word == value);
        let solved = match (among(&part.yes), among(&part.no), among(&part.not_reached)) {
            (true, _, _) => Some(true),
            (_, true, _) => Some(false),
            (_, _, true) => None,
            _ => {
                let known = part.yes.iter().chain(&part.no).chain(&part.not_reached);
                let what = (
                    "对照文件里没有这个回访结果",
                    "the mapping does not know this answer",
                );
                return Err(self.not_among(
                    place,
                    "row.call-back",
                    what,
                    known.map(String::as_str),
                ));
            }
        };
        let asked = self.time(at.asked, "asked", Some(ending.at.at))?;
        if let (Some(time), Some(place)) = (&asked, at.asked)
            && time.at < ending.at.at
        {
            return Err(self.wrong(
                place,
                "row.order",
                "回访早于结案",
                "the resident was called back before it was closed",
            ));
        }
        Ok(Some(Answer {
            at: asked.unwrap_or_else(|| ending.at.clone()),
            satisfaction: match solved {
                Some(_) => self.satisfaction(&part.values)?,
                None => None,
            },
            solved,
        }))
    }

    fn satisfaction(&self, values: &BTreeMap<String, u8>) -> Result<Option<u8>, Reject> {
        let Some(place) = self.layout.at.satisfaction else {
            return Ok(None);
        };
        let value = self.get(place);
        if value.is_empty() {
            return Ok(None);
        }
        let number = || value.parse().ok().filter(|n| (1..=5).contains(n));
        let score = values.get(value).copied().or_else(number);
        score.map(Some).ok_or_else(|| {
            let what = (
                "不是 1 到 5 的满意度",
                "this is no satisfaction from 1 to 5",
            );
            self.not_among(
                place,
                "row.satisfaction",
                what,
                values.keys().map(String::as_str),
            )
        })
    }
}
