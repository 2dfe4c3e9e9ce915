//! Parameters of calls, for the OpenAPI document. They are read where they are
//! used: an error there names the parameter in the reader's language.

#![expect(dead_code, reason = "these types describe; nothing makes one")]

use utoipa::IntoParams;

use crate::wire::{
    ChannelWord, ColourWord, FigureGroupWord, FigurePartWord, KindWord, QueuePartWord, StageWord,
    UnitKindWord, WhistleKindWord, WhistleStageWord,
};

/// Which case.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct CasePath {
    /// The case's number, `C1024`.
    #[param(pattern = "^[Cc]?[1-9][0-9]*$")]
    id: String,
}

/// Which case that was shown.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct OfferPath {
    /// The word of the offer.
    #[param(pattern = "^[A-Za-z0-9_-]{24}$")]
    offer: String,
}

/// Which whistle.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct WhistlePath {
    /// The whistle's number, `W12`.
    #[param(pattern = "^[Ww]?[1-9][0-9]*$")]
    whistle: String,
}

/// Which rule.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct RulePath {
    /// The rule's code.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    rule: String,
}

/// Which alert.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct AlertPath {
    /// The alert's number.
    #[param(pattern = "^[1-9][0-9]{0,17}$")]
    alert: String,
}

/// Which warning.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct WarningPath {
    /// The warning's number.
    #[param(pattern = "^[1-9][0-9]{0,17}$")]
    warning: String,
}

/// Which warnings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SheetQuery {
    /// Only those with which something is still to be done, or only the others.
    #[param(nullable = false)]
    open: Option<bool>,
    /// Only those with smaller numbers.
    #[param(minimum = 1, nullable = false)]
    before: Option<u64>,
    /// Most of them.
    #[param(minimum = 1, maximum = 200, nullable = false)]
    limit: Option<u32>,
}

/// Which alerts.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct AlertQuery {
    /// Only those with which something is still to be done, or only the others.
    #[param(nullable = false)]
    open: Option<bool>,
    /// Only those of these colours.
    #[param(explode = false, nullable = false)]
    colour: Option<Vec<ColourWord>>,
    /// Only those in these areas.
    #[param(explode = false, nullable = false)]
    area: Option<Vec<String>>,
    /// Only those about this.
    #[param(nullable = false)]
    cause: Option<String>,
    /// Only those at this thing.
    #[param(minimum = 1, nullable = false)]
    thing: Option<u64>,
    /// Only those with smaller numbers.
    #[param(minimum = 1, nullable = false)]
    before: Option<u64>,
    /// Most of them.
    #[param(minimum = 1, maximum = 200, nullable = false)]
    limit: Option<u32>,
}

/// Which unit.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct UnitPath {
    /// The unit's code.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    unit: String,
}

/// In which time gaps of a roster are looked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RosterQuery {
    /// From when; from now on, unless told.
    #[param(required = false, format = DateTime)]
    from: String,
    /// Until when; seven days from then, unless told, and 62 at most.
    #[param(required = false, format = DateTime)]
    until: String,
}

/// Which area.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct AreaPath {
    /// The area's code.
    #[param(pattern = "^[^/]{1,64}$")]
    area: String,
}

/// Which scenario.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ScenarioPath {
    /// The scenario's code.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    scenario: String,
}

/// Which timing study.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct StudyPath {
    /// The study's code.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    study: String,
}

/// Of which time what scenarios cover is counted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SpanQuery {
    /// Cases that came in at or after this time; a date is the beginning of that day in
    /// the city. 180 days ago unless told.
    #[param(required = false)]
    from: String,
    /// Before this time; now unless told.
    #[param(required = false)]
    until: String,
}

/// Which category.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct CategoryPath {
    /// The category's code.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    category: String,
}

/// Which grid layer.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct LayerPath {
    /// The layer's name.
    #[param(pattern = "^[a-z0-9-]{1,32}$")]
    layer: String,
}

