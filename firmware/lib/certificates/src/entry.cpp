#include "certificates/entry.h"

#include <mbedtls/pem.h>
#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>
#include <stdlib.h>
#include <string.h>

namespace evse::certificates {

namespace {

constexpr int kRoom = Cabinet::kMostText;

}  // namespace

Entry::Entry() : text_(static_cast<char*>(calloc(1, kRoom))) {}

Entry::~Entry() {
  if (text_ == nullptr) return;
  mbedtls_platform_zeroize(text_, kRoom);
  free(text_);
}

bool Entry::read(const Cabinet& cabinet, const char* name) {
  return text_ != nullptr && cabinet.read(name, text_, kRoom);
}

int Entry::size() const { return static_cast<int>(strlen(text())) + 1; }

bool Entry::add(const char* text) {
  const int length = static_cast<int>(strlen(text));
  const int used = size();
  if (text_ == nullptr || length > kRoom - used) return false;
  memcpy(text_ + used - 1, text, static_cast<size_t>(length) + 1);
  return true;
}

bool Entry::add_certificate(const uint8_t* der, int size) {
  const int used = this->size() - 1;
  size_t written = 0;
  return text_ != nullptr &&
         mbedtls_pem_write_buffer("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n",
                                  der, static_cast<size_t>(size),
                                  reinterpret_cast<uint8_t*>(text_) + used,
                                  static_cast<size_t>(kRoom - used), &written) == 0;
}

}  // namespace evse::certificates
