"""Certificates for servers that tests run."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

_AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of the tests")])
_HOST = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])


@dataclass(frozen=True)
class Authority:
    """Signs certificates; its own is `pem`."""

    key: ec.EllipticCurvePrivateKey
    pem: bytes

    @classmethod
    def new(cls) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, _certificate(key.public_key(), key, authority=True))

    def sign(self, public_key: CertificatePublicKeyTypes) -> bytes:
        """A certificate for 127.0.0.1 over this key, in PEM."""
        return _certificate(public_key, self.key, authority=False)

    def server(self, folder: Path) -> ssl.SSLContext:
        """TLS for a server on 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = folder / "server.pem"
        file.write_bytes(private + self.sign(key.public_key()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _certificate(
    public_key: CertificatePublicKeyTypes, signer: ec.EllipticCurvePrivateKey, *, authority: bool
) -> bytes:
    now = datetime.datetime.now(datetime.UTC)
    local = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder()
        .subject_name(_AUTHORITY if authority else _HOST)
        .issuer_name(_AUTHORITY)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(local, critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
