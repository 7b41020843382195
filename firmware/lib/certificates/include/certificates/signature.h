// Whose an image is: SHA-256 with RSA (PKCS #1 v1.5 or PSS) or ECDSA (security whitepaper, L01).
#pragma once

#include <stdint.h>

namespace evse::certificates {

constexpr int kDigestBytes = 32;

// Whether a key (SubjectPublicKeyInfo, DER) has signed what has this SHA-256.
bool is_signed(const uint8_t (&digest)[kDigestBytes], const uint8_t* key, int key_size,
               const uint8_t* signature, int signature_size);

}  // namespace evse::certificates
