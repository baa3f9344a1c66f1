//! Verifies the certificates of receivers.

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{VerifierBuilderError, WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use crate::courier::trust::Trust;

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
    /// The certificates that are accepted. They are put together when the first one is verified, because
    /// most emulators never see one.
    accepted: OnceLock<Result<Accepted, VerifierBuilderError>>,
}

#[derive(Debug)]
struct Accepted {
    authorities: Arc<WebPkiServerVerifier>,
    /// The certificates of the operator. Each may be the receiver's own.
    certificates: Vec<CertificateDer<'static>>,
}

/// Returns the settings of TLS.
pub(super) fn tls(trust: &Trust) -> io::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (trust, accepted) = (trust.clone(), OnceLock::new());
    let verifier = Verifier { trust, provider: provider.clone(), accepted };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

impl Verifier {
    fn accepted(&self) -> Result<&Accepted, Error> {
        let accepted = self.accepted.get_or_init(|| accept(&self.trust, &self.provider));
        accepted.as_ref().map_err(|problem| Error::General(problem.to_string()))
    }
}

/// The certificates that the whole world knows are in the binary.
fn accept(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<Accepted, VerifierBuilderError> {
    let certificates = trust.certificates();
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    // Those of a file were checked. A directory of the system may have some that are too old.
    roots.add_parsable_certificates(certificates.iter().cloned());
    let authorities =
        WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone()).build()?;
    Ok(Accepted { authorities, certificates })
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.trust.insecure {
            return Ok(ServerCertVerified::assertion());
        }
        let Accepted { authorities, certificates } = self.accepted()?;
        let verified =
            authorities.verify_server_cert(certificate, intermediates, name, ocsp_response, now);
        match verified {
            // A certificate that `openssl req -x509` makes claims to be an authority's, and is
            // refused for that after its dates were checked.
            Err(Error::InvalidCertificate(CertificateError::Other(_)))
                if certificates.contains(certificate) =>
            {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        match self.trust.insecure {
            true => Ok(HandshakeSignatureValid::assertion()),
            false => verify_tls12_signature(message, certificate, signature, algorithms),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        match self.trust.insecure {
            true => Ok(HandshakeSignatureValid::assertion()),
            false => verify_tls13_signature(message, certificate, signature, algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
