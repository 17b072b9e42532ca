"""Server certificates: valid, expired, for another host, self-signed."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


class Authority:
    """A certificate authority; ``trusted`` is the file of its root certificate."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name("Cơ quan chứng thực")
        self.trusted = folder / "authority.pem"
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        made = _builder(self.name, self.name, self.key).add_extension(constraints, critical=True)
        self.trusted.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(PEM))

    def context(
        self,
        name: str,
        host: str = "127.0.0.1",
        age: int = 0,
        is_signed: bool = True,
        names: Iterable[str] = (),
    ) -> ssl.SSLContext:
        """Return a TLS context whose certificate was valid for one day, ``age`` days ago.

        It is for an IP address, and for further ``names``.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, signer = (self.name, self.key) if is_signed else (_name(name), key)
        builder = _builder(_name(name), issuer, key, timedelta(days=age))
        hosts = x509.SubjectAlternativeName(
            [x509.IPAddress(ip_address(host)), *map(x509.DNSName, names)]
        )
        made = builder.add_extension(hosts, critical=False).sign(signer, hashes.SHA256())
        form, secret = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        file = self.folder / f"{name}.pem"
        file.write_bytes(made.public_bytes(PEM) + key.private_bytes(PEM, form, secret))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    age: timedelta = timedelta(),
) -> x509.CertificateBuilder:
    begin = datetime.now(UTC) - age - timedelta(hours=1)
    number = x509.random_serial_number()
    return x509.CertificateBuilder(
        issuer, subject, key.public_key(), number, begin, begin + timedelta(days=1)
    )
