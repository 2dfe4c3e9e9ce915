//! Checkpoints (检查点): signed statements of size and root, as C2SP signed notes.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use signed_note::{
    Note, Signer, StandardVerifier, VerificationError, Verifier, Verifiers, is_key_name_valid,
    new_ed25519_verifier_key,
};

use crate::tiles::MAX_SIZE;
use crate::{Error, Hash};

/// What a signing key's text begins with.
const SECRET_PREFIX: &str = "PRIVATE+KEY+";
/// The algorithm's number in signed notes.
const ED25519: u8 = 1;

/// Size and root of the tree of one log at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, the same as its key's.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The checkpoint in a note whose signatures nobody has checked.
    ///
    /// # Errors
    /// [`Error::BadCheckpoint`] when it is not such a note.
    pub fn read_unverified(note: &str) -> Result<Self, Error> {
        let note = Note::from_bytes(note.as_bytes()).map_err(bad)?;
        Self::from_text(note.text())
    }

    fn from_text(text: &[u8]) -> Result<Self, Error> {
        let read = tlog_tiles::Checkpoint::from_bytes(text).map_err(bad)?;
        if read.size() > MAX_SIZE {
            return Err(Error::BadCheckpoint(format!(
                "size {} is beyond {MAX_SIZE}",
                read.size()
            )));
        }
        Ok(Self {
            origin: read.origin().to_owned(),
            size: read.size(),
            root: (*read.hash()).into(),
        })
    }
}

fn bad(why: impl fmt::Display) -> Error {
    Error::BadCheckpoint(why.to_string())
}

/// The key that signs a log's checkpoints. It never prints its secret.
#[derive(Clone)]
pub struct SigningKey {
    public: VerifierKey,
    key: ed25519_dalek::SigningKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public)
    }
}

impl SigningKey {
    /// The key of log `origin` (for instance `yiwang.example/trail`) from 32
    /// secret bytes out of a secure source.
    ///
    /// # Errors
    /// [`Error::BadOrigin`].
    pub fn from_seed(origin: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        if !is_key_name_valid(origin) || origin.chars().any(char::is_control) {
            return Err(Error::BadOrigin(origin.to_owned()));
        }
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = new_ed25519_verifier_key(origin, &key.verifying_key()).parse()?;
        Ok(Self { public, key })
    }

    /// The key as text, `PRIVATE+KEY+origin+hash+base64`, as other programs for
    /// signed notes keep theirs. Whoever has it can sign for the log.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        let (origin, id) = (self.origin(), self.public.inner.key_id());
        format!(
            "{SECRET_PREFIX}{origin}+{id:08x}+{}",
            STANDARD.encode(bytes)
        )
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.public.origin()
    }

    /// The public half, to be published where readers trust it.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// Signs that this log has `size` entries under `root`; returns the note's text.
    ///
    /// # Errors
    /// [`Error::BadCheckpoint`] beyond [`MAX_SIZE`].
    pub fn sign(&self, size: u64, root: Hash) -> Result<String, Error> {
        if size > MAX_SIZE {
            return Err(Error::BadCheckpoint(format!(
                "size {size} is beyond {MAX_SIZE}"
            )));
        }
        let text = tlog_tiles::Checkpoint::new(self.origin(), size, root.into(), "")
            .map_err(bad)?
            .to_bytes();
        let mut note = Note::new(&text, &[]).map_err(bad)?;
        note.add_sigs(&[self]).map_err(bad)?;
        String::from_utf8(note.to_bytes()).map_err(bad)
    }

    /// Signs a document of some sort apart from it: a note that names the sort
    /// and the document's SHA-256. No checkpoint reads like it, since the log's
    /// name does not stand alone in its first line.
    ///
    /// # Errors
    /// When `what` does not fit into a line.
    pub fn sign_document(&self, what: &str, document: &[u8]) -> Result<String, Error> {
        let text = statement(self.origin(), what, document);
        let mut note = Note::new(text.as_bytes(), &[]).map_err(bad)?;
        note.add_sigs(&[self]).map_err(bad)?;
        String::from_utf8(note.to_bytes()).map_err(bad)
    }
}

/// What is signed of a document.
fn statement(origin: &str, what: &str, document: &[u8]) -> String {
    let hash = hex::encode(Sha256::digest(document));
    format!("{origin} {what}\nsha256 {hash}\n")
}

impl FromStr for SigningKey {
    type Err = Error;

    /// Reads [`SigningKey::secret_text`]. The error does not repeat the text.
    fn from_str(text: &str) -> Result<Self, Error> {
        let seed = || {
            let (origin, rest) = text.strip_prefix(SECRET_PREFIX)?.split_once('+')?;
            let bytes = STANDARD.decode(rest.split_once('+')?.1).ok()?;
            let (&ED25519, seed) = bytes.split_first()? else {
                return None;
            };
            Some((origin, seed.try_into().ok()?))
        };
        let (origin, seed) = seed().ok_or(Error::BadSigningKey)?;
        let key = Self::from_seed(origin, &seed)?;
        // The hash in the text must be that of this name and key.
        match key.secret_text() == text {
            true => Ok(key),
            false => Err(Error::BadSigningKey),
        }
    }
}

impl Signer for SigningKey {
    fn name(&self) -> &str {
        self.origin()
    }

    fn key_id(&self) -> u32 {
        self.public.inner.key_id()
    }

    fn sign(&self, msg: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        Ok(self.key.try_sign(msg)?.to_bytes().to_vec())
    }
}

/// The public key of a log: `origin+hash+base64` (C2SP vkey).
#[derive(Clone)]
pub struct VerifierKey {
    text: String,
    inner: StandardVerifier,
}

impl VerifierKey {
    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.inner.name()
    }

    /// The checkpoint in a note, if this key signed it and it speaks of this
    /// log. Signatures by other keys, such as witnesses, are passed over.
    ///
    /// # Errors
    /// [`Error::BadCheckpoint`] with what was wrong.
    pub fn open(&self, note: &str) -> Result<Checkpoint, Error> {
        let note = Note::from_bytes(note.as_bytes()).map_err(bad)?;
        note.verify(self).map_err(bad)?;
        let checkpoint = Checkpoint::from_text(note.text())?;
        if checkpoint.origin != self.origin() {
            return Err(Error::BadCheckpoint(format!(
                "it speaks of log {:?}, the key is that of {:?}",
                checkpoint.origin,
                self.origin()
            )));
        }
        Ok(checkpoint)
    }

    /// Refuses a document that this log has not signed as one of this sort; see
    /// [`SigningKey::sign_document`].
    ///
    /// # Errors
    /// [`Error::BadCheckpoint`] when the note is not of this key or document.
    pub fn check_document(&self, what: &str, document: &[u8], note: &str) -> Result<(), Error> {
        let note = Note::from_bytes(note.as_bytes()).map_err(bad)?;
        note.verify(self).map_err(bad)?;
        if note.text() != statement(self.origin(), what, document).as_bytes() {
            return Err(bad("the signature is another document's"));
        }
        Ok(())
    }
}

impl Verifiers for VerifierKey {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        if name == self.inner.name() && id == self.inner.key_id() {
            return Ok(&self.inner);
        }
        Err(VerificationError::UnknownKey {
            name: name.to_owned(),
            id,
        })
    }
}

impl FromStr for VerifierKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let inner = StandardVerifier::new(text).map_err(|e| Error::BadKey(e.to_string()))?;
        Ok(Self {
            text: text.to_owned(),
            inner,
        })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for VerifierKey {}
