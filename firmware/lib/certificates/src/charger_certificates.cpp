#include "certificates/charger_certificates.h"

#include <mbedtls/oid.h>
#include <mbedtls/x509_csr.h>
#include <stdio.h>
#include <string.h>

#include "certificates/own_key.h"

namespace evse::certificates {

namespace {

constexpr char kOwn[] = "own";
constexpr char kBefore[] = "own_before";
constexpr char kRequested[] = "own_requested";
constexpr char kRequestBegin[] = "-----BEGIN CERTIFICATE REQUEST-----";
constexpr char kMemory[] = "the memory does not take it now";

// The name of the entry of a root.
class RootName {
 public:
  RootName(hal::RootKind kind, int slot) {
    const char* name = kind == hal::RootKind::Central ? "central" : "manufacturer";
    snprintf(text_, sizeof text_, "%s%d", name, static_cast<uint8_t>(slot));
  }
  const char* get() const { return text_; }

 private:
  char text_[Cabinet::kLongestName + 1] = "";
};

class Request {
 public:
  Request() { mbedtls_x509_csr_init(&request_); }
  ~Request() { mbedtls_x509_csr_free(&request_); }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  bool read(const char* pem) {
    return mbedtls_x509_csr_parse(&request_, reinterpret_cast<const uint8_t*>(pem),
                                  strlen(pem) + 1) == 0;
  }
  const mbedtls_x509_name& subject() const { return request_.subject; }

