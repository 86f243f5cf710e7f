//! TLS: the certificate and the key of the relay, which can be renewed while it runs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

/// A certificate, with those that lead to its issuer, and its key: two PEM files.
#[derive(Debug)]
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    shown: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads it.
    ///
    /// # Errors
    /// If one of the files can't be read, or they don't belong together.
    pub fn read(chain: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let shown = RwLock::new(Arc::new(read(chain, key, &ring::default_provider())?));
        Ok(Arc::new(Self { chain: chain.into(), key: key.into(), shown }))
    }

    /// Reads it again. Who connects from now on is shown the new one; if it can't be used, the old one still.
    ///
    /// # Errors
    /// As [`Certificate::read`].
    pub fn renew(&self) -> Result<(), TlsError> {
        let renewed = Arc::new(read(&self.chain, &self.key, &ring::default_provider())?);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// What speaks TLS 1.2 and 1.3 with it.
    ///
    /// # Errors
    /// If that can't be spoken.
    pub fn acceptor(self: Arc<Self>) -> Result<TlsAcceptor, TlsError> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Pair { chain: self.chain.clone(), key: self.key.clone(), error })?;
        let mut config = config.with_no_client_auth().with_cert_resolver(self);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn read(chain: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let unreadable = |error| TlsError::Certificate { file: chain.into(), error };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_file_iter(chain).map_err(unreadable)?.collect();
    let certificates = certificates.map_err(unreadable)?;
    if certificates.is_empty() {
        return Err(unreadable(pem::Error::NoItemsFound));
    }
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| TlsError::Key { file: key.into(), error })?;
    CertifiedKey::from_der(certificates, secret, provider).map_err(|error| TlsError::Pair {
        chain: chain.into(),
        key: key.into(),
        error,
    })
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
        chain: PathBuf,
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
            Self::Pair { chain, key, error: rustls::Error::InconsistentKeys(_) } => write!(
                f,
                "the key in {key:?} is not that of the first certificate in {chain:?}: name two that belong together with \
                 AURALIS_SSL_CERT_PATH and AURALIS_SSL_KEY_PATH"
            ),
            Self::Pair { chain, key, error } => {
                write!(f, "the certificate in {chain:?} and the key in {key:?} can't be used: {error}")
            }
        }
    }
}

impl std::error::Error for TlsError {}
