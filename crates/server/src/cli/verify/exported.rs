//! Checking an exported case.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde::Serialize;
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_journal::{ExportReport, ExportedCase, VerifierKey, verify_export};

use super::{FaultView, fault_view, found_bad, in_words};
use crate::cli::Context;
use crate::cli::progress::thousands;

#[derive(Serialize)]
struct ExportView {
    ok: bool,
    #[serde(flatten)]
    found: ExportFound,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ExportFound {
    Fault(FaultView),
    Sound {
        subject: String,
        entries: usize,
        sealed_shown: usize,
        sealed_withheld: usize,
        erased: usize,
        log: String,
        tree_size: u64,
        root: String,
        key_checked: bool,
    },
}

/// Checks a file made by `yiwang export case`.
pub(super) fn check(context: &Context, file: &Path, key: Option<&VerifierKey>) -> Result<ExitCode> {
    let name = file.display().to_string();
    let text = read(file).with_context(|| format!("cannot read {name}"))?;
    let case: ExportedCase = serde_json::from_str(&text).map_err(|error| {
        Refusal::new(
            RefusalKind::Invalid,
            "verify.export",
            format!("{name} 不是导出的案卷：{error}"),
            format!("{name} is not an exported case: {error}"),
        )
        .at(format!("line {}, column {}", error.line(), error.column()))
        .allowing(["a file made by `yiwang export case`"])
    })?;
    let lang = context.lang;
    let checked = verify_export(&case, key);
    let view = ExportView {
        ok: checked.is_ok(),
        found: match &checked {
            Err(fault) => ExportFound::Fault(fault_view(fault, lang)),
            Ok(report) => ExportFound::Sound {
                subject: report.subject.clone(),
                entries: report.entries,
                sealed_shown: report.sealed_shown,
                sealed_withheld: report.sealed_withheld,
                erased: report.erased,
                log: case.log.clone(),
                tree_size: report.checkpoint.size,
                root: report.checkpoint.root.to_string(),
                key_checked: report.key_checked,
            },
        },
    };
    context.report(&view, || match &checked {
        Err(fault) => found_bad(fault, lang),
        Ok(report) => export_text(report, &case.log, lang),
    })?;
    Ok(match checked.is_ok() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn read(file: &Path) -> std::io::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(file)
}

fn export_text(report: &ExportReport, log: &str, lang: Lang) -> String {
    let (subject, entries, size) = (
        &report.subject,
        report.entries,
        thousands(report.checkpoint.size),
    );
    let (shown, withheld, erased) = (report.sealed_shown, report.sealed_withheld, report.erased);
    let mut text = in_words(
        lang,
        format!(
            "{subject} 完好：{entries} 条均在已签的 {size} 条之中；密封内容：相符 {shown} 件，未附 {withheld} 件，已删除 {erased} 件"
        ),
        format!(
            "{subject} is sound: its {entries} entries are among the {size} signed; sealed texts: {shown} agree, {withheld} are withheld, {erased} are erased"
        ),
    );
    if !report.key_checked {
        text += &in_words(
            lang,
            format!(
                "\n未与已知公钥比对，任何人都能做出这样的文件；请用 --key 给出您已知的公钥。文件自称的公钥：{log}"
            ),
            format!(
                "\nno key was compared, and anyone could have made such a file: give the key you know with --key. The file states {log}"
            ),
        );
    }
    text
}
