// The request for a certificate (RFC 2986), written by hand: mbedTLS 2.28 gives the identifier of
// ECDSA with SHA-256 a parameter NULL, which RFC 5758 3.2 forbids and strict readers refuse.
#include <mbedtls/asn1write.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/x509.h>
#include <string.h>

#include "certificates/own_key.h"
#include "random.h"

namespace evse::certificates {

namespace {

constexpr size_t kDer = 640;   // with names of 64 characters 340
constexpr size_t kText = 1000;
constexpr size_t kDigest = 32;
constexpr int kSequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;

// DER, from its end to its begin, as lengths stand before what they count.
class Der {
 public:
  // What mbedTLS's writers return: bytes, or an error.
  void add(int written) { good_ = good_ && written >= 0; }
  uint8_t** at() { return &at_; }
  uint8_t* start() { return bytes_; }
  // What was written since `end` becomes the content of a tag.
  void wrap(const uint8_t* end, uint8_t tag) {
    add(mbedtls_asn1_write_len(&at_, bytes_, static_cast<size_t>(end - at_)));
    add(mbedtls_asn1_write_tag(&at_, bytes_, tag));
  }
  bool good() const { return good_; }
  const uint8_t* bytes() const { return at_; }
  size_t size() const { return static_cast<size_t>(bytes_ + kDer - at_); }

 private:
  uint8_t bytes_[kDer] = {};
  uint8_t* at_ = bytes_ + kDer;
  bool good_ = true;
};

// A list of names, from the last to the first.
class Names {
 public:
  ~Names() { mbedtls_asn1_free_named_data_list(&first_); }
  Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  bool add(const char* oid, size_t oid_size, const char* value) {
    mbedtls_asn1_named_data* added =
        mbedtls_asn1_store_named_data(&first_, oid, oid_size,
                                      reinterpret_cast<const uint8_t*>(value), strlen(value));
    if (added == nullptr) return false;
    added->val.tag = MBEDTLS_ASN1_UTF8_STRING;
    return true;
  }
  mbedtls_asn1_named_data* first() { return first_; }

 private:
  mbedtls_asn1_named_data* first_ = nullptr;
};

// CertificationRequestInfo: version 0, names, key, no attributes.
void write_info(Der& der, mbedtls_pk_context& key, Names& names) {
  constexpr uint8_t kAttributes = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED;
  uint8_t public_key[128];
  const uint8_t* end = der.bytes();
  der.wrap(end, kAttributes);
  const int size = mbedtls_pk_write_pubkey_der(&key, public_key, sizeof public_key);
  der.add(size);
  if (!der.good()) return;
  der.add(mbedtls_asn1_write_raw_buffer(der.at(), der.start(),
                                        public_key + sizeof public_key - size,
                                        static_cast<size_t>(size)));
  der.add(mbedtls_x509_write_names(der.at(), der.start(), names.first()));
  der.add(mbedtls_asn1_write_int(der.at(), der.start(), 0));
  der.wrap(end, kSequence);
}

void write_signed(Der& der, const Der& info, const uint8_t* signature, size_t size) {
  const uint8_t* end = der.bytes();
  der.add(mbedtls_asn1_write_bitstring(der.at(), der.start(), signature, 8 * size));
  const uint8_t* end_of_identifier = der.bytes();
  der.add(mbedtls_asn1_write_oid(der.at(), der.start(), MBEDTLS_OID_ECDSA_SHA256,
                                 MBEDTLS_OID_SIZE(MBEDTLS_OID_ECDSA_SHA256)));
  der.wrap(end_of_identifier, kSequence);
  der.add(mbedtls_asn1_write_raw_buffer(der.at(), der.start(), info.bytes(), info.size()));
  der.wrap(end, kSequence);
}

}  // namespace

bool OwnKey::write_request(const char* common_name, const char* organisation, Entry& entry) {
  Names names;
  if (!names.add(MBEDTLS_OID_AT_CN, MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_CN), common_name)) {
    return false;
  }
  if (*organisation != '\0' &&
      !names.add(MBEDTLS_OID_AT_ORGANIZATION, MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_ORGANIZATION),
                 organisation)) {
    return false;
  }
  Der info;
  write_info(info, key_, names);
  Random random;
  uint8_t digest[kDigest];
  uint8_t signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
  size_t size = 0;
  const mbedtls_md_info_t* sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
  if (!info.good() || !random.seeded() || sha256 == nullptr ||
      mbedtls_md(sha256, info.bytes(), info.size(), digest) != 0 ||
      mbedtls_pk_sign(&key_, MBEDTLS_MD_SHA256, digest, sizeof digest, signature, &size,
                      mbedtls_ctr_drbg_random, random.generator()) != 0) {
    return false;
  }
  Der request;
  write_signed(request, info, signature, size);
  uint8_t text[kText] = {};
  size_t written = 0;
  return request.good() &&
         mbedtls_pem_write_buffer("-----BEGIN CERTIFICATE REQUEST-----\n",
                                  "-----END CERTIFICATE REQUEST-----\n", request.bytes(),
                                  request.size(), text, sizeof text, &written) == 0 &&
         entry.add(reinterpret_cast<const char*>(text));
}

}  // namespace evse::certificates
