//! `POST`, `PATCH`, `PUT` and `DELETE`: one call, or several that are done together.

use std::sync::Arc;

use axum::extract::{Path as UrlPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json};
use yiwang_base::{Point, Refusal, Timestamp};
use yiwang_history::{Batch, Said as Reads};
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{
    Change, Draft, Entity, Key, Kind, Looked, RegistryStore as _, Target, draft_new,
    patch as patched, removal,
};
use yiwang_sta::{End, Links, Options, Path, names, observation_body, read_observation};

use super::answer::links;
use super::body::{Patch, known_links, malformed, object, said};
use super::member::Source;
use super::observed::Budget;
use crate::flows::alerts;
use crate::http::body::receive;
use crate::http::problem::Answer;
use crate::http::session::Visitor;
use crate::http::state::{App, now};
use crate::policy::{Right, User};
use crate::sensing::{Sender, add_features};

/// Who calls, and where the service is for them.
pub(super) struct Caller {
    pub(super) user: User,
    pub(super) by: String,
    pub(super) links: Links,
}

/// A call that changes something.
pub(super) struct Call {
    pub(super) method: Method,
    /// Below the root.
    pub(super) path: String,
    pub(super) body: Vec<u8>,
    /// What later calls of the same changeset call it by.
    pub(super) content_id: Option<String>,
}

/// What became of a call.
pub(super) struct Done {
    pub(super) status: StatusCode,
    pub(super) location: Option<String>,
    pub(super) body: Json,
}

impl Caller {
    /// Whoever is signed in and may send something at all.
    pub(super) fn of(visitor: Visitor, links: Links) -> Result<Caller, Refusal> {
        let by = visitor.actor().to_string();
        let user = visitor.with(Right::ReadSensing)?;
        Ok(Caller { user, by, links })
    }
}

macro_rules! handlers {
    ($($name:ident $method:ident $about:literal,)*) => {
        $(
            #[doc = $about]
            pub(super) async fn $name(
                State(app): State<Arc<App>>,
                visitor: Visitor,
                UrlPath(path): UrlPath<String>,
                request: Request,
            ) -> Answer<Response> {
                answer(app, visitor, Method::$method, path, request).await
            }
        )*
    };
}

handlers! {
    post POST "Makes an entity, with all that hangs on it.",
    patch PATCH "Changes what is named of an entity.",
    put PUT "Changes an entity as a whole.",
    delete DELETE "Removes an entity, with what cannot be without it.",
}

async fn answer(
    app: Arc<App>,
    visitor: Visitor,
    method: Method,
    path: String,
    request: Request,
) -> Answer<Response> {
    let caller = Caller::of(visitor, links(request.headers()))?;
    let body = match method {
        Method::DELETE => Vec::new(),
        Method::PATCH => body_of(request, &app, &[JSON, JSON_PATCH]).await?.to_vec(),
        _ => json_body(request, &app).await?.to_vec(),
    };
    let call = Call {
        method,
        path,
        body,
        content_id: None,
    };
    let mut done = run(&app, &caller, vec![call]).await?;
    let Some(done) = done.pop() else {
        return Ok(StatusCode::OK.into_response());
    };
    let mut response = (done.status, axum::Json(done.body)).into_response();
    if let Some(location) = done.location
        && let Ok(location) = location.parse()
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

const JSON: &str = "application/json";
const JSON_PATCH: &str = "application/json-patch+json";

/// The bytes of a body that says that it is JSON: another site's page cannot
/// send it without asking first.
pub(super) async fn json_body(
    request: Request,
    app: &Arc<App>,
) -> Result<axum::body::Bytes, Refusal> {
    body_of(request, app, &[JSON]).await
}

async fn body_of(
    request: Request,
    app: &Arc<App>,
    types: &[&'static str],
) -> Result<axum::body::Bytes, Refusal> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !types
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
    {
        return Err(Refusal::new(
            yiwang_base::RefusalKind::Invalid,
            "body.content-type",
            format!("内容类型须为 {}", types.join(" 或 ")),
            format!("the content type must be {}", types.join(" or ")),
        )
        .at("Content-Type")
        .found(content_type)
        .allowing(types.iter().copied()));
    }
    receive(request, app).await
}

/// An observation to be kept.
struct Observing {
    call: usize,
    stream: StreamId,
    body: Map<String, Json>,
    feature: Option<u64>,
}

/// An observation that is kept, to be put right or taken back.
struct Amended {
    call: usize,
    id: u64,
    /// What it is put right to; taken back where there is none.
    to: Option<Patch>,
    whole: bool,
}

/// Calls that are done together: what they come to so far.
struct Work<'a> {
    app: &'a App,
    caller: &'a Caller,
    at: Timestamp,
    change: Change,
    observations: Vec<Observing>,
    amended: Vec<Amended>,
    done: Vec<Option<Done>>,
    /// By what later calls call what was made.
    named: Vec<(String, Key)>,
    stood: Vec<Point>,
}