/// Which merge.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct MergePath {
    /// The merge's number, `1`.
    #[param(pattern = "^[0-9]{1,9}$")]
    merge: String,
}

/// Which template of how streets are organised.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct TemplatePath {
    /// The template's code.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    template: String,
}

/// Which reorganization.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ReorganizationPath {
    /// Its number, `1`.
    #[param(pattern = "^[0-9]{1,9}$")]
    reorganization: String,
}

/// Which street a template is tried on.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct StreetQuery {
    /// Code of the street.
    street: String,
    /// Whether what parts take leaves the duty lists of the street's other units; it
    /// does unless told.
    #[param(required = false)]
    hand_over: bool,
}

/// Which account.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct AccountPath {
    /// The sign-in name.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    user: String,
}

/// What to merge, and how large a cell may be.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct MergeQuery {
    /// Names of layers, the one whose people count first.
    #[param(explode = false)]
    layers: Vec<String>,
    /// Least ground, square metres.
    #[param(required = false)]
    min_m2: u64,
    /// Most ground.
    #[param(required = false)]
    max_m2: u64,
    /// Fewest people.
    #[param(required = false)]
    min_population: u64,
    /// Most people.
    #[param(required = false)]
    max_population: u64,
}

/// Whose ladder.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct LadderQuery {
    /// Code of a category.
    category: String,
    /// Code of an area; the whole city unless given.
    #[param(required = false)]
    area: String,
    /// Code of a unit whose report it is.
    #[param(required = false)]
    unit: String,
}

/// Which year.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct YearPath {
    /// The year, `2027`.
    #[param(pattern = "^(19|[2-8][0-9])[0-9]{2}$")]
    year: String,
}

/// The version that the caller has seen.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct IfMatchHeader {
    /// The version that the caller has seen, `"3"`; `"0"` for what is not there yet.
    #[param(rename = "If-Match", pattern = "^\"[0-9]{1,9}\"$")]
    if_match: String,
}

/// Whose case.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct FollowPath {
    /// The follow code, `ABCD-EFGH-JKMN`; case, spaces and hyphens do not matter.
    #[param(pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$")]
    code: String,
}

/// Which file of a case.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct FilePath {
    /// The case's number, `C1024`.
    #[param(pattern = "^[Cc]?[1-9][0-9]*$")]
    id: String,
    /// Number of the entry that attached it.
    seq: u64,
}

/// Which file of one's own case.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct FollowFilePath {
    /// The follow code, `ABCD-EFGH-JKMN`; case, spaces and hyphens do not matter.
    #[param(pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$")]
    code: String,
    /// Number of the entry that attached it.
    seq: u64,
}

/// About a file that is attached.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AttachQuery {
    /// What it is called.
    #[param(required = false, max_length = 300)]
    name: String,
    /// Whether the resident may see it.
    #[param(required = false)]
    for_resident: bool,
}

/// About a file that a resident attaches.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OwnFileQuery {
    /// What it is called.
    #[param(required = false, max_length = 300)]
    name: String,
}

/// Which webhook.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct HookPath {
    /// Its code.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    hook: String,
}

/// Which mapping of topics.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct MappingPath {
    /// The mapping's code.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    mapping: String,
}

/// Which device.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DevicePath {
    /// The name of its account.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    device: String,
}

/// Which key of which device.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DeviceKeyPath {
    /// The name of its account.
    #[param(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    device: String,
    /// The key's id.
    #[param(pattern = "^[0-9a-f]{16}$")]
    key: String,
}

