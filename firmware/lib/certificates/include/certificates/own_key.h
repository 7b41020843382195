// A key pair of the charger, and the request for a certificate of it.
#pragma once

#include <mbedtls/pk.h>

#include "certificates/entry.h"

namespace evse::certificates {

class OwnKey {
 public:
  OwnKey() { mbedtls_pk_init(&key_); }
  ~OwnKey() { mbedtls_pk_free(&key_); }
  OwnKey(const OwnKey&) = delete;
  OwnKey& operator=(const OwnKey&) = delete;

  // Makes one on the curve P-256. On an ESP32 that takes some tenths of a second: it is for the
  // task of OCPP and never for the control task.
  bool make();
  // The key in a text that has others beside it. False: there is none.
  bool read(const Entry& entry);
  bool write(Entry& entry) const;

  // Adds a request in PEM (RFC 2986), signed with SHA-256. `organisation` empty: without.
  bool write_request(const char* common_name, const char* organisation, Entry& entry);

  const mbedtls_pk_context& key() const { return key_; }

 private:
  mbedtls_pk_context key_{};
};

}  // namespace evse::certificates
