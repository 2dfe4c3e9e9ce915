//! The broker's certificate and key, and whom to trust as a client of another.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What speaks TLS with clients: 1.2 and 1.3.
///
/// # Errors
/// When a file cannot be read, or certificate and key do not go together.
pub fn acceptor(certificate: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
    let chain = certificates(certificate)?;
    let private = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("no private key in {}", key.display()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .context("the certificate and the key of the MQTT broker do not go together")?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// What speaks TLS with a broker: one that the system trusts, or one whose
/// certificate, or that of who signed it, is in the file.
///
/// # Errors
/// When the file cannot be read, or there is nobody to trust.
pub(super) fn connector(trusted: &Path) -> anyhow::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    if trusted.as_os_str().is_empty() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    } else {
        for one in certificates(trusted)? {
            roots.add(one)?;
        }
    }
    anyhow::ensure!(!roots.is_empty(), "the system trusts no certificates");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("no certificates in {}", file.display()))
}
