//! `yiwang verify`.

mod exported;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use yiwang_base::{Lang, LocalText, Refusal, RefusalKind};
use yiwang_journal::{Fault, Report, VerifierKey};
use yiwang_server::data_dir;
use yiwang_server::sensing::bad_segments;
use yiwang_store::{VerifyError, replay, verify};

use super::Context;
use super::progress::{Progress, thousands};

/// Check a whole record, or an exported case, and name the first bad entry
///
/// Recomputes every entry, seal, tile and checkpoint of the record in the data
/// directory, then what the entries add up to, and compares that with the
/// tables, and each segment of readings with its hash. Needs no server and works
/// beside one. Exit code 1 when anything does not agree.
///
/// With --export it checks a file made by `yiwang export case` or by the page of
/// a case; that needs neither a server nor a data directory.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang verify --data city
  yiwang verify --data city --key yiwang.example/trail+b3f5c2a1+AeS0…
  yiwang verify --export C12.json --key yiwang.example/trail+b3f5c2a1+AeS0…

A server shows its key under /trail/vkey. Compare with one you noted earlier: a
record changed by someone who also has the key can only be found with an older
checkpoint or another copy.")]
pub(crate) struct Verify {
    /// Check this exported case; - reads standard input
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// The log's key as you know it [default: the one in the data directory, or in the export]
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
    /// Leave out the comparison of tables and segments with what the entries add up to
    #[arg(long, conflicts_with = "export")]
    entries_only: bool,
}

impl Verify {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        let key = self.key.as_deref().map(parse_key).transpose()?;
        match &self.export {
            Some(file) => exported::check(context, file, key.as_ref()),
            None => self.record(context, key),
        }
    }

    fn record(&self, context: &Context, given: Option<VerifierKey>) -> Result<ExitCode> {
        let is_given = given.is_some();
        let key = match given {
            Some(key) => key,
            None => own_key(&context.data)?,
        };
        let mut outcome = check(&context.data, &key, !self.entries_only)?;
        outcome.key_given = is_given;
        context.report(&outcome.view(context.lang), || outcome.text(context.lang))?;
        Ok(outcome.exit_code())
    }
}

/// The key in a data directory.
fn own_key(data: &Path) -> Result<VerifierKey> {
    let key = data_dir::read_trail_key(data)?.ok_or_else(|| {
        let shown = data.display();
        Refusal::new(
            RefusalKind::NotFound,
            "verify.no-key",
            format!("{shown} 中没有密钥；请用 --data 指定数据目录，或用 --key 给出公钥"),
            format!("there is no key in {shown}; name the data directory with --data, or give the public key with --key"),
        )
    })?;
    Ok(key.verifier().clone())
}

fn parse_key(text: &str) -> Result<VerifierKey, Refusal> {
    text.trim().parse().map_err(|error: yiwang_journal::Error| {
        let words = error.text();
        Refusal::new(RefusalKind::Invalid, "verify.key", words.zh, words.en)
            .at("--key")
            .found(text)
            .allowing(["yiwang.example/trail+b3f5c2a1+AeS0… as under /trail/vkey"])
    })
}

/// What a check of a record came to.
pub(super) struct Outcome {
    key: VerifierKey,
    key_given: bool,
    entries: std::result::Result<Report, Fault>,
    /// Cases replayed and what differs from the tables; `None` when not compared.
    tables: Option<(u64, Vec<String>)>,
}

/// Checks the record in a data directory; `tables` also compares the tables, and
/// segments of readings with their hashes.
pub(super) fn check(data: &Path, key: &VerifierKey, tables: bool) -> Result<Outcome> {
    let mut progress = Progress::new("checking", "entries");
    let entries = match verify(data, key, &mut |at| progress.at(at.done, Some(at.total))) {
        Ok(report) => Ok(report),
        Err(VerifyError::Fault(fault)) => Err(fault),
        Err(VerifyError::Store(error)) => return Err(error.into()),
    };
    drop(progress);
    let mut outcome = Outcome {
        key: key.clone(),
        key_given: false,
        entries,
        tables: None,
    };
    if tables && outcome.entries.is_ok() {
        let mut progress = Progress::new("replaying", "entries");
        let report = replay(data, true, &mut |at| progress.at(at.done, Some(at.total)))?;
        let mut differing = report.differing;
        differing.extend(bad_segments(data)?);
        outcome.tables = Some((report.cases, differing));
    }
    Ok(outcome)
}

#[derive(Serialize)]
struct RecordView {
    ok: bool,
    key: String,
    #[serde(flatten)]
    found: FoundView,
}

#[derive(Serialize)]
#[serde(untagged)]
enum FoundView {
    Fault(FaultView),
    Sound(SoundView),
}

