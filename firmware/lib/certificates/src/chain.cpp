#include "certificates/chain.h"

#include <mbedtls/asn1.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <string.h>

namespace evse::certificates {

namespace {

// Keys are at least RSA of 2048 bits or elliptic curve of 224 (whitepaper 2.5). What SHA-1 signs
// anybody may have signed.
constexpr uint32_t kRsaBits = 2048;
constexpr size_t kEcBits = 224;
constexpr uint32_t kDigests = MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA224) |
                              MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) |
                              MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
                              MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512);
constexpr mbedtls_x509_crt_profile kProfile = {kDigests, 0xFFFFFFF, 0xFFFFFFF, kRsaBits};
constexpr size_t kSerialBytes = 20;  // RFC 5280 4.1.2.2
constexpr uint32_t kDates = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
constexpr char kBegin[] = "-----BEGIN CERTIFICATE-----";

constexpr int kSequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;

// To the content of a sequence of `size` bytes. False: there is none.
bool enter(uint8_t*& p, const uint8_t* end, size_t& size) {
  return mbedtls_asn1_get_tag(&p, end, &size, kSequence) == 0;
}

int length_of(const mbedtls_x509_crt* list) {
  int length = 0;
  for (; list != nullptr && list->version != 0; list = list->next) ++length;
  return length;
}

bool same(const mbedtls_x509_buf& one, const mbedtls_x509_buf& other) {
  return one.len == other.len && memcmp(one.p, other.p, one.len) == 0;
}

const uint8_t* serial_of(const mbedtls_x509_crt& certificate, size_t& size) {
  const uint8_t* p = certificate.serial.p;
  size = certificate.serial.len;
  while (size > 1 && *p == 0) {
    ++p;
    --size;
  }
  return p;
}

const char* wrong_with_key(mbedtls_pk_context& key) {
  const size_t bits = mbedtls_pk_get_bitlen(&key);
  const bool rsa = mbedtls_pk_can_do(&key, MBEDTLS_PK_RSA) != 0 && bits >= kRsaBits;
  const bool curve = mbedtls_pk_can_do(&key, MBEDTLS_PK_ECKEY) != 0 && bits >= kEcBits;
  return rsa || curve ? nullptr : "its key is neither RSA of 2048 bits nor elliptic curve of 224";
}

const char* wrong_with_dates(const mbedtls_x509_crt& certificate, int64_t utc_us) {
  if (utc_us < utc_us_of(certificate.valid_from)) return "it is not valid yet";
  return utc_us > utc_us_of(certificate.valid_to) ? "it has expired" : nullptr;
}

const char* wrong_with_signature(const mbedtls_x509_crt& certificate, mbedtls_pk_context& key) {
  if ((kDigests & MBEDTLS_X509_ID_FLAG(certificate.sig_md)) == 0) {
    return "it is signed with a digest that is not safe";
  }
  const mbedtls_md_info_t* digest = mbedtls_md_info_from_type(certificate.sig_md);
  uint8_t sum[MBEDTLS_MD_MAX_SIZE];
  const bool good = digest != nullptr &&
                    mbedtls_md(digest, certificate.tbs.p, certificate.tbs.len, sum) == 0 &&
                    mbedtls_pk_verify_ext(certificate.sig_pk, certificate.sig_opts, &key,
                                          certificate.sig_md, sum, mbedtls_md_get_size(digest),
                                          certificate.sig.p, certificate.sig.len) == 0;
  return good ? nullptr : "its signature is not that of its issuer";
}

// mbedTLS takes the machine's time, where it has one: what counts is the charger's.
int judge_dates(void* utc_us, mbedtls_x509_crt* certificate, int, uint32_t* flags) {
  *flags &= ~kDates;
  const int64_t now_us = *static_cast<const int64_t*>(utc_us);
  if (wrong_with_dates(*certificate, now_us) != nullptr) *flags |= MBEDTLS_X509_BADCERT_EXPIRED;
  return 0;
}

const char* word_for(uint32_t flags) {
  if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) {
    return "it does not lead to an installed root";
  }
  if ((flags & kDates) != 0) return "one of its certificates is not in date";
  if ((flags & MBEDTLS_X509_BADCERT_BAD_KEY) != 0) {
    return "a key is neither RSA of 2048 bits nor elliptic curve of 224";
  }
  if ((flags & MBEDTLS_X509_BADCERT_BAD_MD) != 0) {
    return "it is signed with a digest that is not safe";
  }
  return "it is not good for what it is to be";
}

// The one value of an attribute; null: none, or several.
const mbedtls_x509_buf* value_of(const mbedtls_x509_name& name, const char* oid, int& count) {
  const mbedtls_x509_buf* found = nullptr;
  const size_t size = strlen(oid);
  count = 0;
  for (const mbedtls_x509_name* each = &name; each != nullptr; each = each->next) {
    if (each->oid.len != size || memcmp(each->oid.p, oid, size) != 0) continue;
    found = &each->val;
    ++count;
  }
  return count == 1 ? found : nullptr;
}

bool hex_digest(hal::Digest digest, const uint8_t* data, size_t size, char (&hex)[129]) {
  constexpr char kDigits[] = "0123456789abcdef";
  const mbedtls_md_type_t type = digest == hal::Digest::Sha512   ? MBEDTLS_MD_SHA512
                                 : digest == hal::Digest::Sha384 ? MBEDTLS_MD_SHA384
                                                                 : MBEDTLS_MD_SHA256;
  const mbedtls_md_info_t* info = mbedtls_md_info_from_type(type);
  uint8_t sum[MBEDTLS_MD_MAX_SIZE];
  if (info == nullptr || mbedtls_md(info, data, size, sum) != 0) return false;
  char* at = hex;
  for (int i = 0; i < mbedtls_md_get_size(info); ++i) {
    *at++ = kDigits[sum[i] >> 4];
    *at++ = kDigits[sum[i] & 15];
  }
  *at = '\0';
  return true;
}

}  // namespace

