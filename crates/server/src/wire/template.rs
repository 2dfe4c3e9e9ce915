//! How streets are organised: templates, what they would change, what was applied.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_cases::Unit;
use yiwang_cases::organization::{Part, Template, UnitChange};

use super::object::object;
use super::{NameBody, PartKindWord, Text, Time, UnclearRow, UnclearView, UnitEffectWord, Word};
use crate::organization::{Preview, Recorded, State};

/// How streets are organised (机构设置模板), such as “6+2”.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateBody {
    /// Its name.
    #[serde(deserialize_with = "object")]
    pub name: NameBody,
    /// Its parts, in the order in which they are shown.
    #[schema(min_items = 1, max_items = 40)]
    pub parts: Vec<TemplatePartBody>,
}

/// A part of a street's organisation, of which each street gets one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplatePartBody {
    /// What the codes of its units end in.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Its name, without that of the street.
    #[serde(deserialize_with = "object")]
    pub name: NameBody,
    /// Its sort.
    pub kind: PartKindWord,
    /// Codes of the categories that are its own in any case.
    #[serde(default)]
    pub duties: Vec<String>,
    /// Words of names of categories and their groups, by which it takes its share of
    /// what the street answers for, or nobody does.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub words: Vec<String>,
}

impl From<&Template> for TemplateBody {
    fn from(template: &Template) -> Self {
        let part = |part: &Part| TemplatePartBody {
            code: part.code.to_string(),
            name: NameBody::from(&part.name),
            kind: Word(part.kind),
            duties: part.duties.iter().map(ToString::to_string).collect(),
            words: part.words.clone(),
        };
        Self {
            name: NameBody::from(&template.name),
            parts: template.parts.iter().map(part).collect(),
        }
    }
}

/// What applying a template to a street would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplatePreview {
    /// To be sent when it is applied: another one means that something has changed.
    pub fingerprint: String,
    /// Units of parts in the template's order, then others of the street.
    pub changes: Vec<UnitChangeView>,
    /// Categories for which, within the street, nobody acts once it is applied, or several
    /// units at the same tier, one of them the street's own; gaps first.
    pub unclear: Vec<UnclearRow>,
    /// Codes of categories of the street that no part takes: they stay where they are.
    pub left: Vec<String>,
}

impl From<&Preview> for TemplatePreview {
    fn from(preview: &Preview) -> Self {
        let plan = &preview.plan;
        Self {
            fingerprint: preview.fingerprint.clone(),
            changes: plan.changes.iter().map(UnitChangeView::from).collect(),
            unclear: UnclearView::of(&plan.unclear).unclear,
            left: plan.left.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A unit before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitChangeView {
    /// Its code.
    pub unit: String,
    /// What becomes of it.
    pub effect: UnitEffectWord,
    /// Code of the part that it is; `null` for others of the street.
    #[schema(required)]
    pub part: Option<String>,
    /// As it was; `null` where it was not there.
    #[schema(required)]
    pub before: Option<UnitSide>,
    /// As it is then.
    pub after: UnitSide,
}

/// One side of a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitSide {
    /// The unit's name.
    pub name: Text,
    /// Codes of the categories it answers for.
    pub duties: Vec<String>,
    /// Whether it is out of use.
    pub retired: bool,
}

impl From<&Unit> for UnitSide {
    fn from(unit: &Unit) -> Self {
        Self {
            name: (&unit.name).into(),
            duties: unit.duties.iter().map(ToString::to_string).collect(),
            retired: unit.retired,
        }
    }
}

impl From<&UnitChange> for UnitChangeView {
    fn from(change: &UnitChange) -> Self {
        Self {
            unit: change.after.code.to_string(),
            effect: Word(change.effect),
            part: change.part.as_ref().map(ToString::to_string),
            before: change.before.as_ref().map(UnitSide::from),
            after: UnitSide::from(&change.after),
        }
    }
}

/// Apply a template that was previewed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyTemplateBody {
    /// Code of the template.
    pub template: String,
    /// Code of the street.
    pub street: String,
    /// Whether what parts take leaves the duty lists of the street's other units.
    pub hand_over: bool,
    /// That of the preview.
    pub fingerprint: String,
    /// On what grounds, such as a document's number.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub grounds: Option<String>,
}

/// Templates that were applied.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reorganizations {
    /// Oldest first.
    pub reorganizations: Vec<ReorganizationView>,
}

/// A template that was applied to a street.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReorganizationView {
    /// Its number, counted from 1.
    pub number: u64,
    /// Code of the template.
    pub template: String,
    /// The template's version at that time; `0` for the one that comes with the program.
    pub template_version: u64,
    /// Code of the street.
    pub street: String,
    /// Whether parts took over from the street's other units.
    pub hand_over: bool,
    /// Whether it stands; else it was undone.
    pub stands: bool,
    /// When it was applied or, where it was, undone.
    pub set_at: Time,
    /// By whom, as the record names them.
    pub set_by: String,
    /// Every unit that it changed.
    pub changes: Vec<UnitChangeView>,
}

impl From<&Recorded> for ReorganizationView {
    fn from(one: &Recorded) -> Self {
        let body = &one.body;
        Self {
            number: one.number as u64,
            template: body.template.clone(),
            template_version: body.template_version,
            street: body.street.to_string(),
            hand_over: body.hand_over,
            stands: body.state == State::Applied,
            set_at: Time(one.at),
            set_by: one.by.clone(),
            changes: body.changes.iter().map(UnitChangeView::from).collect(),
        }
    }
}