 private:
  mbedtls_x509_csr request_{};
};

bool is_same(const mbedtls_x509_crt& one, const mbedtls_x509_crt& other) {
  return one.raw.len == other.raw.len && memcmp(one.raw.p, other.raw.p, one.raw.len) == 0;
}

// Null: it is not in the list.
const mbedtls_x509_crt* issuer_in(const mbedtls_x509_crt* list, const mbedtls_x509_crt& issued) {
  const mbedtls_x509_buf& name = issued.issuer_raw;
  for (; list != nullptr; list = list->next) {
    const mbedtls_x509_buf& found = list->subject_raw;
    if (found.len == name.len && memcmp(found.p, name.p, name.len) == 0) return list;
  }
  return nullptr;
}

int count_of(const mbedtls_x509_name& name, const char* oid, size_t oid_size) {
  int count = 0;
  for (const mbedtls_x509_name* each = &name; each != nullptr; each = each->next) {
    if (each->oid.len == oid_size && memcmp(each->oid.p, oid, oid_size) == 0) ++count;
  }
  return count;
}

}  // namespace

hal::Taken ChargerCertificates::bad(const char* why) {
  why_ = why;
  return hal::Taken::Bad;
}

hal::Taken ChargerCertificates::failed() {
  why_ = kMemory;
  return hal::Taken::Failed;
}

// --- roots ---

int ChargerCertificates::roots(hal::RootKind kind) const {
  int count = 0;
  for (int slot = 0; slot < most_roots_; ++slot) {
    if (cabinet_.has(RootName(kind, slot).get())) ++count;
  }
  return count;
}

bool ChargerCertificates::find(hal::RootKind kind, int index, int& slot) const {
  for (slot = 0; slot < most_roots_; ++slot) {
    if (cabinet_.has(RootName(kind, slot).get()) && index-- == 0) return true;
  }
  return false;
}

bool ChargerCertificates::read_root(hal::RootKind kind, int slot, Chain& chain) const {
  Entry entry;
  return entry.read(cabinet_, RootName(kind, slot).get()) && chain.read(entry.text()) == nullptr;
}

void ChargerCertificates::read_roots(hal::RootKind kind, Chain& chain) const {
  for (int slot = 0; slot < most_roots_; ++slot) read_root(kind, slot, chain);
}

bool ChargerCertificates::root(hal::RootKind kind, int index, hal::Digest digest,
                               hal::CertificateHash& hash) const {
  int slot = 0;
  Chain chain;
  return find(kind, index, slot) && read_root(kind, slot, chain) &&
         hash_of(chain.first(), chain.first(), digest, hash);
}

hal::Taken ChargerCertificates::install(hal::RootKind kind, const char* pem, int64_t utc_us) {
  Chain chain;
  const char* wrong = chain.read(pem);
  if (wrong == nullptr && chain.count() != 1) wrong = "one certificate is installed at a time";
  if (wrong == nullptr) wrong = wrong_with_root(chain.first(), utc_us);
  if (wrong != nullptr) return bad(wrong);
  int free = -1;
  for (int slot = most_roots_ - 1; slot >= 0; --slot) {
    if (!cabinet_.has(RootName(kind, slot).get())) {
      free = slot;
      continue;
    }
    Chain there;
    if (read_root(kind, slot, there) && is_same(chain.first(), there.first())) {
      return hal::Taken::Good;
    }
  }
  if (roots(hal::RootKind::Central) + roots(hal::RootKind::Manufacturer) >= most_roots_) {
    return hal::Taken::Full;
  }
  Entry entry;
  const mbedtls_x509_buf& der = chain.first().raw;
  const bool written = entry.add_certificate(der.p, static_cast<int>(der.len)) &&
                       cabinet_.write(RootName(kind, free).get(), entry.text());
  return written ? hal::Taken::Good : failed();
}

bool ChargerCertificates::remove(hal::RootKind kind, int index) {
  int slot = 0;
  return find(kind, index, slot) && cabinet_.erase(RootName(kind, slot).get());
}

// --- the charger's own certificate ---

bool ChargerCertificates::has_own() const { return cabinet_.has(kOwn); }

bool ChargerCertificates::read_own(Chain& chain) const {
  Entry entry;
  return entry.read(cabinet_, kOwn) && chain.read(entry.text()) == nullptr;
}

bool ChargerCertificates::own(hal::Digest digest, hal::CertificateHash& hash) const {
  Chain chain;
  if (!read_own(chain)) return false;
  Chain roots;
  read_roots(hal::RootKind::Central, roots);
  const mbedtls_x509_crt* issuer = issuer_in(chain.first().next, chain.first());
  if (issuer == nullptr) issuer = issuer_in(&roots.first(), chain.first());
  return issuer != nullptr && hash_of(chain.first(), *issuer, digest, hash);
}

bool ChargerCertificates::own_validity(int64_t& from_utc_us, int64_t& until_utc_us) const {
  Chain chain;
  if (!read_own(chain)) return false;
  from_utc_us = utc_us_of(chain.first().valid_from);
  until_utc_us = utc_us_of(chain.first().valid_to);
  return true;
}

void ChargerCertificates::request(const char* common_name, const char* organisation) {
  forget_request();
  const char* wrong = make_request(common_name, organisation);
  if (wrong != nullptr) why_ = wrong;
}

const char* ChargerCertificates::make_request(const char* common_name, const char* organisation) {
  OwnKey key;
  Entry entry;
  if (!key.make()) return "no key could be made";
  if (!key.write(entry) || !key.write_request(common_name, organisation, entry)) {
    return "no request could be made";
  }
  return cabinet_.write(kRequested, entry.text()) ? nullptr : kMemory;
}

bool ChargerCertificates::requested() const { return cabinet_.has(kRequested); }

const char* ChargerCertificates::request_pem() {
  if (!requested()) return nullptr;
  if (request_[0] == '\0') {
    Entry entry;
    if (!entry.read(cabinet_, kRequested)) return nullptr;
    const char* pem = strstr(entry.text(), kRequestBegin);
    if (pem == nullptr || strlen(pem) >= sizeof request_) return nullptr;
    memcpy(request_, pem, strlen(pem) + 1);
  }
  return request_;
}

void ChargerCertificates::forget_request() {
  request_[0] = '\0';
  if (requested()) cabinet_.erase(kRequested);
}

const char* ChargerCertificates::wrong_with_own(Chain& chain, const Entry& requested,
                                                int64_t utc_us) {
  OwnKey key;
  Request request;
  const char* pem = strstr(requested.text(), kRequestBegin);
  if (pem == nullptr || !key.read(requested) || !request.read(pem)) return kMemory;
  mbedtls_x509_crt& leaf = chain.first();
  if (mbedtls_pk_check_pair(&leaf.pk, &key.key()) != 0) {
    return "it is for another key than the one that was asked for";
  }
  if (!same_attribute(leaf.subject, request.subject(), MBEDTLS_OID_AT_CN)) {
    return "its common name is not the one that was asked for";
  }
  // Who has not asked for one does not mind one.
  const int organisations = count_of(request.subject(), MBEDTLS_OID_AT_ORGANIZATION,
                                     MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_ORGANIZATION));
  if (organisations > 0 &&
      !same_attribute(leaf.subject, request.subject(), MBEDTLS_OID_AT_ORGANIZATION)) {
    return "its organisation is not the one that was asked for";
  }
  // RFC 5280 4.2.1.12, where it says at all what it is for.
  if (mbedtls_x509_crt_check_extended_key_usage(&leaf, MBEDTLS_OID_CLIENT_AUTH,
                                                MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH)) != 0) {
    return "it is not for the authentication of a client";
  }
  Chain roots;
  read_roots(hal::RootKind::Central, roots);
  return wrong_with_chain(chain, roots, utc_us);
}