/// Which readings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReadingsQuery {
    /// Numbers of datastreams.
    #[param(required = false)]
    stream: Vec<u64>,
    /// Numbers of things: all their datastreams.
    #[param(required = false)]
    thing: Vec<u64>,
    /// Codes of areas: what is named of their things, or all of them. One of the
    /// three must be named, unless readings are aggregated.
    #[param(required = false)]
    area: Vec<String>,
    /// Not earlier than this.
    #[param(required = false, format = DateTime)]
    from: String,
    /// Earlier than this; until now, unless told.
    #[param(required = false, format = DateTime)]
    to: String,
}

/// For how long each summary is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SummariesQuery {
    /// `minute`, `hour` or `day`; `hour` when none is named.
    #[param(required = false)]
    every: String,
}

/// How readings are summed up.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AggregatesQuery {
    /// `stream`, `thing`, `area` (the innermost), `district` (the outermost) or
    /// `city`; `thing` when none is named. Each measure and unit apart.
    #[param(required = false)]
    by: String,
    /// Names of what is observed.
    #[param(required = false)]
    property: Vec<String>,
    /// `minute`, `hour`, `day` or `all`; `hour` when none is named.
    #[param(required = false)]
    every: String,
    /// `json`, `csv` or `parquet`; `json` when none is named.
    #[param(required = false)]
    format: String,
}

/// What was expected of which datastream, and when.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BaselineQuery {
    /// The number of one datastream.
    stream: u64,
    /// Not earlier than this; a year at most.
    #[param(required = false, format = DateTime)]
    from: String,
    /// Earlier than this; until now, unless told.
    #[param(required = false, format = DateTime)]
    to: String,
    /// `minute`, `hour` or `day`; `hour` when none is named.
    #[param(required = false)]
    every: String,
}

/// As which file.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReadingsExportQuery {
    /// `csv` or `parquet`; `csv` when none is named.
    #[param(required = false)]
    format: String,
}

/// Which dossier.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DossierPath {
    /// The dossier's number, `D12`.
    #[param(pattern = "^[Dd]?[1-9][0-9]*$")]
    dossier: String,
}

/// Which dossiers.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct DossierQuery {
    /// Kinds.
    #[param(explode = false, required = false)]
    kind: Vec<KindWord>,
    /// Words of where they stand.
    #[param(explode = false, required = false)]
    state: Vec<String>,
    /// Codes of units that lead or assist.
    #[param(explode = false, required = false)]
    unit: Vec<String>,
    /// Codes of areas, with all that lie in them.
    #[param(explode = false, required = false)]
    area: Vec<String>,
    /// Codes of categories.
    #[param(explode = false, required = false)]
    category: Vec<String>,
    /// Only those linked with this case; staff only.
    #[param(required = false)]
    case: String,
    /// Only those whose next step is late.
    #[param(required = false)]
    late: bool,
    /// How many; 50 unless told.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: u32,
    /// `next` of the page before.
    #[param(required = false)]
    cursor: String,
}

/// Where, and about what.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct PlaceQuery {
    /// Codes of areas, with all that lie in them.
    #[param(explode = false, required = false)]
    area: Vec<String>,
    /// Codes of categories.
    #[param(explode = false, required = false)]
    category: Vec<String>,
}

/// To do a thing once however often the call is made.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct KeyHeader {
    /// Chosen by the caller; the same call with the same key is done once.
    #[param(pattern = "^[!-~]{1,128}$", nullable = false)]
    #[param(rename = "Idempotency-Key")]
    idempotency_key: Option<String>,
}

/// For commands to a case.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct CommandHeaders {
    /// The version of the case that the caller has seen: its `ETag`, `"3"`.
    #[param(rename = "If-Match", pattern = "^\"[0-9]{1,9}\"$")]
    if_match: String,
    /// Chosen by the caller; the same call with the same key is done once.
    #[param(
        rename = "Idempotency-Key",
        pattern = "^[!-~]{1,128}$",
        nullable = false
    )]
    idempotency_key: Option<String>,
}

