//! TLS: the certificate and the key of the relay.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// What speaks TLS 1.2 and 1.3 with a certificate, and those that lead to its issuer, and its key; both as PEM.
///
/// # Errors
/// If one of the files can't be read, or they don't belong together.
pub fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let unreadable = |error| TlsError::Certificate { file: certificate.into(), error };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).map_err(unreadable)?.collect();
    let chain = chain.map_err(unreadable)?;
    if chain.is_empty() {
        return Err(unreadable(pem::Error::NoItemsFound));
    }
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| TlsError::Key { file: key.into(), error })?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret));
    let mut config =
        config.map_err(|error| TlsError::Pair { certificate: certificate.into(), key: key.into(), error })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Why there can't be TLS.
#[derive(Debug)]
pub enum TlsError {
    /// There is no certificate in that file.
    Certificate {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        error: pem::Error,
    },
    /// There is no key in that file.
    Key {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        error: pem::Error,
    },
    /// They can't be used together.
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong with them.
        error: rustls::Error,
    },
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |error: &pem::Error| match error {
            pem::Error::NoItemsFound => "there is none in it".to_owned(),
            pem::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        match self {
            Self::Certificate { file, error } => write!(
                f,
                "the certificate can't be read from {file:?} ({}): name a PEM file with AURALIS_SSL_CERT_PATH",
                told(error)
            ),
            Self::Key { file, error } => write!(
                f,
                "the private key can't be read from {file:?} ({}): name a PEM file with AURALIS_SSL_KEY_PATH",
                told(error)
            ),
            Self::Pair { certificate, key, error: rustls::Error::InconsistentKeys(_) } => write!(
                f,
                "the key in {key:?} is not that of the first certificate in {certificate:?}: name two that belong together with \
                 AURALIS_SSL_CERT_PATH and AURALIS_SSL_KEY_PATH"
            ),
            Self::Pair { certificate, key, error } => {
                write!(f, "the certificate in {certificate:?} and the key in {key:?} can't be used: {error}")
            }
        }
    }
}

impl std::error::Error for TlsError {}