hal::Taken ChargerCertificates::take_own(const char* chain_pem, int64_t utc_us) {
  Entry requested;
  if (!requested.read(cabinet_, kRequested)) return bad("it was not asked for");
  Chain chain;
  const char* wrong = chain.read(chain_pem);
  if (wrong == nullptr) wrong = wrong_with_own(chain, requested, utc_us);
  if (wrong == kMemory) return failed();
  if (wrong != nullptr) return bad(wrong);
  // Whoever is shown it has the root: it is left out.
  Entry entry;
  OwnKey key;
  bool good = key.read(requested) && key.write(entry);
  for (const mbedtls_x509_crt* each = &chain.first(); each != nullptr; each = each->next) {
    if (each != &chain.first() && is_self_issued(*each)) continue;
    good = good && entry.add_certificate(each->raw.p, static_cast<int>(each->raw.len));
  }
  // One after the other: wherever power goes, the one in use is whole. One that has never worked
  // is none to go back to.
  if (good && has_own() && !has_previous_own()) {
    Entry current;
    good = current.read(cabinet_, kOwn) && cabinet_.write(kBefore, current.text());
  }
  if (!good || !cabinet_.write(kOwn, entry.text())) return failed();
  forget_request();
  return hal::Taken::Good;
}

bool ChargerCertificates::has_previous_own() const { return cabinet_.has(kBefore); }

void ChargerCertificates::confirm_own() {
  if (has_previous_own()) cabinet_.erase(kBefore);
}

void ChargerCertificates::go_back_to_previous_own() {
  Entry before;
  if (before.read(cabinet_, kBefore) && cabinet_.write(kOwn, before.text())) confirm_own();
}

// --- whoever signs firmware ---

const char* ChargerCertificates::wrong_with_signer(Chain& chain, int64_t utc_us) {
  Chain roots;
  read_roots(hal::RootKind::Manufacturer, roots);
  const char* wrong = wrong_with_chain(chain, roots, utc_us);
  if (wrong != nullptr) return wrong;
  // RFC 5280 4.2.1.3, where it says at all what it is for.
  if (mbedtls_x509_crt_check_key_usage(&chain.first(), MBEDTLS_X509_KU_DIGITAL_SIGNATURE) != 0) {
    return "its key usage is not to sign";
  }
  return names_revocation_list(chain.first()) ? "it names a revocation list, which is not fetched"
                                              : nullptr;
}

int ChargerCertificates::signer_key(const char* pem, int64_t utc_us, uint8_t* key, int capacity) {
  Chain chain;
  const char* wrong = chain.read(pem);
  if (wrong == nullptr) wrong = wrong_with_signer(chain, utc_us);
  const mbedtls_x509_buf& found = chain.first().pk_raw;
  const auto size = static_cast<int>(found.len);
  if (wrong == nullptr && size > capacity) wrong = "its key is too long";
  if (wrong != nullptr) {
    why_ = wrong;
    return 0;
  }
  memcpy(key, found.p, found.len);
  return size;
}

}  // namespace evse::certificates
