// Certificates and keys as files of this machine: `DIR/certificates/NAME.pem`, which a network
// that has TLS reads too (docs/link.md).
#pragma once

#include "certificates/cabinet.h"

namespace evse::host {

class CertificateFiles final : public certificates::Cabinet {
 public:
  // `directory`: of the program. What is kept goes into a folder of it that nobody else may read.
  explicit CertificateFiles(const char* directory) : directory_(directory) {}

  bool has(const char* name) const override;
  bool read(const char* name, char* text, int capacity) const override;
  bool write(const char* name, const char* text) override;
  bool erase(const char* name) override;

 private:
  static constexpr int kPath = 4096;

  bool path(char (&path)[kPath], const char* name, const char* suffix) const;

  const char* directory_;
};

}  // namespace evse::host
