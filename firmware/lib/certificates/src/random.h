// Random numbers for keys and signatures: from the machine's source, on an ESP32 from its hardware.
#pragma once

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>

namespace evse::certificates {

class Random {
 public:
  Random() {
    constexpr unsigned char kWhatFor[] = "evseloop key";
    mbedtls_entropy_init(&entropy_);
    mbedtls_ctr_drbg_init(&generator_);
    seeded_ = mbedtls_ctr_drbg_seed(&generator_, mbedtls_entropy_func, &entropy_, kWhatFor,
                                    sizeof kWhatFor) == 0;
  }
  ~Random() {
    mbedtls_ctr_drbg_free(&generator_);
    mbedtls_entropy_free(&entropy_);
  }
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;

  // Without it nothing may be made.
  bool seeded() const { return seeded_; }
  mbedtls_ctr_drbg_context* generator() { return &generator_; }

 private:
  mbedtls_entropy_context entropy_{};
  mbedtls_ctr_drbg_context generator_{};
  bool seeded_ = false;
};

}  // namespace evse::certificates