/// Which cases.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct CaseFilterQuery {
    /// Stages.
    #[param(explode = false, required = false)]
    stage: Vec<StageWord>,
    /// Codes of lead units.
    #[param(explode = false, required = false)]
    unit: Vec<String>,
    /// Only those that wait for the one unit, and for what.
    #[param(required = false, inline)]
    part: QueuePartWord,
    /// Codes of areas, with all that lie in them.
    #[param(explode = false, required = false)]
    area: Vec<String>,
    /// Codes of categories.
    #[param(explode = false, required = false)]
    category: Vec<String>,
    /// Channels.
    #[param(explode = false, required = false)]
    channel: Vec<ChannelWord>,
    /// Only those whose next step is late.
    #[param(required = false)]
    late: bool,
    /// Only those whose next step is due within four hours.
    #[param(required = false)]
    due_soon: bool,
    /// Only cases with a deadline that waits for a year of the calendar.
    #[param(required = false)]
    provisional: bool,
    /// Came in at or after.
    #[param(required = false, format = DateTime)]
    from: String,
    /// Came in before.
    #[param(required = false, format = DateTime)]
    until: String,
    /// A case number, or words of the request or its address; at most 200 characters.
    #[param(required = false, max_length = 200)]
    q: String,
    /// Lies in this rectangle of the map: degrees west, south, east, north. For who sees places.
    #[param(required = false, example = "116.30,39.80,116.50,40.00")]
    within: String,
}

/// Near which place.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NearQuery {
    /// Degrees east, WGS 84.
    #[param(minimum = -180, maximum = 180)]
    lon: f64,
    /// Degrees north, WGS 84.
    #[param(minimum = -85, maximum = 85)]
    lat: f64,
    /// Metres around it, 200 to 2000; 800 when none are named.
    #[param(required = false, minimum = 200, maximum = 2000)]
    within: u32,
    /// Days back from now in which it came in, 1 to 366; 180 when none are named.
    #[param(required = false, minimum = 1, maximum = 366)]
    days: u32,
}

/// Of how many days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TopicsQuery {
    /// Days back from now, 1 to 366; 30 when none are named.
    #[param(required = false, minimum = 1, maximum = 366)]
    days: u32,
}

/// Which page of them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CasePageQuery {
    /// Last submitted first, or earliest deadline first (only cases that have one).
    #[param(required = false, inline)]
    order: OrderWord,
    /// How many; 50 unless told.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: u32,
    /// `next` of the page before.
    #[param(required = false)]
    cursor: String,
}

/// Which page of a queue.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct QueuePageQuery {
    /// How many; 50 unless told.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: u32,
    /// `next` of the page before.
    #[param(required = false)]
    cursor: String,
}

/// Which whistles.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct WhistleFilterQuery {
    /// Kinds.
    #[param(explode = false, required = false)]
    kind: Vec<WhistleKindWord>,
    /// Stages.
    #[param(explode = false, required = false)]
    stage: Vec<WhistleStageWord>,
    /// Codes of units that blew it.
    #[param(explode = false, required = false)]
    by: Vec<String>,
    /// Codes of units that were called.
    #[param(explode = false, required = false)]
    unit: Vec<String>,
    /// Codes of areas, with all that lie in them.
    #[param(explode = false, required = false)]
    area: Vec<String>,
    /// The case it is about.
    #[param(required = false)]
    case: String,
    /// Only those where a check-in or milestone is late.
    #[param(required = false)]
    late: bool,
    /// Blown at or after.
    #[param(required = false, format = DateTime)]
    from: String,
    /// Blown before.
    #[param(required = false, format = DateTime)]
    until: String,
}

/// Which page of them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhistlePageQuery {
    /// Last blown first, or what is due earliest first (only those where something is due).
    #[param(required = false, inline)]
    order: OrderWord,
    /// How many; 50 unless told.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: u32,
    /// `next` of the page before.
    #[param(required = false)]
    cursor: String,
}

