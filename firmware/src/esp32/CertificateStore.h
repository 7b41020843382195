// Certificates and keys in the chip's NVS partition, written with every contactor open only. Whoever
// holds the board can read them, unless its flash is encrypted.
#pragma once

#include <Preferences.h>

#include "EvseController.h"
#include "certificates/cabinet.h"

namespace evse::esp32 {

class CertificateStore final : public certificates::Cabinet {
 public:
  // Of a partition of 20 KiB they leave half to everything else.
  static constexpr int kMostRoots = 4;

  explicit CertificateStore(EvseController& evse) : evse_(evse) {}

  // Makes `first_root` (PEM) the first root of the central system, where there is none. False: the
  // partition cannot be used.
  bool begin(const String& first_root);

  bool has(const char* name) const override;
  bool read(const char* name, char* text, int capacity) const override;
  // At most 3,900 bytes. Both wait some ticks of the control task.
  bool write(const char* name, const char* text) override;
  bool erase(const char* name) override;

  // For TLS: all roots of the central system one behind the other; private key and certificate.
  String central_roots() const;
  String own() const;

 private:
  EvseController& evse_;
  mutable Preferences nvs_;  // reads are not const there
};

}  // namespace evse::esp32
