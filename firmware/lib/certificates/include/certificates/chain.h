// Certificates as they are read from PEM, and whether they are good for something (security
// whitepaper 2.5; RFC 5280). Their dates are judged by the time that is handed over: a charger's
// clock, in microseconds since 1970 UTC.
//
// What judges returns null, or what is wrong in a few words for a log.
#pragma once

#include <mbedtls/x509_crt.h>
#include <stdint.h>

#include "hal/certificates.h"

namespace evse::certificates {

class Chain {
 public:
  Chain() { mbedtls_x509_crt_init(&first_); }
  ~Chain() { mbedtls_x509_crt_free(&first_); }
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  // Adds the certificates of a text. What is beside them in it is passed over.
  const char* read(const char* pem);
  bool empty() const { return first_.version == 0; }
  int count() const;
  mbedtls_x509_crt& first() { return first_; }
  const mbedtls_x509_crt& first() const { return first_; }

 private:
  mbedtls_x509_crt first_{};
};

// One certificate: an authority that has signed itself, in date.
const char* wrong_with_root(mbedtls_x509_crt& root, int64_t utc_us);
// From the first certificate on each is signed by the next, the last by one of the roots, or it is
// one of them.
const char* wrong_with_chain(Chain& chain, Chain& roots, int64_t utc_us);

// It is its own issuer, by its names.
bool is_self_issued(const mbedtls_x509_crt& certificate);
// It names a list of revoked certificates (RFC 5280 4.2.1.13).
bool names_revocation_list(const mbedtls_x509_crt& certificate);
// Both have the same one value of an attribute, or none.
bool same_attribute(const mbedtls_x509_name& one, const mbedtls_x509_name& other, const char* oid);
int64_t utc_us_of(const mbedtls_x509_time& time);

// False: it cannot be made out.
bool hash_of(const mbedtls_x509_crt& certificate, const mbedtls_x509_crt& issuer,
             hal::Digest digest, hal::CertificateHash& hash);

}  // namespace evse::certificates