/// Which check-ins.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct CheckInQuery {
    /// Codes of units that were called.
    #[param(explode = false, required = false)]
    unit: Vec<String>,
    /// Kinds of whistles.
    #[param(explode = false, required = false)]
    kind: Vec<WhistleKindWord>,
    /// Called at or after.
    #[param(required = false, format = DateTime)]
    from: String,
    /// Called before.
    #[param(required = false, format = DateTime)]
    until: String,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
enum OrderWord {
    Newest,
    Due,
}

/// By what to count.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct FormulaQuery {
    /// `response` the latest version of a formula, `response.1` that version.
    #[param(required = false)]
    formula: String,
}

/// What to count.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct BoardQuery {
    /// A formula by which the same is counted beside it.
    #[param(required = false)]
    compare: String,
    /// By what to divide. By day, week or month: some thirty periods unless told.
    #[param(required = false)]
    group: FigureGroupWord,
    /// Codes of the units that had the turn or were called; `-` for none.
    #[param(explode = false, required = false)]
    unit: Vec<String>,
    /// Sorts of units, instead of naming each of them.
    #[param(explode = false, required = false)]
    tier: Vec<UnitKindWord>,
    /// Codes of areas, with all that lie in them; `-` for none.
    #[param(explode = false, required = false)]
    area: Vec<String>,
    /// Codes of categories; `-` for none.
    #[param(explode = false, required = false)]
    category: Vec<String>,
    /// Channels.
    #[param(explode = false, required = false)]
    channel: Vec<ChannelWord>,
    /// Stages at the end of the turn.
    #[param(explode = false, required = false)]
    stage: Vec<StageWord>,
    /// Codes of scenarios: only what one of them is about.
    #[param(explode = false, required = false)]
    scenario: Vec<String>,
    /// At or after this time, by the time that the formula names; a date is the
    /// beginning of that day in the city.
    #[param(required = false)]
    from: String,
    /// Before this time.
    #[param(required = false)]
    until: String,
}

/// What to open.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
pub(super) struct BehindQuery {
    /// `response` the latest version of a formula, `response.1` that version.
    #[param(required = false)]
    formula: String,
    /// Which of the turns; all of them unless told.
    #[param(required = false)]
    part: FigurePartWord,
    /// Of those left out, only those for this reason.
    #[param(required = false)]
    reason: String,
    /// Codes of the units that had the turn or were called; `-` for none.
    #[param(explode = false, required = false)]
    unit: Vec<String>,
    /// Sorts of units, instead of naming each of them.
    #[param(explode = false, required = false)]
    tier: Vec<UnitKindWord>,
    /// Codes of areas, with all that lie in them; `-` for none.
    #[param(explode = false, required = false)]
    area: Vec<String>,
    /// Codes of categories; `-` for none.
    #[param(explode = false, required = false)]
    category: Vec<String>,
    /// Channels.
    #[param(explode = false, required = false)]
    channel: Vec<ChannelWord>,
    /// Stages at the end of the turn.
    #[param(explode = false, required = false)]
    stage: Vec<StageWord>,
    /// Codes of scenarios: only what one of them is about.
    #[param(explode = false, required = false)]
    scenario: Vec<String>,
    /// At or after this time, by the time that the formula names; a date is the
    /// beginning of that day in the city.
    #[param(required = false)]
    from: String,
    /// Before this time.
    #[param(required = false)]
    until: String,
    /// How many; 50 unless told.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: u32,
    /// `next` of the page before.
    #[param(required = false)]
    cursor: String,
}

/// In which form a table is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// CSV unless told.
    #[param(required = false, inline)]
    format: FormatWord,
    /// Whether CSV begins with a byte order mark, which older spreadsheets need.
    #[param(required = false)]
    bom: bool,
}

/// Whether a table holds what residents wrote.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportWordsQuery {
    /// With words, places and, for those who see them, reporters.
    #[param(required = false)]
    words: bool,
}

#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
enum FormatWord {
    Csv,
    Xlsx,
}