#[derive(Serialize)]
struct FaultView {
    /// First and last entry that may be bad; equal when it is known exactly.
    first_bad: Option<u64>,
    last_bad: Option<u64>,
    fault: String,
}

#[derive(Serialize)]
struct SoundView {
    entries: u64,
    root: String,
    checkpoints: usize,
    signed: u64,
    sealed: u64,
    erased: u64,
    tiles: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cases: Option<u64>,
    /// What the tables tell differently from the entries, at most 100.
    differing: Vec<String>,
}

impl Outcome {
    pub(super) fn is_sound(&self) -> bool {
        let same = |(_, differing): &(u64, Vec<String>)| differing.is_empty();
        self.entries.is_ok() && self.tables.as_ref().is_none_or(same)
    }

    /// Number of entries, where they are sound.
    pub(super) fn entries(&self) -> Option<u64> {
        self.entries.as_ref().ok().map(|report| report.entries)
    }

    fn exit_code(&self) -> ExitCode {
        match self.is_sound() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        }
    }

    fn view(&self, lang: Lang) -> RecordView {
        RecordView {
            ok: self.is_sound(),
            key: self.key.to_string(),
            found: match &self.entries {
                Err(fault) => FoundView::Fault(fault_view(fault, lang)),
                Ok(report) => FoundView::Sound(SoundView {
                    entries: report.entries,
                    root: report.root.to_string(),
                    checkpoints: report.checkpoints,
                    signed: report.signed,
                    sealed: report.sealed,
                    erased: report.erased,
                    tiles: report.tiles,
                    cases: self.tables.as_ref().map(|(cases, _)| *cases),
                    differing: self
                        .tables
                        .as_ref()
                        .map_or_else(Vec::new, |(_, d)| d.clone()),
                }),
            },
        }
    }

    pub(super) fn text(&self, lang: Lang) -> String {
        let report = match &self.entries {
            Err(fault) => return found_bad(fault, lang),
            Ok(report) => report,
        };
        let mut text = sound(report, lang);
        if let Some((cases, differing)) = &self.tables {
            text += &match differing.as_slice() {
                [] => in_words(
                    lang,
                    format!("\n各表与 {} 个案卷的条目一致", thousands(*cases)),
                    format!(
                        "\nthe tables agree with the entries of {} cases",
                        thousands(*cases)
                    ),
                ),
                differing => in_words(
                    lang,
                    format!("\n不一致：下列各项的表与条目不同：{}", differing.join(" ")),
                    format!(
                        "\nFAULT: the tables differ from the entries at: {}",
                        differing.join(" ")
                    ),
                ),
            };
        }
        if !self.key_given {
            text += &in_words(
                lang,
                format!(
                    "\n所用公钥取自数据目录：{}；请与您另存的公钥比对，或用 --key 给出",
                    self.key
                ),
                format!(
                    "\nchecked with the key in the data directory: {}; compare it with the one you know, or give that with --key",
                    self.key
                ),
            );
        }
        text
    }
}

fn in_words(lang: Lang, zh: String, en: String) -> String {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn sound(report: &Report, lang: Lang) -> String {
    let count = thousands;
    let LocalText { zh, en } = LocalText::new(
        format!(
            "条目完好：{} 条，根 {}\n检查点 {} 个，已签 {} 条；密封内容 {} 件，其中已依法删除 {} 件；哈希块 {} 个",
            count(report.entries),
            report.root,
            count(report.checkpoints as u64),
            count(report.signed),
            count(report.sealed),
            count(report.erased),
            count(report.tiles)
        ),
        format!(
            "the entries are sound: {} of them, root {}\n{} checkpoints sign {} entries; {} seals, {} of them erased; {} tiles",
            count(report.entries),
            report.root,
            count(report.checkpoints as u64),
            count(report.signed),
            count(report.sealed),
            count(report.erased),
            count(report.tiles)
        ),
    );
    let unsigned = report.entries - report.signed;
    let mut text = in_words(lang, zh, en);
    if unsigned > 0 {
        text += &in_words(
            lang,
            format!("\n最后 {} 条尚未签名", count(unsigned)),
            format!("\nthe last {} entries are not signed yet", count(unsigned)),
        );
    }
    text
}

fn fault_view(fault: &Fault, lang: Lang) -> FaultView {
    FaultView {
        first_bad: fault.first,
        last_bad: fault.last,
        fault: fault.text().get(lang).to_owned(),
    }
}

fn found_bad(fault: &Fault, lang: Lang) -> String {
    let text = fault.text();
    in_words(
        lang,
        format!("有误：{}", text.zh),
        format!("FAULT: {}", text.en),
    )
}