const char* Chain::read(const char* pem) {
  int begun = 0;
  for (const char* at = strstr(pem, kBegin); at != nullptr; at = strstr(at + 1, kBegin)) ++begun;
  // mbedTLS would take what is no PEM for DER, and pass over one that is cut short.
  if (begun == 0) return "there is no certificate in PEM";
  const int wanted = length_of(&first_) + begun;
  const int failed =
      mbedtls_x509_crt_parse(&first_, reinterpret_cast<const uint8_t*>(pem), strlen(pem) + 1);
  if (failed != 0 || length_of(&first_) != wanted) return "a certificate in it cannot be read";
  for (const mbedtls_x509_crt* each = &first_; each != nullptr; each = each->next) {
    size_t size = 0;
    serial_of(*each, size);
    if (size > kSerialBytes) return "its serial number is longer than 20 bytes";
  }
  return nullptr;
}

int Chain::count() const { return length_of(&first_); }

bool is_self_issued(const mbedtls_x509_crt& certificate) {
  return same(certificate.issuer_raw, certificate.subject_raw);
}

const char* wrong_with_root(mbedtls_x509_crt& root, int64_t utc_us) {
  const char* wrong = wrong_with_dates(root, utc_us);
  if (wrong == nullptr) wrong = wrong_with_key(root.pk);
  if (wrong != nullptr) return wrong;
  // RFC 5280 4.2.1.9 and 4.2.1.3.
  if (root.ca_istrue == 0) return "it is no certificate authority";
  if (mbedtls_x509_crt_check_key_usage(&root, MBEDTLS_X509_KU_KEY_CERT_SIGN) != 0) {
    return "its key usage is not to sign certificates";
  }
  if (!is_self_issued(root)) return "it has not signed itself";
  return wrong_with_signature(root, root.pk);
}

const char* wrong_with_chain(Chain& chain, Chain& roots, int64_t utc_us) {
  for (mbedtls_x509_crt* each = &chain.first(); each->next != nullptr; each = each->next) {
    if (!same(each->issuer_raw, each->next->subject_raw)) {
      return "its certificates are not one the issuer of the one before";
    }
  }
  if (chain.count() > MBEDTLS_X509_MAX_INTERMEDIATE_CA) return "it is too long";
  if (roots.empty()) return "no root is installed";
  uint32_t flags = 0;
  if (mbedtls_x509_crt_verify_with_profile(&chain.first(), &roots.first(), nullptr, &kProfile,
                                           nullptr, &flags, judge_dates, &utc_us) == 0) {
    return nullptr;
  }
  return word_for(flags);
}

bool names_revocation_list(const mbedtls_x509_crt& certificate) {
  // What is critical in it mbedTLS has refused already, as it does not know it.
  constexpr char kDistributionPoints[] = "\x55\x1D\x1F";
  uint8_t* p = certificate.v3_ext.p;
  if (p == nullptr) return false;
  const uint8_t* end = p + certificate.v3_ext.len;
  size_t size = 0;
  if (!enter(p, end, size)) return true;
  while (p < end) {
    if (!enter(p, end, size)) return true;
    uint8_t* next = p + size;
    if (mbedtls_asn1_get_tag(&p, next, &size, MBEDTLS_ASN1_OID) != 0) return true;
    if (size == 3 && memcmp(p, kDistributionPoints, 3) == 0) return true;
    p = next;
  }
  return false;
}

bool same_attribute(const mbedtls_x509_name& one, const mbedtls_x509_name& other,
                    const char* oid) {
  int of_one = 0;
  int of_other = 0;
  const mbedtls_x509_buf* value = value_of(one, oid, of_one);
  const mbedtls_x509_buf* wanted = value_of(other, oid, of_other);
  if (value == nullptr || wanted == nullptr) return of_one == 0 && of_other == 0;
  return same(*value, *wanted);
}

int64_t utc_us_of(const mbedtls_x509_time& time) {
  // Days since 1970 in the Gregorian calendar, years from March on.
  const int year = time.mon <= 2 ? time.year - 1 : time.year;
  const int month = (time.mon + 9) % 12;
  const int64_t days = 365LL * year + year / 4 - year / 100 + year / 400 +
                       (153 * month + 2) / 5 + time.day - 1 - 719468;
  return (((days * 24 + time.hour) * 60 + time.min) * 60 + time.sec) * 1000000;
}

bool hash_of(const mbedtls_x509_crt& certificate, const mbedtls_x509_crt& issuer,
             hal::Digest digest, hal::CertificateHash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  size_t size = 0;
  const uint8_t* serial = serial_of(certificate, size);
  if (size < 1 || size > kSerialBytes) return false;
  char* at = hash.serial;
  for (size_t i = 0; i < size; ++i) {
    if (i > 0 || serial[i] > 15) *at++ = kDigits[serial[i] >> 4];
    *at++ = kDigits[serial[i] & 15];
  }
  *at = '\0';
  // The bit string, without tag, length and count of unused bits (whitepaper, edition 3).
  uint8_t* p = issuer.pk_raw.p;
  const uint8_t* end = p + issuer.pk_raw.len;
  if (!enter(p, end, size)) return false;
  if (!enter(p, end, size)) return false;
  p += size;
  return mbedtls_asn1_get_bitstring_null(&p, end, &size) == 0 &&
         hex_digest(digest, p, size, hash.issuer_key) &&
         hex_digest(digest, certificate.issuer_raw.p, certificate.issuer_raw.len,
                    hash.issuer_name);
}

}  // namespace evse::certificates