/// Does calls together: the changes of the register are one, and so are the
/// readings. Readings go last: where they are refused, the register has been
/// changed.
pub(super) async fn run(
    app: &App,
    caller: &Caller,
    calls: Vec<Call>,
) -> Result<Vec<Done>, Refusal> {
    let mut work = Work {
        app,
        caller,
        at: now(),
        change: Change::default(),
        observations: Vec::new(),
        amended: Vec::new(),
        done: Vec::new(),
        named: Vec::new(),
        stood: Vec::new(),
    };
    for call in calls {
        work.prepare(call)?;
    }
    work.finish().await
}

impl Looked for Work<'_> {
    fn entity(&self, key: Key) -> Result<Option<Entity>, Refusal> {
        if self.change.removed.contains(&key) {
            return Ok(None);
        }
        let set = self.change.set.iter().find(|entity| entity.key == key);
        match set {
            Some(entity) => Ok(Some(entity.clone())),
            None => Ok(self.app.store.entity(key)?),
        }
    }

    fn neighbours(&self, key: Key, kind: Kind) -> Result<Vec<u64>, Refusal> {
        Ok(self.app.store.neighbours(key, kind)?)
    }
}

impl Work<'_> {
    fn prepare(&mut self, mut call: Call) -> Result<(), Refusal> {
        self.resolve(&mut call)?;
        let address = Path::read(&call.path)?;
        if address.end != End::Whole {
            return Err(unsupported("$ref"));
        }
        let kind = address.last().kind;
        if kind == Kind::Observation {
            let is_post = call.method == Method::POST;
            if is_post != address.is_set() {
                return Err(wrong_address());
            }
            if !is_post {
                return self.amend(&address, &call);
            }
            self.caller.user.must(Right::SendReadings)?;
            return self.observe(&address, &call);
        }
        self.caller.user.must(Right::KeepRegister)?;
        let is_post = call.method == Method::POST;
        if is_post != address.is_set() {
            return Err(wrong_address());
        }
        if is_post {
            self.make(&address, &call)
        } else {
            self.alter(&address, &call)
        }
    }

    /// Puts in what earlier calls of a changeset made, for `$ID`.
    fn resolve(&self, call: &mut Call) -> Result<(), Refusal> {
        for (name, Key(kind, id)) in &self.named {
            let reference = format!("${name}");
            if let Some(rest) = call.path.strip_prefix(&reference)
                && (rest.is_empty() || rest.starts_with('/'))
            {
                call.path = format!("{}({id}){rest}", names::set(*kind));
            }
        }
        if !self.named.is_empty() && !call.body.is_empty() {
            let mut body: Json = serde_json::from_slice(&call.body)
                .map_err(|error| super::body::not_json(&error))?;
            self.put_in(&mut body);
            call.body = body.to_string().into_bytes();
        }
        Ok(())
    }

    fn put_in(&self, json: &mut Json) {
        match json {
            Json::Array(all) => all.iter_mut().for_each(|one| self.put_in(one)),
            Json::Object(object) => {
                for (name, value) in object {
                    let reference = value.as_str().and_then(|text| text.strip_prefix('$'));
                    let named = self
                        .named
                        .iter()
                        .find(|(id, _)| Some(id.as_str()) == reference);
                    match named {
                        Some((_, key)) if name == names::ID => *value = key.1.into(),
                        _ => self.put_in(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Where an address leads, among what was there before.
    fn source(&self) -> Source<'_> {
        Source {
            store: &self.app.store,
            history: &self.app.sensing.history,
            links: self.caller.links.clone(),
            now: self.at,
            budget: Budget::new(),
        }
    }

    /// The entity that owns the set at an address.
    fn parent(&self, address: &Path) -> Result<Option<Key>, Refusal> {
        let before = &address.steps[..address.steps.len() - 1];
        let Some(last) = before.last() else {
            return Ok(None);
        };
        if let (1, Some(id)) = (before.len(), last.id) {
            let key = Key(last.kind, id);
            return match self.entity(key)? {
                Some(_) => Ok(Some(key)),
                None => Err(super::read::nothing()),
            };
        }
        let owner = Path {
            steps: before.to_vec(),
            end: End::Whole,
        };
        let found = self
            .source()
            .entity(&owner)?
            .ok_or_else(super::read::nothing)?;
        Ok(Some(Key(found.kind(), found.id())))
    }

    fn make(&mut self, address: &Path, call: &Call) -> Result<(), Refusal> {
        let kind = address.last().kind;
        let said = said(kind, object(&call.body)?, 0)?;
        let mut draft = Draft {
            kind,
            body: said.fields,
            links: said.links,
        };
        if let Some(parent) = self.parent(address)? {
            draft.links.push(Target::There(parent));
        }
        let store = &self.app.store;
        let current = |key| self.entity(key).ok().flatten();
        let mut made = draft_new(&draft, &current, self.at, &mut |kind| store.new_id(kind))?;
        // A link from the other end is made with the other entity.
        let key = made.set.first().map(|entity| entity.key);
        let Some(key) = key else { return Ok(()) };
        self.note_places(&made);
        self.named
            .extend(call.content_id.clone().map(|id| (id, key)));
        self.merge(&mut made);
        self.done.push(Some(Done {
            status: StatusCode::CREATED,
            location: Some(self.caller.links.entity(key.0, key.1)),
            body: key.1.into(),
        }));
        Ok(())
    }

    fn alter(&mut self, address: &Path, call: &Call) -> Result<(), Refusal> {
        let found = self.source().entity(address);
        let key = match (found, address.steps.as_slice()) {
            (Ok(Some(member)), _) => Key(member.kind(), member.id()),
            // One that this changeset makes.
            (_, [step]) => Key(step.kind, step.id.unwrap_or(0)),
            (found, _) => {
                found?;
                return Err(super::read::nothing());
            }
        };
        let entity = self.entity(key)?.ok_or_else(super::read::nothing)?;
        let mut change = if call.method == Method::DELETE {
            removal(key, self)?
        } else {
            let whole = call.method == Method::PUT;
            let body = match Patch::read(&call.body)? {
                Patch::Fields(fields) => fields,
                Patch::Steps(_) if whole => object(&call.body)?,
                Patch::Steps(steps) => steps.onto(entity.body.clone())?,
            };
            let said = said(key.0, body, 0)?;
            let links = known_links(said.links)?;
            let store = &self.app.store;
            let new_id = &mut |kind| store.new_id(kind);
            patched(&entity, &said.fields, &links, whole, self.at, new_id)?
        };
        self.note_places(&change);
        self.merge(&mut change);
        self.done.push(Some(Done {
            status: StatusCode::OK,
            location: None,
            body: key.1.into(),
        }));
        Ok(())
    }

    /// Where things are said to be: a device may not jump.
    fn note_places(&mut self, change: &Change) {
        let places = change.set.iter().filter(|e| e.key.0 == Kind::Location);
        let points = places.filter_map(|place| {
            let coordinates = place.body.get("location")?.get("coordinates")?.as_array()?;
            Point::new(
                coordinates.first()?.as_f64()?,
                coordinates.get(1)?.as_f64()?,
            )
            .ok()
        });
        self.stood.extend(points);
    }

    fn merge(&mut self, change: &mut Change) {
        for entity in change.set.drain(..) {
            self.change.set.retain(|known| known.key != entity.key);
            self.change.set.push(entity);
        }
        self.change
            .set
            .retain(|known| !change.removed.contains(&known.key));
        self.change.removed.append(&mut change.removed);
    }

    fn observe(&mut self, address: &Path, call: &Call) -> Result<(), Refusal> {
        let mut body = object(&call.body)?;
        let parent = self.parent(address)?;
        let mut stream = parent
            .filter(|key| key.0 == Kind::Datastream)
            .map(|key| key.1);
        let mut feature = parent
            .filter(|key| key.0 == Kind::FeatureOfInterest)
            .map(|key| key.1);
        let mut relations = Map::new();
        for name in ["Datastream", "FeatureOfInterest"] {
            relations.extend(body.remove(name).map(|value| (name.to_owned(), value)));
        }
        for target in said(Kind::Observation, relations, 0)?.links {
            let key = match target {
                Target::There(key) => key,
                Target::New(draft) => {
                    self.caller.user.must(Right::KeepRegister)?;
                    let store = &self.app.store;
                    let current = |key| self.entity(key).ok().flatten();
                    let ids = &mut |kind| store.new_id(kind);
                    let mut made = draft_new(&draft, &current, self.at, ids)?;
                    let key = made.set[0].key;
                    self.merge(&mut made);
                    key
                }
            };
            match key.0 {
                Kind::Datastream => stream = Some(key.1),
                _ => feature = Some(key.1),
            }
        }
        let stream =
            stream.ok_or_else(|| malformed("Datastream", "缺少此项", "this field is missing"))?;
        self.observations.push(Observing {
            call: self.done.len(),
            stream: StreamId(stream),
            body,
            feature,
        });
        self.done.push(None);
        Ok(())
    }

    /// Notes that an observation is to be put right or taken back.
    fn amend(&mut self, address: &Path, call: &Call) -> Result<(), Refusal> {
        let user = &self.caller.user;
        // Whoever sent it, or keeps the register.
        if !user.may(Right::SendReadings) {
            user.must(Right::KeepRegister)?;
        }
        let found = self.source().entity(address)?;
        let found = found.ok_or_else(super::read::nothing)?;
        let to = match call.method {
            Method::DELETE => None,
            _ => Some(Patch::read(&call.body)?),
        };
        self.amended.push(Amended {
            call: self.done.len(),
            id: found.id(),
            to,
            whole: call.method == Method::PUT,
        });
        self.done.push(None);
        Ok(())
    }

    async fn amend_all(&mut self, name: &str) -> Result<(), Refusal> {
        let sender = Sender {
            name: name.to_owned(),
        };
        let (store, sensing) = (&self.app.store, &self.app.sensing);
        let mut amending = sensing.amending(store, &sender, self.at).await;
        for amended in std::mem::take(&mut self.amended) {
            let id = amended.id;
            match amended.to {
                None => amending.take_back(id).await?,
                Some(patch) => {
                    let row = amending.row(id)?;
                    let (said, feature) = put_right(&row, patch, amended.whole)?;
                    amending.put_right(id, said).await?;
                    if let Some(feature) = feature {
                        add_features(store, &[(feature, row.reading.stream)], self.at).await?;
                    }
                }
            }
            self.done[amended.call] = Some(Done {
                status: StatusCode::OK,
                location: None,
                body: id.into(),
            });
        }
        let amended = amending.finish(self.caller.by.clone(), None).await?;
        alerts::tell_amended(self.app, &amended, &self.caller.by).await;
        Ok(())
    }

    async fn finish(mut self) -> Result<Vec<Done>, Refusal> {
        let (store, sensing) = (&self.app.store, &self.app.sensing);
        let name = self.caller.user.account.name.to_string();
        let mut batch = Batch::default();
        let mut features = Vec::new();
        for observing in &self.observations {
            let observed = read_observation(&observing.body, observing.feature);
            let observed = observed.inspect_err(|_| sensing.devices.malformed(&name, self.at))?;
            features.extend(observing.feature.map(|feature| (feature, observing.stream)));
            batch
                .readings
                .push(observed.reading(observing.stream, self.at));
            let position = batch.readings.len() as u32 - 1;
            batch
                .notes
                .extend(observed.note.map(|note| (position, note)));
        }
        for place in std::mem::take(&mut self.stood) {
            sensing.devices.stand(store, &name, place, self.at).await?;
        }
        if !self.change.set.is_empty() || !self.change.removed.is_empty() {
            let change = std::mem::take(&mut self.change);
            store
                .change(change.clone(), self.caller.by.clone(), self.at)
                .await?;
            sensing.register_changed(&change);
        }
        if !self.amended.is_empty() {
            self.amend_all(&name).await?;
        }
        if !batch.readings.is_empty() {
            add_features(store, &features, self.at).await?;
            let taken = sensing
                .take_whole(store, &Sender { name }, batch, self.at)
                .await?;
            for (id, observing) in (taken.first.unwrap_or(0)..).zip(&self.observations) {
                self.done[observing.call] = Some(Done {
                    status: StatusCode::CREATED,
                    location: Some(self.caller.links.entity(Kind::Observation, id)),
                    body: id.into(),
                });
            }
        }
        // What goes back is the entity as it is now.
        let calls = std::mem::take(&mut self.done);
        let source = self.source();
        let mut done: Vec<Done> = Vec::new();
        for mut one in calls.into_iter().flatten() {
            let id = one.body.as_u64().unwrap_or(0);
            let shown = one.location.as_deref().and_then(|location| {
                let path = location.strip_prefix(source.links.root())?;
                let kind = Path::read(path).ok()?.last().kind;
                source.member(kind, id).ok().flatten()
            });
            one.body = match shown {
                Some(member) => Json::Object(source.render(&member, &Options::default())?),
                None => Json::Object(Map::new()),
            };
            done.push(one);
        }
        Ok(done)
    }
}

/// What an observation is put right to, and the feature of interest if it is another one.
/// Its datastream stays.
fn put_right(
    row: &yiwang_history::Row,
    patch: Patch,
    whole: bool,
) -> Result<(Reads, Option<u64>), Refusal> {
    let note = row.note.as_deref();
    let before = observation_body(row.reading.at, row.reading.value, note);
    let noted = note.and_then(|note| serde_json::from_str::<Map<String, Json>>(note).ok());
    let named = noted.and_then(|note| note.get("foi")?.as_u64());
    let mut feature = named;
    let mut body = match patch {
        Patch::Fields(fields) if whole => fields,
        Patch::Fields(fields) => {
            let mut body = before;
            for (name, value) in fields {
                match value {
                    // What must be there is asked for below.
                    Json::Null => body.remove(&name),
                    value => body.insert(name, value),
                };
            }
            body
        }
        Patch::Steps(steps) => steps.changed(before)?,
    };
    for relation in ["Datastream", "FeatureOfInterest"] {
        let Some(to) = body.remove(relation) else {
            continue;
        };
        let id = to.get(names::ID).and_then(Json::as_u64);
        match (relation, id) {
            ("FeatureOfInterest", Some(_)) => feature = id,
            ("Datastream", Some(stream)) if stream == row.reading.stream.0 => {}
            _ => {
                return Err(malformed(
                    relation,
                    "观测所属的数据流不能更改；观测对象须已存在",
                    "an observation stays with its datastream, and its feature of interest must be there",
                )
                .found(to.to_string()));
            }
        }
    }
    let observed = read_observation(&body, feature)?;
    let reads = Reads {
        at: observed.at.unwrap_or(row.reading.at),
        value: Some(observed.value).filter(|value| !value.is_nan()),
        note: observed.note,
    };
    Ok((reads, feature.filter(|_| feature != named)))
}

fn wrong_address() -> Refusal {
    malformed(
        "path",
        "新建须用集合地址，修改须用对象地址",
        "entities are made at a set's address, and changed at their own",
    )
}

fn unsupported(what: &str) -> Refusal {
    Refusal::new(
        yiwang_base::RefusalKind::Invalid,
        "sta.unsupported",
        "不支持此功能",
        "this is not supported",
    )
    .found(what)
}
