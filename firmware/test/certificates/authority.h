// An authority for tests, on mbedTLS: keys, roots, and what they sign, good or with one flaw.
#pragma once

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "certificates/cabinet.h"

namespace bench {

constexpr int64_t kUtcUs = 1767225600LL * 1000000;  // 2026-01-01

class Key {
 public:
  explicit Key(mbedtls_ecp_group_id curve = MBEDTLS_ECP_DP_SECP256R1);
  static std::unique_ptr<Key> rsa(unsigned bits);
  ~Key() { mbedtls_pk_free(&context); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  mbedtls_pk_context context;

 private:
  struct None {};
  explicit Key(None) { mbedtls_pk_init(&context); }
};

// What a certificate says.
struct Facts {
  std::string name = "CN=Root";
  std::string from = "20250101000000";
  std::string until = "20350101000000";
  bool authority = true;
  int path_length = -1;
  std::string serial = "0ABC";  // hexadecimal
  mbedtls_md_type_t digest = MBEDTLS_MD_SHA256;
  unsigned key_usage = 0;  // 0: says nothing of it
  std::string purpose;     // DER of an extended key usage
  bool revocation_list = false;
};

// A certificate in PEM for `key`, signed by the key of an issuer of this name.
std::string certificate(const Facts& facts, mbedtls_pk_context& key, const std::string& issuer,
                        mbedtls_pk_context& issuer_key);

// One who has signed himself.
struct Authority {
  explicit Authority(const std::string& by_name = "CN=Root") : name(by_name) {}
  std::string pem(Facts facts = {}) {
    facts.name = name;
    return certificate(facts, key.context, name, key.context);
  }
  // For the key and the names of a request in PEM.
  std::string answer(const std::string& request, Facts facts);
  std::string name;
  Key key;
};

// Extended key usages in DER.
extern const std::string kForClients;
extern const std::string kForServers;

// A cabinet in memory, whose power goes after so many writes.
class Drawer final : public evse::certificates::Cabinet {
 public:
  bool has(const char* name) const override { return texts.count(name) == 1; }
  bool read(const char* name, char* text, int capacity) const override;
  bool write(const char* name, const char* text) override;
  bool erase(const char* name) override;

  std::map<std::string, std::string> texts;
  int writes_left = 1 << 30;  // then none is taken
};

}  // namespace bench
