// Whatever is handed over as a certificate is judged without harm: nothing but what signs itself
// becomes a root, what becomes one can be told by its hashes, and none is anybody's signer.
//
// The first byte says whether the rest is text, or DER that is made PEM of here (a fuzzer does not
// find base64).
#include <stdlib.h>
#include <string.h>

#include <map>
#include <string>

#include "certificates/charger_certificates.h"

namespace {

using namespace evse;

constexpr int64_t kUtcUs = 1767225600LL * 1000000;  // 2026-01-01

class Drawer final : public certificates::Cabinet {
 public:
  bool has(const char* name) const override { return texts_.count(name) == 1; }
  bool read(const char* name, char* text, int capacity) const override {
    const auto found = texts_.find(name);
    if (found == texts_.end() || found->second.size() >= static_cast<size_t>(capacity)) {
      return false;
    }
    memcpy(text, found->second.c_str(), found->second.size() + 1);
    return true;
  }
  bool write(const char* name, const char* text) override {
    if (strlen(name) > kLongestName || strlen(text) >= kMostText) abort();
    texts_[name] = text;
    return true;
  }
  bool erase(const char* name) override { return texts_.erase(name) == 1; }

 private:
  std::map<std::string, std::string> texts_;
};

void judge(const char* pem) {
  Drawer drawer;
  certificates::ChargerCertificates store(drawer, 2);
  const hal::RootKind kind = hal::RootKind::Manufacturer;
  uint8_t key[600];
  if (store.signer_key(pem, kUtcUs, key, sizeof key) != 0) abort();  // nobody is believed yet
  if (store.take_own(pem, kUtcUs) != hal::Taken::Bad) abort();       // nobody has asked
  if (store.install(kind, pem, kUtcUs) != hal::Taken::Good) {
    if (*store.why() == '\0' || store.roots(kind) != 0) abort();
    return;
  }
  hal::CertificateHash hash;
  for (auto digest : {hal::Digest::Sha256, hal::Digest::Sha384, hal::Digest::Sha512}) {
    if (!store.root(kind, 0, digest, hash) || *hash.serial == '\0') abort();
  }
  store.signer_key(pem, kUtcUs, key, sizeof key);
  if (!store.remove(kind, 0) || store.roots(kind) != 0) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  if ((data[0] & 1) == 0) {
    judge(std::string(reinterpret_cast<const char*>(data + 1), size - 1).c_str());
    return 0;
  }
  certificates::Entry entry;
  if (!entry.add_certificate(data + 1, static_cast<int>(size - 1))) return 0;
  judge(entry.text());
  return 0;
}
