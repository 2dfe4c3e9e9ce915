//! Categories from a table, one to a row, its levels from the major one to the least.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use yiwang_base::{CategoryCode, LocalText, Refusal, RefusalKind, Span};
use yiwang_cases::Category;

use super::mapping::Column;
use super::names::{slug, spaced_once};
use super::requests::RequestsError;
use super::table::Table;

/// Longest name, characters.
const MAX_NAME: usize = 120;
/// Words by which a column of a level is known.
const LEVEL_WORDS: [&str; 8] = [
    "级", "类", "category", "level", "group", "type", "name", "名称",
];

/// How a table of categories is read.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryFields {
    /// Columns of the levels, the major one first; looked for where there is none.
    pub levels: Vec<Column>,
    /// Column of the code; made of the names where there is none.
    pub code: Option<Column>,
    /// Limit to contact the resident, for categories that are new.
    pub respond: Span,
    /// Limit to resolve it, for categories that are new.
    pub resolve: Span,
}

/// What a table of categories holds.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryImport {
    /// The categories, in the order of the file.
    pub categories: Vec<Category>,
    /// Names of the columns that were taken for levels, and how many different
    /// names each has, those of one parent counted apart.
    pub levels: Vec<(String, usize)>,
    /// Rows that cannot be taken, by line.
    pub rejected: Vec<(u64, Refusal)>,
}

/// Reads a table of categories. An upper level that is left empty is that of
/// the row before, as sheets with joined cells have it.
///
/// # Errors
/// When the file cannot be read, or lacks a column.
pub fn read_categories(
    table: &Table,
    fields: &CategoryFields,
) -> Result<CategoryImport, RequestsError> {
    let mut rows = table.rows()?;
    let header: Vec<String> = rows
        .header()
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim().to_owned())
        .collect();
    let (levels, code) = columns(&header, fields).map_err(RequestsError::Header)?;
    let mut paths: Vec<(u64, Vec<String>, Option<String>)> = Vec::new();
    let mut rejected = Vec::new();
    let mut above: Vec<String> = vec![String::new(); levels.len()];
    while let Some(row) = rows.next_row()? {
        let get = |at: usize| {
            let field = row.record.get(at).unwrap_or_default();
            spaced_once(&String::from_utf8_lossy(field))
        };
        let mut path: Vec<String> = levels.iter().map(|at| get(*at)).collect();
        if path.iter().all(String::is_empty) {
            continue;
        }
        for (level, name) in path.iter_mut().enumerate().take(levels.len() - 1) {
            if name.is_empty() {
                name.clone_from(&above[level]);
            }
        }
        above.clone_from(&path);
        match check(&path) {
            Ok(()) => paths.push((row.line, path, code.map(get).filter(|c| !c.is_empty()))),
            Err(refusal) => rejected.push((row.line, refusal)),
        }
    }
    let mut import = CategoryImport {
        levels: counted(&header, &levels, &paths),
        categories: Vec::new(),
        rejected,
    };
    let names = names(&paths);
    let mut seen = BTreeSet::new();
    for (line, path, code) in paths {
        let name = names[&path].clone();
        match coded(&path, code.as_deref()) {
            Ok(code) if !seen.insert(code.clone()) => {
                import.rejected.push((line, twice(&code)));
            }
            Ok(code) => import.categories.push(Category {
                code,
                name: LocalText::same(name),
                group: LocalText::same(path[0].clone()),
                respond: fields.respond,
                resolve: fields.resolve,
                questions: Vec::new(),
                own: Default::default(),
            }),
            Err(refusal) => import.rejected.push((line, refusal)),
        }
    }
    import.rejected.sort_by_key(|(line, _)| *line);
    Ok(import)
}

/// The columns of the levels and of the code.
fn columns(
    header: &[String],
    fields: &CategoryFields,
) -> Result<(Vec<usize>, Option<usize>), Refusal> {
    let find = |column: &Column| {
        column.find(header).ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "file.columns",
                format!("文件缺少列：{}", column.show()),
                format!("the file lacks a column: {}", column.show()),
            )
            .at("header")
            .found(column.show())
            .allowing(header.iter().cloned())
        })
    };
    let code = fields.code.as_ref().map(find).transpose()?;
    let mut levels = fields
        .levels
        .iter()
        .map(find)
        .collect::<Result<Vec<_>, _>>()?;
    if levels.is_empty() {
        let is_level = |at: &usize| {
            let name = header[*at].to_lowercase();
            Some(*at) != code && LEVEL_WORDS.iter().any(|word| name.contains(word))
        };
        levels = (0..header.len()).filter(is_level).collect();
    }
    if levels.is_empty() {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "categories.levels",
            "看不出哪几列是分类的层级，请用 --level 指明",
            "no column looks like a level of categories: name them with --level",
        )
        .at("header")
        .allowing(header.iter().cloned()));
    }
    Ok((levels, code))
}

fn check(path: &[String]) -> Result<(), Refusal> {
    for name in path {
        let length = name.chars().count();
        if !(1..=MAX_NAME).contains(&length) || name.chars().any(char::is_control) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "category.name",
                "每一层的名称应为 1 到 120 字，不含控制字符",
                "the name of each level has 1 to 120 characters and no control characters",
            )
            .found(name));
        }
    }
    Ok(())
}

/// What each category is called: its last level's name, with as many levels
/// before it as are needed to tell it from others.
fn names(paths: &[(u64, Vec<String>, Option<String>)]) -> HashMap<Vec<String>, String> {
    let mut names = HashMap::new();
    let depth = paths.first().map_or(1, |(_, path, _)| path.len());
    for from in (0..depth).rev() {
        let mut times: BTreeMap<String, BTreeSet<&Vec<String>>> = BTreeMap::new();
        for (_, path, _) in paths {
            times.entry(tail(path, from)).or_default().insert(path);
        }
        for (_, path, _) in paths {
            let name = tail(path, from);
            let alone = times.get(&name).is_some_and(|paths| paths.len() == 1);
            if alone || from == 0 {
                names.entry(path.clone()).or_insert(name);
            }
        }
    }
    names
}

fn tail(path: &[String], from: usize) -> String {
    path[from..].join(" · ")
}

fn coded(path: &[String], given: Option<&str>) -> Result<CategoryCode, Refusal> {
    let text = match given {
        Some(given) => given.to_lowercase(),
        None => slug(&path.join("/")),
    };
    text.parse().map_err(|error: yiwang_base::IdError| {
        Refusal::new(
            RefusalKind::Invalid,
            "category.code",
            "由此得不到分类代码",
            "this makes no code of a category",
        )
        .found(&text)
        .allowing([error.to_string()])
    })
}

fn twice(code: &CategoryCode) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "category.twice",
        "这个分类在文件里出现了两次",
        "the file has this category twice",
    )
    .found(code.as_str())
}

fn counted(
    header: &[String],
    levels: &[usize],
    paths: &[(u64, Vec<String>, Option<String>)],
) -> Vec<(String, usize)> {
    let count = |level: usize| {
        let upper: BTreeSet<&[String]> = paths.iter().map(|(_, path, _)| &path[..=level]).collect();
        upper.len()
    };
    let named = levels.iter().enumerate();
    named
        .map(|(level, at)| (header[*at].clone(), count(level)))
        .collect()
}
