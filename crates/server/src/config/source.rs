//! Where settings come from.

use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::{Table, Value};
use yiwang_base::{Refusal, RefusalKind};

use super::{ConfigError, Key, unknown};

/// The file that is read from a data directory when no other is named.
pub const FILE_NAME: &str = "yiwang.toml";

/// Variables that begin with `YIWANG_` and set no key: the command line and
/// the scripts read them.
const OTHER_VARIABLES: [&str; 4] = [
    "YIWANG_CACHE",
    "YIWANG_CONFIG",
    "YIWANG_DATA",
    "YIWANG_SIZE",
];

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// This file.
    File(PathBuf),
    /// This variable of the environment.
    Environment(String),
    /// This flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Environment(name) => write!(f, "environment {name}"),
            Origin::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

impl Origin {
    pub(super) fn zh(&self) -> String {
        match self {
            Origin::Default => "默认值".to_owned(),
            Origin::File(path) => path.display().to_string(),
            Origin::Environment(name) => format!("环境变量 {name}"),
            Origin::Flag(flag) => format!("参数 {flag}"),
        }
    }
}

/// What may hold settings, the weakest last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Values by key, each with its flag as it was written.
    flags: BTreeMap<&'static str, (String, String)>,
    environment: BTreeMap<String, String>,
    file: Option<PathBuf>,
    must_exist: bool,
}

impl Sources {
    /// The variables of an environment, and the file named or else the one in
    /// the data directory.
    pub fn new(
        environment: impl IntoIterator<Item = (String, String)>,
        named: Option<&Path>,
        data: &Path,
    ) -> Sources {
        let ours = |(name, _): &(String, String)| name.starts_with("YIWANG_");
        Sources {
            flags: BTreeMap::new(),
            environment: environment.into_iter().filter(ours).collect(),
            file: Some(named.map_or_else(|| data.join(FILE_NAME), Path::to_owned)),
            must_exist: named.is_some(),
        }
    }

    /// Adds what a flag says.
    ///
    /// # Errors
    /// When there is no such key.
    pub fn set(&mut self, key: &str, value: &str, flag: &str) -> Result<(), ConfigError> {
        let known = Key::named(key).ok_or_else(|| unknown(key, &Origin::Flag(flag.to_owned())))?;
        let set = (value.to_owned(), flag.to_owned());
        self.flags.insert(known.name, set);
        Ok(())
    }

    /// Variables that look like settings and are none.
    pub fn unused_variables(&self) -> Vec<&str> {
        let used = |name: &str| {
            OTHER_VARIABLES.contains(&name) || super::KEYS.iter().any(|k| k.variable() == name)
        };
        let names = self.environment.keys().map(String::as_str);
        names.filter(|name| !used(name)).collect()
    }

    pub(super) fn flag(&self, key: &Key) -> Option<(Value, Origin)> {
        let (value, flag) = self.flags.get(key.name)?;
        Some((key.read(value), Origin::Flag(flag.clone())))
    }

    pub(super) fn environment(&self, key: &Key) -> Option<(Value, Origin)> {
        let name = key.variable();
        let value = self.environment.get(&name)?;
        Some((key.read(value), Origin::Environment(name)))
    }

    /// The file's table; an empty one where no file is named and none is there.
    pub(super) fn read_file(&self) -> Result<(Option<PathBuf>, Table), ConfigError> {
        let Some(path) = &self.file else {
            return Ok((None, Table::new()));
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && !self.must_exist => {
                return Ok((None, Table::new()));
            }
            Err(error) => {
                return Err(ConfigError(Refusal::new(
                    RefusalKind::Invalid,
                    "config.file",
                    format!("配置文件 {} 无法读取：{error}", path.display()),
                    format!(
                        "the configuration file {} cannot be read: {error}",
                        path.display()
                    ),
                )));
            }
        };
        let table = text
            .parse()
            .map_err(|error| not_toml(path, &text, &error))?;
        Ok((Some(path.clone()), table))
    }
}

fn not_toml(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    let (path, why) = (path.display(), error.message());
    ConfigError(
        Refusal::new(
            RefusalKind::Invalid,
            "config.toml",
            format!("{path}：第 {line} 行不是 TOML:{why}"),
            format!("{path}: line {line} is not TOML: {why}"),
        )
        .at(format!("line {line}"))
        .allowing(["key = value, such as readers = 8 or listen = \"127.0.0.1:8080\""]),
    )
}
