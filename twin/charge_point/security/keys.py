"""The configuration keys of the security extension (W, section 7)."""

from __future__ import annotations

from twin.charge_point.keys import Access, Key, integer, unsettable

MAX_CHAIN_SIZE = 10_000
"""Characters of a certificate chain: as many as CertificateSigned can carry."""

MAX_ROOTS = 20
"""Root certificates installed, of both types together."""


def _name(text: str) -> bool:
    """Accept what can be the organisation in a certificate (RFC 5280, A.1: up to 64)."""
    return 1 <= len(text.strip()) <= 64 and text.isprintable()


SECURITY_KEYS: tuple[Key, ...] = (
    # AuthorizationKey is among the Core keys: it is older than the whitepaper.
    Key("SecurityProfile", integer(0, 3), "0"),
    Key("CpoName", _name, ""),
    # Never on here: roots may be installed beside each other, W M05.
    Key("AdditionalRootCertificateCheck", unsettable, "false", Access.READ, kept=False),
    *(
        Key(name, unsettable, str(most), Access.READ, required=False, kept=False)
        for name, most in {
            "CertificateSignedMaxChainSize": MAX_CHAIN_SIZE,
            "CertificateStoreMaxLength": MAX_ROOTS,
        }.items()
    ),
)
