#include "certificates/own_key.h"

#include <mbedtls/ecp.h>
#include <mbedtls/platform_util.h>

#include "random.h"

namespace evse::certificates {

namespace {

constexpr size_t kKeyText = 400;  // P-256 as RFC 5915 takes 230

}  // namespace

bool OwnKey::make() {
  Random random;
  return random.seeded() &&
         mbedtls_pk_setup(&key_, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0 &&
         mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key_),
                             mbedtls_ctr_drbg_random, random.generator()) == 0;
}

bool OwnKey::read(const Entry& entry) {
  return mbedtls_pk_parse_key(&key_, entry.bytes(), static_cast<size_t>(entry.size()), nullptr,
                              0) == 0;
}

bool OwnKey::write(Entry& entry) const {
  uint8_t text[kKeyText] = {};
  const bool written =
      mbedtls_pk_write_key_pem(const_cast<mbedtls_pk_context*>(&key_), text, sizeof text) == 0 &&
      entry.add(reinterpret_cast<const char*>(text));
  mbedtls_platform_zeroize(text, sizeof text);
  return written;
}

}  // namespace evse::certificates
