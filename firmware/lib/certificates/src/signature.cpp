#include "certificates/signature.h"

#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>

namespace evse::certificates {

namespace {

// A signature that is followed by anything is none: 0 alone is good.
bool verifies(mbedtls_pk_context& key, const uint8_t (&digest)[kDigestBytes],
              const uint8_t* signature, size_t size) {
  if (mbedtls_pk_verify(&key, MBEDTLS_MD_SHA256, digest, kDigestBytes, signature, size) == 0) {
    return true;
  }
  if (mbedtls_pk_can_do(&key, MBEDTLS_PK_RSA) == 0) return false;
  const mbedtls_pk_rsassa_pss_options any_salt = {MBEDTLS_MD_SHA256, MBEDTLS_RSA_SALT_LEN_ANY};
  return mbedtls_pk_verify_ext(MBEDTLS_PK_RSASSA_PSS, &any_salt, &key, MBEDTLS_MD_SHA256, digest,
                               kDigestBytes, signature, size) == 0;
}

}  // namespace

bool is_signed(const uint8_t (&digest)[kDigestBytes], const uint8_t* key, int key_size,
               const uint8_t* signature, int signature_size) {
  if (key_size <= 0 || signature_size <= 0) return false;
  mbedtls_pk_context parsed;
  mbedtls_pk_init(&parsed);
  const bool good =
      mbedtls_pk_parse_public_key(&parsed, key, static_cast<size_t>(key_size)) == 0 &&
      verifies(parsed, digest, signature, static_cast<size_t>(signature_size));
  mbedtls_pk_free(&parsed);
  return good;
}

}  // namespace evse::certificates
