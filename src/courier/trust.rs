//! The certificates that receivers may have: those of authorities that the whole world knows, and
//! those of the operator.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::files;

/// The size of the largest file of certificates. Those of Mozilla take 250 KiB.
const LARGEST_BYTES: usize = 4 * 1024 * 1024;

#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    /// The certificates of the operator, of authorities or of receivers.
    certificates: Vec<CertificateDer<'static>>,
    /// Adds certificates that nobody needs before a receiver shows its own. To read a hundred and more of a
    /// system takes longer than the rest of the start.
    deferred: Option<fn(&mut Trust)>,
    /// True when every certificate is accepted.
    pub(super) insecure: bool,
}

impl Trust {
    pub(crate) fn new(insecure: bool) -> Trust {
        Trust { insecure, ..Trust::default() }
    }

    /// Lets the function add certificates when the first receiver shows its own.
    pub(crate) fn defer(&mut self, add: fn(&mut Trust)) {
        self.deferred = Some(add);
    }

    /// Returns all certificates that are accepted beside those that the whole world knows.
    pub(super) fn certificates(&self) -> Vec<CertificateDer<'static>> {
        let Some(add) = self.deferred else { return self.certificates.clone() };
        let mut whole = self.clone();
        add(&mut whole);
        whole.certificates
    }

    /// Adds the certificates of a file, which is PEM.
    pub(crate) fn add_file(&mut self, path: &Path) -> Result<(), String> {
        let text = files::read_text(path, LARGEST_BYTES)
            .map_err(|problem| format!("cannot read {}: {problem}", path.display()))?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
        let found = found.map_err(|problem| format!("{} is damaged: {problem}", path.display()))?;
        if found.is_empty() {
            return Err(format!(
                "{} has no certificate; expected PEM, which begins with -----BEGIN \
                 CERTIFICATE----- (openssl x509 -inform der -in FILE turns DER into it)",
                path.display()
            ));
        }
        let mut roots = RootCertStore::empty();
        for (index, certificate) in found.iter().enumerate() {
            roots.add(certificate.clone()).map_err(|problem| {
                let number = index + 1;
                format!("certificate {number} of {} is damaged: {problem}", path.display())
            })?;
        }
        self.certificates.extend(found);
        Ok(())
    }

    /// Adds the certificates of a directory, one in each file, as OpenSSL has them.
    pub(crate) fn add_directory(&mut self, path: &Path) -> Result<(), String> {
        let found = rustls_native_certs::load_certs_from_paths(None, Some(path));
        self.certificates.extend(found.certs);
        found.errors.first().map_or(Ok(()), |problem| Err(problem.to_string()))
    }
}
