#include "CertificateStore.h"

#include <stdio.h>
#include <string.h>

#include "FlashGuard.h"

namespace evse::esp32 {

namespace {

constexpr char kSpace[] = "evse_tls";
constexpr char kFirstRoot[] = "central0";
constexpr char kOwn[] = "own";
constexpr size_t kLongest = 3900;  // NVS takes texts of up to 4,000 bytes

}  // namespace

bool CertificateStore::begin(const String& first_root) {
  if (!nvs_.begin(kSpace, false)) return false;
  if (first_root.length() == 0 || central_roots().length() > 0) return true;
  return write(kFirstRoot, first_root.c_str());
}

bool CertificateStore::has(const char* name) const { return nvs_.isKey(name); }

bool CertificateStore::read(const char* name, char* text, int capacity) const {
  const String found = nvs_.getString(name, "");
  if (found.length() == 0 || found.length() >= static_cast<unsigned>(capacity)) return false;
  memcpy(text, found.c_str(), found.length() + 1);
  return true;
}

bool CertificateStore::write(const char* name, const char* text) {
  const size_t size = strlen(text);
  if (size > kLongest) return false;
  const FlashGuard guard(evse_);
  return guard.open() && nvs_.putString(name, text) == size;
}

bool CertificateStore::erase(const char* name) {
  const FlashGuard guard(evse_);
  return guard.open() && nvs_.remove(name);
}

String CertificateStore::central_roots() const {
  String roots;
  for (int i = 0; i < kMostRoots; ++i) {
    char name[kLongestName + 1];
    snprintf(name, sizeof name, "central%u", static_cast<unsigned>(i) & 7U);
    // Without asking first each one that is missing would be an error on the console.
    if (nvs_.isKey(name)) roots += nvs_.getString(name, "");
  }
  return roots;
}

String CertificateStore::own() const { return nvs_.isKey(kOwn) ? nvs_.getString(kOwn, "") : ""; }

}  // namespace evse::esp32
