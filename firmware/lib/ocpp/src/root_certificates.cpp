#include "ocpp/root_certificates.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

constexpr hal::RootKind kKinds[] = {hal::RootKind::Central, hal::RootKind::Manufacturer};

hal::RootKind kind_of(const Json* payload) {
  const bool central = equal(text_of(payload, "certificateType"), "CentralSystemRootCertificate");
  return central ? hal::RootKind::Central : hal::RootKind::Manufacturer;
}

const char* name_of(hal::RootKind kind) {
  return kind == hal::RootKind::Central ? "root of the central system" : "root of the manufacturer";
}

hal::Digest digest_of(const Json* asked) {
  const char* name = text_of(asked, "hashAlgorithm");
  if (equal(name, "SHA512")) return hal::Digest::Sha512;
  return equal(name, "SHA384") ? hal::Digest::Sha384 : hal::Digest::Sha256;
}

// Hash data in whatever case.
bool is_meant(const hal::CertificateHash& hash, const Json* asked) {
  const char* serial = text_of(asked, "serialNumber");
  // Some write it with leading zeros after all.
  while (serial[0] == '0' && serial[1] != '\0') ++serial;
  return equal_folded(hash.serial, serial) &&
         equal_folded(hash.issuer_name, text_of(asked, "issuerNameHash")) &&
         equal_folded(hash.issuer_key, text_of(asked, "issuerKeyHash"));
}

}  // namespace

void RootCertificates::install(const MessageId& id, const Json* payload) {
  hal::Certificates& certificates = *cp_.equipment.certificates;
  const hal::RootKind kind = kind_of(payload);
  switch (certificates.install(kind, text_of(payload, "certificate"), cp_.utc_us())) {
    case hal::Taken::Good:
      cp_.calls.status(id, "Accepted");
      cp_.security.happened(SecurityEvent::ReconfigurationOfSecurityParameters,
                            TechInfo("installed: ").add(name_of(kind)).get());
      break;
    case hal::Taken::Bad:
      cp_.calls.status(id, "Rejected");
      cp_.security.happened(kind == hal::RootKind::Central
                                ? SecurityEvent::InvalidCentralSystemCertificate
                                : SecurityEvent::InvalidFirmwareSigningCertificate,
                            certificates.why());
      break;
    case hal::Taken::Full:  // CertificateStoreMaxLength (whitepaper M05)
      cp_.calls.status(id, "Rejected");
      cp_.event(0, "root certificate not installed: no room");
      break;
    case hal::Taken::Failed:
      cp_.calls.status(id, "Failed");
      cp_.event(0, Text<120>("root certificate not installed: ").add(certificates.why()));
      break;
  }
}

void RootCertificates::list(const MessageId& id, const Json* payload) {
  const hal::Certificates& certificates = *cp_.equipment.certificates;
  const hal::RootKind kind = kind_of(payload);
  const int count = certificates.roots(kind);
  if (count == 0) {
    cp_.calls.status(id, "NotFound");
    return;
  }
  JsonWriter& out = cp_.calls.result(id);
  out.text("status", "Accepted");
  out.open_list("certificateHashData");
  for (int i = 0; i < count; ++i) {
    hal::CertificateHash hash;
    if (!certificates.root(kind, i, hal::Digest::Sha256, hash)) continue;
    out.open_object();
    out.text("hashAlgorithm", "SHA256");
    out.text("issuerNameHash", hash.issuer_name);
    out.text("issuerKeyHash", hash.issuer_key);
    out.text("serialNumber", hash.serial);
    out.close_object();
  }
  out.close_list();
  cp_.calls.finish();
}

void RootCertificates::remove(const MessageId& id, const Json* payload) {
  cp_.calls.status(id, remove_meant(field(payload, "certificateHashData")));
}

const char* RootCertificates::remove_meant(const Json* asked) {
  hal::Certificates& certificates = *cp_.equipment.certificates;
  const hal::Digest digest = digest_of(asked);
  hal::CertificateHash hash;
  // The charger's own cannot be deleted (whitepaper M04).
  if (certificates.own(digest, hash) && is_meant(hash, asked)) return "Failed";
  const char* status = "NotFound";
  for (hal::RootKind kind : kKinds) {
    for (int i = certificates.roots(kind) - 1; i >= 0; --i) {
      if (!certificates.root(kind, i, digest, hash) || !is_meant(hash, asked)) continue;
      const bool last = kind == hal::RootKind::Central && certificates.roots(kind) == 1;
      if (last && cp_.security_profile.uses_tls()) {
        // Without it no central system would be believed any more.
        cp_.event(0, "the last root of the central system is not deleted");
        return "Failed";
      }
      if (!certificates.remove(kind, i)) return "Failed";
      status = "Accepted";
      cp_.security.happened(SecurityEvent::ReconfigurationOfSecurityParameters,
                            TechInfo("deleted: ").add(name_of(kind)).get());
    }
  }
  return status;
}

}  // namespace evse::ocpp
