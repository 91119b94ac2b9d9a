"""A certificate that only the parts of one server hold: with it they know each other and refuse everybody else."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from console.ops.servers.files import write_private
from console.ops.servers.ports import HOST

YEARS = 50  # nobody but the server itself relies on it


def make_certificate(certificate: Path, key: Path) -> None:
    """Write a certificate that vouches for itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    made = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "embedded")])
    now = dt.datetime.now(dt.UTC)
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(made.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(made, hashes.SHA256())
    )
    unlocked = serialization.NoEncryption()
    pem = made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unlocked)
    write_private(key, pem.decode())
    write_private(certificate, signed.public_bytes(serialization.Encoding.PEM).decode())
